// The tables of batches: those in delivery, and the last hundred that every sink has.

import { byId, element, number, Rows, setAttribute, setBadge, setText, tableRow, text } from "./dom.js";
import { bytes, clock, count, span, UNKNOWN, utc, windowOf } from "./format.js";

export const BATCH_STATES = {
  cut: ["waiting", "waits"],
  offloaded: ["waiting", "Spark splits it"],
  delivering: ["ok", "delivering"],
  failed: ["failing", "failed"],
  delivered: ["ok", "delivered"],
};

const active = new Rows(byId("active"), (number) => batchRow(number));
const completed = new Rows(byId("completed"), (number) => batchRow(number));

export function showBatches(batches) {
  const keyed = (list) => list.map((batch) => [batch.number, batch]);
  active.show(keyed(batches.active));
  completed.show(keyed(batches.completed));
  const hidden = batches.undelivered - batches.active.length;
  setText(byId("active-count"), `(${count(batches.undelivered)})`);
  setText(byId("active-more"), hidden > 0 ? `${count(hidden)} more are waiting.` : "");
  byId("active-none").hidden = batches.active.length > 0;
  byId("active-table").hidden = batches.active.length === 0;
  setText(byId("completed-count"), `(the last ${count(batches.completed.length)})`);
}

/** "10:00:00 – 10:00:01" */
export function showWindow(node, batch) {
  const { start, end } = windowOf(batch.window);
  setText(node, `${clock(start)} – ${clock(end)}`);
  setAttribute(node, "title", `${utc(start)} – ${utc(end)}`);
}

/** What it is, and what the sinks that do not have it make of it, where others have it. */
function inWords(batch) {
  const sinks = Object.entries(batch.sinks);
  const missing = sinks.length < 2 ? [] : sinks.filter(([, sink]) => sink.state !== "delivered");
  const words = missing.map(([name, sink]) => `${name}: ${sink.state}`);
  return (batch.deadLetters ? ["replay of dead letters", ...words] : words).join(", ");
}

function batchRow(key) {
  const link = element("a", { href: `#batch/${key}` }, count(key));
  const badge = element("span");
  const words = element("span", { class: "words" });
  const error = element("p", { class: "error" });
  return tableRow([
    { show: (cell) => cell.childElementCount === 0 && cell.append(link) },
    { show: showWindow },
    number((batch) => count(batch.records)),
    number((batch) => bytes(batch.bytes)),
    number((batch) => (batch.buckets === null ? UNKNOWN : count(batch.buckets))),
    text((batch) => batch.where),
    number((batch) => span(batch.schedulingDelay)),
    number((batch) => span(batch.processingDelay)),
    number((batch) => span(batch.totalDelay)),
    {
      show: (cell, batch) => {
        if (cell.childElementCount === 0) cell.append(badge, " ", words, error);
        const [level, word] = BATCH_STATES[batch.state] ?? ["waiting", batch.state];
        setBadge(badge, level, word);
        setAttribute(cell.parentNode, "data-state", batch.state);
        setText(words, inWords(batch));
        const failed = batch.state === "delivered" ? [] : Object.values(batch.sinks).filter((sink) => sink.lastError);
        setText(error, failed.map((sink) => sink.lastError)[0] ?? "");
      },
    },
  ]);
}
