// The page of one batch: its buckets and their sizes as a picture, and what each sink made of it.

import { BATCH_STATES, showWindow } from "./batchlist.js";
import { BucketBars } from "./charts.js";
import { byId, element, number, Rows, setAttribute, setBadge, setText, tableRow, text } from "./dom.js";
import { bytes, clock, count, counted, short, span, UNKNOWN, utc } from "./format.js";

const STATES = { waiting: ["waiting", "waits"], ...BATCH_STATES };

let bars = null;
let drawn = "";

const sinks = new Rows(byId("batch-sinks"), (name) => sinkRow(name));
const buckets = new Rows(byId("bucket-rows"), () => tableRow([text((row) => row.bucket), number((row) => count(row.records))]));

export function showBatchNumber(number) {
  setText(byId("batch-title"), `Batch ${count(number)}`);
  byId("batch-previous").hidden = number <= 1;
  setAttribute(byId("batch-previous"), "href", `#batch/${Math.max(1, number - 1)}`);
  setAttribute(byId("batch-next"), "href", `#batch/${number + 1}`);
  byId("batch-content").hidden = true;
  setText(byId("batch-missing"), "Loading …");
}

export function showNoBatch(message) {
  byId("batch-content").hidden = true;
  setText(byId("batch-missing"), message);
}

export function showBatch(batch) {
  setText(byId("batch-missing"), "");
  byId("batch-content").hidden = false;
  const [level, word] = STATES[batch.state] ?? ["waiting", batch.state];
  setBadge(byId("batch-state"), level, word);
  showWindow(byId("batch-window"), batch);
  setText(byId("batch-records"), `${counted(batch.records, "record")}, ${bytes(batch.bytes)}`);
  setText(byId("batch-where"), (batch.where === "spark" ? "on Spark" : "in memory") + (batch.deadLetters ? ", a replay of dead letters" : ""));
  setText(byId("batch-hottest"), hottestInWords(batch));
  for (const member of ["submittedAt", "startedAt", "completedAt"]) {
    setText(byId(`batch-${member}`), clock(batch[member]));
    setAttribute(byId(`batch-${member}`), "title", utc(batch[member]));
  }
  for (const member of ["schedulingDelay", "processingDelay", "totalDelay"]) {
    setText(byId(`batch-${member}`), span(batch[member]));
  }
  showBuckets(batch);
  sinks.show(Object.entries(batch.sinks));
}

function hottestInWords(batch) {
  const named = Object.entries(batch.hottestByName ?? {});
  const line = ({ record, count: times }) => `${record}, ${count(times)} times`;
  if (named.length > 0) {
    return named.map(([name, hottest]) => `${name}: ${line(hottest)}`).join("; ");
  }
  return batch.hottest ? line(batch.hottest) : batch.buckets === 1 ? "no key occurs twice" : UNKNOWN;
}

function showBuckets(batch) {
  const sizes = batch.bucketSizes;
  byId("bucket-picture").hidden = sizes === null;
  byId("bucket-table").hidden = sizes === null;
  if (sizes === null) {
    setText(byId("bucket-words"), "Not split into buckets yet, or its sizes are no longer kept.");
    drawn = "";
    return;
  }
  const { records, bucketsPerValue: each } = sizes;
  const most = records.indexOf(Math.max(...records));
  const of = each === 1 ? `bucket ${count(most)}` : `buckets ${count(most * each)} to ${count(lastOf(most, each, batch))}`;
  const words = `${counted(batch.buckets, "bucket")}, none with a key twice. The largest is ${of} with ${counted(records[most], "record")}.`
    + (each === 1 ? "" : ` Each bar stands for ${count(each)} buckets.`);
  setText(byId("bucket-words"), words);
  setAttribute(byId("bucket-picture"), "aria-label", `Records of each bucket as bars. ${words} The table below has the numbers.`);
  // Once it is split, it stays as it is.
  const now = `${batch.number}/${records.length}`;
  if (drawn === now) {
    return;
  }
  drawn = now;
  bars ??= new BucketBars(byId("bucket-picture"), { height: 190, label: short });
  bars.show(records, each);
  buckets.show(records.map((value, index) => [
    index,
    { bucket: each === 1 ? count(index) : `${count(index * each)} – ${count(lastOf(index, each, batch))}`, records: value },
  ]));
}

function lastOf(index, each, batch) {
  return Math.min(batch.buckets, (index + 1) * each) - 1;
}

function sinkRow(name) {
  const badge = element("span");
  const error = element("p", { class: "error" });
  return tableRow([
    { show: (cell) => setText(cell, name) },
    {
      show: (cell, sink) => {
        if (cell.childElementCount === 0) cell.append(badge, error);
        const [level, word] = STATES[sink.state] ?? ["waiting", sink.state];
        setBadge(badge, level, word);
        // It is kept after it worked again.
        const isPast = sink.state === "delivered" && Boolean(sink.lastError);
        setAttribute(error, "class", isPast ? "words" : "error");
        setText(error, isPast ? `succeeded after: ${sink.lastError}` : (sink.lastError ?? ""));
      },
    },
    number((sink) => count(sink.bucketsDelivered)),
    number((sink) => count(sink.parts)),
    number((sink) => count(sink.requests)),
    number((sink) => count(sink.retries)),
    number((sink) => span(sink.schedulingDelay)),
    number((sink) => span(sink.processingDelay)),
    number((sink) => span(sink.totalDelay)),
  ]);
}
