// Dead letters by reason, as a table with a way to the dialog that sends them again.

import { byId, element, number, Rows, setText, tableRow, text } from "./dom.js";
import { bytes, count, counted } from "./format.js";
import { REASONS, reasonsOf, sinkName } from "./reasons.js";
import { openReplay } from "./replay.js";

let latest = null;

const rows = new Rows(byId("letters"), (_, item) => {
  const button = element("button", { type: "button" }, "Replay …");
  const reason = REASONS[item.reason] ?? item.reason;
  button.setAttribute("aria-label", `Replay dead letters of ${sinkName(item.sink)}, ${reason}`);
  button.addEventListener("click", () => openReplay(latest, item.sink, item.reason));
  return tableRow([
    text(() => reason),
    text(() => sinkName(item.sink)),
    number((now) => count(now.letters)),
    { show: (cell) => cell.childElementCount === 0 && cell.append(button) },
  ]);
});

byId("replay-any").addEventListener("click", () => openReplay(latest, null, null));

export function showDeadLetters(status) {
  latest = status;
  const { letters, bytes: size, maxBytes, trouble } = status.deadLetters;
  setText(byId("letters-waiting"), letters === 0 ? "No dead letters" : `${counted(letters, "dead letter")} waiting`);
  setText(byId("letters-size"), `${bytes(size)} of ${bytes(maxBytes)}; at the limit, sources pause.`);
  setText(byId("letters-trouble"), trouble);
  byId("replay-any").disabled = letters === 0;
  const found = reasonsOf(status);
  rows.show(found.map((row) => [`${row.sink}/${row.reason}`, row]));
  byId("letters-table").hidden = found.length === 0;
}
