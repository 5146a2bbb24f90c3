// The table of sinks: how far each is behind, what it is doing, and its last error in words.

import { SparkLine, roundTop } from "./charts.js";
import { byId, element, number, Rows, setAttribute, setBadge, setText, tableRow } from "./dom.js";
import { count, counted, seconds } from "./format.js";

const SINK_STATES = {
  idle: ["ok", "idle", "Up to date."],
  splitting: ["ok", "splitting", "The next batch is being split into buckets."],
  delivering: ["ok", "delivering", ""],
  retrying: ["warning", "retrying", "Retrying after a temporary failure."],
  failing: ["failing", "failing", "Retrying, but an operator has to fix something."],
  stopped: ["failing", "stopped", "Stopped at a batch until the next start."],
};

export class Sinks {
  #history;
  #rows = new Rows(byId("sinks"), (name) => this.#row(name));

  constructor(history) {
    this.#history = history;
  }

  show(sinks) {
    this.#rows.show(Object.entries(sinks));
  }

  #row(name) {
    const badge = element("span");
    const words = element("p", { class: "words" });
    const error = element("p", { class: "error" });
    const target = element("span", { class: "target" });
    const lag = element("span");
    const waiting = element("span", { class: "target" });
    const chart = element("div", { class: "spark", role: "img" });
    let line = null;
    const row = tableRow([
      {
        show: (cell, sink) => {
          if (cell.childElementCount === 0) cell.append(element("span", { class: "name" }, name), target);
          setText(target, sink.target ? `${sink.type}, ${sink.target}` : sink.type);
        },
      },
      {
        show: (cell, sink) => {
          if (cell.childElementCount === 0) cell.append(badge, words, error);
          const [level, word, meaning] = SINK_STATES[sink.state] ?? ["warning", sink.state, ""];
          setBadge(badge, level, word);
          setText(words, meaning);
          setText(error, sink.lastError);
        },
      },
      {
        number: true,
        show: (cell, sink) => {
          if (cell.childElementCount === 0) cell.append(lag, waiting);
          setText(lag, sink.lagSeconds === 0 ? "none" : seconds(sink.lagSeconds));
          setText(waiting, sink.lagRecords === 0 ? "" : counted(sink.lagRecords, "record"));
        },
      },
      {
        show: (cell) => {
          if (cell.childElementCount === 0) {
            cell.className = "chart";
            cell.append(chart);
          }
        },
      },
      number((sink) => count(sink.batch)),
      number((sink) => count(sink.records)),
      number((sink) => count(sink.requests)),
      number((sink) => count(sink.retries)),
      number((sink) => count(sink.deadLetters)),
    ]);
    return {
      node: row.node,
      update: (sink) => {
        row.update(sink);
        line ??= new SparkLine(chart);
        const values = this.#history.values(`sinks/${name}/lagSeconds`);
        const highest = values.reduce((a, b) => Math.max(a, b ?? 0), 0);
        line.show(this.#history.times, values, roundTop(highest, 5));
        setAttribute(chart, "aria-label", `Lag of ${name} over ten minutes: now ${seconds(sink.lagSeconds)}, at most ${seconds(highest)}.`);
      },
      close: () => line?.close(),
    };
  }
}

