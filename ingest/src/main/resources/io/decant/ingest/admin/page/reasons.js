// Why records became dead letters.

export const REASONS = {
  refused: "refused by the receiver",
  "not-json": "not JSON",
  "newline-in-record": "a newline in the record",
  tombstone: "no value (a tombstone)",
  "missing-key": "no key",
  unprocessable: "its batch cannot be processed with it",
  "transform-failed": "a transform could not be applied",
};

/** The empty name stands for records that got to no sink. */
export function sinkName(sink) {
  return sink === "" ? "no sink" : sink;
}

/** Since the start, by sink and reason; what no sink accounts for got to none. */
export function reasonsOf(status) {
  const found = [];
  const ofNone = { ...status.deadLetters.byReason };
  for (const [sink, { deadLettersByReason }] of Object.entries(status.sinks)) {
    for (const [reason, letters] of Object.entries(deadLettersByReason ?? {})) {
      ofNone[reason] = (ofNone[reason] ?? 0) - letters;
      if (letters > 0) found.push({ sink, reason, letters });
    }
  }
  for (const [reason, letters] of Object.entries(ofNone)) {
    if (letters > 0) found.push({ sink: "", reason, letters });
  }
  return found.sort((a, b) => b.letters - a.letters);
}
