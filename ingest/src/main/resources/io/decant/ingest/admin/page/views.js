// What of the page is drawn from what the server said.

import { showBatches } from "./batchlist.js";
import { byId, element, setText } from "./dom.js";
import { count, short, span } from "./format.js";
import { showDeadLetters } from "./deadletters.js";
import { showFigures, showHealth } from "./health.js";
import { showJournal } from "./journal.js";
import { Panel } from "./panels.js";
import { Sinks } from "./sinks.js";
import { showSources } from "./sources.js";
import { showSpark } from "./spark.js";

const DELAYS = ["schedulingDelay", "processingDelay", "totalDelay"];

export class Overview {
  #history;
  #batches;
  #sinks;
  #panels = new Map();
  #status = null;

  constructor(history, batches) {
    this.#history = history;
    this.#batches = batches;
    this.#sinks = new Sinks(history);
    const rate = { format: (value) => `${count(value)}/s`, axisLabel: short, least: 10, ofBatches: false };
    const delay = { format: span, axisLabel: axisSpan, least: 10, ofBatches: true };
    this.#panels.set("records", new Panel(byId("panel-records"), rate));
    DELAYS.forEach((name) => this.#panels.set(name, new Panel(byId(`panel-${name}`), delay)));
    for (const id of ["choose-source", "choose-sink"]) {
      byId(id).addEventListener("change", () => this.showHistory());
    }
  }

  showStatus(status) {
    this.#status = status;
    showHealth(status);
    choices(byId("choose-source"), Object.keys(status.sources), "all sources");
    choices(byId("choose-sink"), Object.keys(status.sinks), "the slowest sink");
    byId("choose").hidden = byId("choose-source").options.length < 3 && byId("choose-sink").options.length < 3;
    this.#sinks.show(status.sinks);
    showSources(status.sources);
    showSpark(status);
    showDeadLetters(status);
    showJournal(status, this.#history);
    showFigures(status, this.#history, this.#batches);
  }

  showHistory() {
    const source = byId("choose-source").value;
    const sink = byId("choose-sink").value;
    const times = this.#history.times;
    this.#panels.get("records").show(times, this.#history.values(source ? `sources/${source}/records` : "records"));
    for (const name of DELAYS) {
      this.#panels.get(name).show(times, this.#history.values(sink ? `sinks/${sink}/${name}` : name));
    }
    if (this.#status) {
      showFigures(this.#status, this.#history, this.#batches);
    }
  }

  showBatches() {
    showBatches(this.#batches);
    setText(byId("figure-batches"), count(this.#batches.submitted));
  }
}

/** The choices change only with a restart of the server; then a choice that is no more falls back to all. */
function choices(select, names, all) {
  const now = [...select.options].slice(1).map((option) => option.value);
  if (select.options.length > 0 && now.join("\n") === names.join("\n")) {
    return;
  }
  const chosen = names.includes(select.value) ? select.value : "";
  select.replaceChildren(element("option", { value: "" }, all), ...names.map((name) => element("option", { value: name }, name)));
  select.value = chosen;
}

function axisSpan(millis) {
  if (millis === 0) return "0";
  if (millis < 1000) return `${short(millis)} ms`;
  return millis < 120_000 ? `${short(millis / 1000)} s` : `${short(millis / 60_000)} min`;
}
