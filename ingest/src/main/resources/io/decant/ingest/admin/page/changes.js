// What sinks and sources told of their states while the page was open: at most 20 lines, newest first.

import { byId, element, Rows, setAttribute, setText } from "./dom.js";
import { clock, utc } from "./format.js";

const CHANGES_MAX = 20;

const changes = [];
let number = 0;

const rows = new Rows(byId("changes"), () => {
  const time = element("time");
  const words = element("span");
  return {
    node: element("li", {}, time, " ", words),
    update: ({ at, text }) => {
      setText(time, clock(at));
      setAttribute(time, "title", utc(at));
      setText(words, text);
    },
  };
});

export function showChange(name, event) {
  const isSink = name === "sink-state";
  const who = isSink ? `Sink ${event.sink}` : `Source ${event.source}`;
  const state = isSink && ["idle", "splitting", "delivering"].includes(event.state) ? "works" : event.paused ? "paused" : event.state;
  const error = event.lastError ? `: ${event.lastError}` : "";
  changes.unshift({ number: number++, at: event.at, text: `${who}: ${state}${error}` });
  changes.length = Math.min(changes.length, CHANGES_MAX);
  rows.show(changes.map((change) => [change.number, change]));
  byId("changes-none").hidden = true;
}
