// The top of the page: whether the server is healthy, in one sentence, and the figures that say how much is going on.

import { byId, element, Rows, setAttribute, setText } from "./dom.js";
import { bytes, clock, count, counted, seconds, span, utc } from "./format.js";

const WORDS = { ok: "OK", waiting: "Waiting", warning: "Warning", failing: "Failing", unknown: "Not known" };

const problems = new Rows(byId("problems"), () => {
  const node = element("li");
  return { node, update: (problem) => setText(node, problem) };
});

/** What the server says of itself. */
export function showHealth(status) {
  const { level, sentence } = status.health;
  show(level in WORDS ? level : "unknown", sentence);
  // The first is the sentence.
  problems.show(status.health.problems.slice(1).map((problem, index) => [index, problem]));
  document.title = `${level === "ok" ? "" : `${WORDS[level] ?? level} – `}${status.name} – Decant`;
  setText(byId("name"), status.name);
  setText(byId("version"), `Decant ${status.version}`);
  byId("logout").hidden = !status.admin.users;
  setText(byId("uptime"), `${status.state}, up ${span(status.now - status.startedAt)}`);
  setAttribute(byId("uptime"), "title", `since ${utc(status.startedAt)}`);
}

/** What was said last may no longer be so. */
export function showNoResponse(since) {
  show("unknown", `No response from the server since ${clock(since)}; retrying. The values below are older.`);
  problems.show([]);
  document.title = "No response – Decant";
}

export function showRefusal(message) {
  show("unknown", message);
  problems.show([]);
}

function show(level, sentence) {
  setAttribute(byId("health"), "data-level", level);
  setText(byId("health-level"), WORDS[level]);
  setText(byId("sentence"), sentence);
}

export function showConnection(isLive, isPolling) {
  const text = isLive ? "Live" : isPolling ? "Live, without events" : "Reconnecting";
  setText(byId("connection"), text);
  setAttribute(byId("connection"), "data-live", String(isLive || isPolling));
}

/** The tiles. */
export function showFigures(status, history, batches) {
  setText(byId("figure-rate"), `${count(history.newest("records"))}`);
  setText(byId("figure-bytes"), `${bytes(history.newest("bytes"))}/s`);
  setText(byId("figure-batches"), count(batches.submitted));
  setText(byId("figure-undelivered"), batches.undelivered === 0 ? "all delivered" : `${counted(batches.undelivered, "batch")} undelivered`);
  const lags = Object.entries(status.sinks).map(([name, sink]) => ({ name, lag: sink.lagSeconds }));
  const worst = lags.reduce((a, b) => (b.lag > a.lag ? b : a), { name: "", lag: 0 });
  setText(byId("figure-lag"), worst.lag === 0 ? "none" : seconds(worst.lag));
  setText(byId("figure-lag-sink"), worst.lag === 0 ? "all sinks are up to date" : `sink ${worst.name}`);
  setText(byId("figure-backlog"), bytes(status.journal.backlogBytes));
  setText(byId("figure-backlog-bound"), share(status.journal));
  setText(byId("figure-letters"), count(status.deadLetters.letters));
  setText(byId("figure-letters-bytes"), status.deadLetters.letters === 0 ? "none" : `${bytes(status.deadLetters.bytes)} waiting for replay`);
  showHottest(status.hottest);
}

function showHottest(hottest) {
  setText(byId("figure-hottest"), hottest === null ? "none" : hottest.record);
  setAttribute(byId("figure-hottest"), "title", hottest === null ? "" : hottest.record);
  const words = hottest === null
    ? "no batch has a key twice"
    : `${count(hottest.count)} of ${counted(hottest.records, "record")} in batch ${hottest.batch}`;
  setText(byId("figure-hottest-count"), words);
}

function share({ backlogBytes, maxBacklogBytes }) {
  if (!maxBacklogBytes) {
    return "without a bound";
  }
  const percent = (100 * backlogBytes) / maxBacklogBytes;
  const rounded = percent > 0 && percent < 1 ? "below 1" : String(Math.round(percent));
  return `${rounded} % of ${bytes(maxBacklogBytes)}`;
}
