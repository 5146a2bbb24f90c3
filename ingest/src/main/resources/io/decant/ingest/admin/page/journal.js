// The journal: the four positions, each with what lies between it and the one before, and the backlog against its bound.

import { SparkLine, roundTop } from "./charts.js";
import { byId, setAttribute, setText } from "./dom.js";
import { bytes, count } from "./format.js";

const PRESSURES = {
  none: "Sources are not paused.",
  backlog: "Sources are paused: the backlog has reached its limit.",
  "free-space": "Sources are paused: the disk is nearly full.",
  "no-segment": "Sources are paused: the next segment of the journal is not ready.",
  "dead-letters": "Sources are paused: dead letters have reached their limit.",
};

let line = null;

export function showJournal(status, history) {
  const journal = status.journal;
  let before = null;
  for (const name of ["appended", "synced", "cut", "delivered"]) {
    setText(byId(`position-${name}`), count(journal[name]));
    if (before !== null) {
      const behind = journal[before] - journal[name];
      setText(byId(`behind-${name}`), behind === 0 ? "nothing" : bytes(behind));
    }
    before = name;
  }
  const bound = journal.maxBacklogBytes;
  const meter = byId("backlog-meter");
  meter.hidden = !bound;
  if (bound) {
    meter.max = bound;
    meter.high = 0.8 * bound;
    meter.value = Math.min(bound, journal.backlogBytes);
  }
  const words = `${bytes(journal.backlogBytes)}${bound ? ` of ${bytes(bound)}` : ""}`;
  setText(byId("backlog-words"), words);
  setText(byId("pressure"), PRESSURES[status.pressure] ?? `Sources are paused: ${status.pressure}.`);
  setText(byId("journal-free"), bytes(journal.freeBytes));
  setText(byId("journal-queued"), bytes(journal.queuedBytes));
  setText(byId("journal-uncut"), count(journal.uncutRecords));

  const box = byId("backlog-chart");
  line ??= new SparkLine(box);
  const values = history.values("backlogBytes");
  const highest = values.reduce((a, b) => Math.max(a, b ?? 0), 0);
  line.show(history.times, values, roundTop(highest, 1024));
  setText(byId("backlog-highest"), `at most ${bytes(highest)} in the last ten minutes`);
  setAttribute(box, "aria-label", `The backlog over ten minutes: now ${bytes(journal.backlogBytes)}, at most ${bytes(highest)}.`);
}
