// The table of sources, with the partitions or tables of those that have some.

import { byId, element, number, Rows, setBadge, setText, tableRow } from "./dom.js";
import { bytes, count, counted, UNKNOWN } from "./format.js";

/** Of thousands of partitions those that are furthest behind are shown. */
const PARTS_MAX = 50;

const LEVELS = {
  listening: "ok", reading: "ok", done: "ok", connecting: "waiting", draining: "waiting", closed: "warning",
  away: "warning", failing: "failing", stopped: "failing",
};

const rows = new Rows(byId("sources"), (name) => sourceRow(name));

export function showSources(sources) {
  rows.show(Object.entries(sources));
}

function stateOf(source) {
  return source.state ?? (source.address ? "listening" : "closed");
}

function lagOf(source) {
  if (!source.partitions) {
    return "";
  }
  const known = Object.values(source.partitions).filter((partition) => partition.lag !== null && partition.lag !== undefined);
  const sum = known.reduce((total, partition) => total + partition.lag, 0);
  return known.length === 0 ? UNKNOWN : counted(sum, "record");
}

function sourceRow(name) {
  const badge = element("span");
  const words = element("p", { class: "words" });
  const error = element("p", { class: "error" });
  const target = element("span", { class: "target" });
  const parts = new Parts();
  return tableRow([
    {
      show: (cell, source) => {
        if (cell.childElementCount === 0) cell.append(element("span", { class: "name" }, name), target);
        setText(target, source.address ? `${source.type}, ${source.address}` : source.type);
      },
    },
    {
      show: (cell, source) => {
        if (cell.childElementCount === 0) cell.append(badge, words, error);
        const state = stateOf(source);
        setBadge(badge, source.paused ? "waiting" : (LEVELS[state] ?? "warning"), source.paused ? "paused" : state);
        setText(words, source.paused ? "Paused until the journal has room." : "");
        setText(error, source.lastError ?? "");
      },
    },
    number((source) => count(source.connections)),
    {
      show: (cell, source) => {
        if (cell.childElementCount === 0) cell.append(parts.node);
        parts.show(source);
      },
    },
    number(lagOf),
    number((source) => `${count(source.records)} (${bytes(source.bytes)})`),
    number((source) => count(source.refusals)),
  ]);
}

/** "12 partitions", and the list of them to open. */
class Parts {
  #summary = element("summary");
  #list = element("ul");
  #more = element("p", { class: "words" });
  node = element("details", { class: "parts" }, this.#summary, this.#list, this.#more);
  #rows = new Rows(this.#list, () => {
    const node = element("li");
    return { node, update: (line) => setText(node, line) };
  });

  show(source) {
    const partitions = Object.entries(source.partitions ?? {});
    const tables = Object.entries(source.tables ?? {});
    const all = partitions.length + tables.length;
    this.node.hidden = all === 0;
    setText(this.#summary, [partitions.length && counted(partitions.length, "partition"), tables.length && counted(tables.length, "table")]
      .filter(Boolean).join(", "));
    if (!this.node.open) {
      return;
    }
    partitions.sort(([, a], [, b]) => (b.lag ?? -1) - (a.lag ?? -1));
    const lines = [
      ...partitions.map(([name, partition]) => [name, partitionLine(name, partition)]),
      ...tables.map(([name, table]) => [name, tableLine(name, table)]),
    ].slice(0, PARTS_MAX);
    this.#rows.show(lines);
    setText(this.#more, all > PARTS_MAX ? `and ${count(all - PARTS_MAX)} more with less lag` : "");
  }
}

function partitionLine(name, partition) {
  const lag = partition.lag === null || partition.lag === undefined ? "lag not known" : `${counted(partition.lag, "record")} behind`;
  return [`${name}: ${partition.state}`, lag, partition.error].filter(Boolean).join(", ");
}

function tableLine(name, table) {
  const rowsRead = `${count(table.rows)} of about ${counted(table.rowsAbout, "row")}`;
  const ranges = `${table.rangesDone} of ${counted(table.ranges, "range")}`;
  return [`${name}: ${table.state}`, rowsRead, ranges, table.error, table.note].filter(Boolean).join(", ");
}
