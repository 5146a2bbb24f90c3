// Keeps the page up to date. While it is seen, it takes what the server tells by itself, the newest seconds among it, and
// asks for the rest now and then. While it is not seen, it asks for nothing.

import { Batches } from "./batches.js";
import { showBatch, showBatchNumber, showNoBatch } from "./batchpage.js";
import { showChange } from "./changes.js";
import { byId } from "./dom.js";
import { showConnection, showNoResponse, showRefusal } from "./health.js";
import { History } from "./history.js";
import { EventStream, goToLogin, load, logOut, Refusal } from "./server.js";
import { Overview } from "./views.js";

const TICK_MILLIS = 1_000;
/** Without news of the status it asks for it. */
const STATUS_MILLIS = 3_500;
/** It asks now and then anyhow: a session ends that nobody uses. */
const ASK_MILLIS = 60_000;
/** Events keep the batches up to date; a load adds what they do not say. It is the largest answer, so it is rare. */
const BATCHES_MILLIS = 10_000;
/** Without events. */
const BATCHES_POLL_MILLIS = 5_000;
const BATCH_MILLIS = 2_000;
/** So many requests in a row fail before the page says so. */
const FAILURES_MIN = 2;
/** Without news of the newest seconds it asks for them. */
const SECONDS_MILLIS = 2_500;
/** Seconds that are asked for at once: enough for a few late ticks. */
const SECONDS_PER_LOAD = 5;

const history = new History();
const batches = new Batches();
const overview = new Overview(history, batches);

let events = null;
let timer = 0;
/** Grows each time that the page begins anew; what an earlier one has asked for is dropped. */
let run = 0;
/** The first of the requests in a row that failed; 0: the last one did not. */
let failedSince = 0;
let failures = 0;
let startedAt = 0;
let needsAll = true;
let secondsAt = 0;
let statusAt = 0;
let askedAt = 0;
let batchesAt = 0;
let batchAt = 0;
let frame = 0;

function start() {
  stop();
  needsAll = true;
  void tick(run);
}

function stop() {
  run++;
  clearTimeout(timer);
  events?.close();
  events = null;
}

async function tick(mine) {
  const began = performance.now();
  try {
    await (needsAll ? loadAll(mine) : loadNewest(mine, began));
    failures = failedSince = 0;
  } catch (error) {
    if (mine === run) failed(error);
  }
  if (mine === run) {
    showConnection(failedSince === 0 && events?.isOpen === true, failedSince === 0);
    timer = setTimeout(() => void tick(mine), Math.max(100, TICK_MILLIS - (performance.now() - began)));
  }
}

/** In this order no event between two answers is missed: those that come twice change nothing. */
async function loadAll(mine) {
  const seconds = await load("history");
  const listed = await load("batches");
  const status = await load("status");
  if (mine !== run) {
    return;
  }
  history.replace(seconds);
  batches.replace(listed);
  secondsAt = statusAt = askedAt = batchesAt = performance.now();
  startedAt = status.startedAt;
  overview.showStatus(status);
  overview.showHistory();
  overview.showBatches();
  needsAll = false;
  events?.close();
  events = new EventStream(listed.lastEventId, take);
  await loadBatch(mine);
}

async function loadNewest(mine, now) {
  if (!events.isOpen || now - secondsAt >= SECONDS_MILLIS) {
    const seconds = await load(`history?seconds=${SECONDS_PER_LOAD}`);
    if (mine !== run) {
      return;
    }
    addSeconds(seconds);
  }
  if (needsAll) {
    return;
  }
  if (now - statusAt >= STATUS_MILLIS || now - askedAt >= ASK_MILLIS) {
    const status = await load("status");
    if (mine !== run) {
      return;
    }
    askedAt = now;
    takeStatus(status, now);
  }
  const isDue = events.isOpen ? batches.isStale && now - batchesAt >= BATCHES_MILLIS : now - batchesAt >= BATCHES_POLL_MILLIS;
  if (isDue) {
    const listed = await load("batches");
    if (mine !== run) {
      return;
    }
    batchesAt = now;
    batches.replace(listed);
    overview.showBatches();
  }
  if (now - batchAt >= BATCH_MILLIS) {
    await loadBatch(mine);
  }
}

function takeStatus(status, now) {
  statusAt = now;
  needsAll ||= status.startedAt !== startedAt; // another process: nothing that is here needs to hold
  overview.showStatus(status);
}

function addSeconds(seconds) {
  if (history.merge(seconds)) {
    overview.showHistory();
  } else {
    needsAll ||= seconds.last > 0; // 0: the server has just begun
  }
}

function take(name, event, id) {
  if (name === "gap") {
    needsAll = true;
  } else if (name === "seconds") {
    secondsAt = performance.now();
    addSeconds(event);
  } else if (name === "status") {
    takeStatus(event, performance.now());
  } else if (name === "sink-state" || name === "source-state") {
    showChange(name, event);
    statusAt = performance.now() - STATUS_MILLIS + TICK_MILLIS; // an answer of before it may be given that long
  } else {
    batches.take(name, event, id);
    // Of many events at once the page is drawn once.
    frame ||= requestAnimationFrame(() => {
      frame = 0;
      overview.showBatches();
    });
  }
}

function failed(error) {
  const isDenied = error instanceof Refusal && (error.status === 401 || error.status === 403);
  failures++;
  failedSince ||= Date.now();
  // A server that is busy refuses a request now and then.
  if (!isDenied && failures < FAILURES_MIN) {
    return;
  }
  needsAll = true; // seconds will be missing, and it may come back as another process
  if (!(error instanceof Refusal)) {
    showNoResponse(failedSince);
  } else if (error.status === 401) {
    goToLogin();
  } else {
    showRefusal(isDenied ? `You are not allowed to see this server: ${error.message}` : `The server refuses: ${error.message}`);
  }
}

// The page of a batch: "#batch/117".

function batchOfAddress() {
  const number = /^#batch\/([0-9]{1,15})$/.exec(location.hash)?.[1];
  return number === undefined ? null : Number(number);
}

async function loadBatch(mine) {
  const number = batchOfAddress();
  if (number === null) {
    return;
  }
  batchAt = performance.now();
  try {
    const batch = await load(`batches/${number}`);
    if (mine === run && number === batchOfAddress()) {
      showBatch(batch);
    }
  } catch (error) {
    if (!(error instanceof Refusal) || error.status === 401) {
      throw error;
    }
    if (mine === run && number === batchOfAddress()) {
      showNoBatch("There is no such batch yet, or it is no longer kept.");
    }
  }
}

let shown = null;

function route(isFirst) {
  const number = batchOfAddress();
  byId("overview").hidden = number !== null;
  byId("batch").hidden = number === null;
  if (number !== null) {
    showBatchNumber(number);
    scrollTo(0, 0);
    byId("batch-title").focus();
    if (!isFirst) void loadBatch(run).catch(failed);
  } else if (shown !== null) {
    // Back to where one came from.
    (document.querySelector(`a[href="#batch/${shown}"]`) ?? byId("sentence")).focus();
  }
  shown = number;
}

byId("logout").addEventListener("click", () => void logOut().catch(failed));
addEventListener("hashchange", () => route(false));
document.addEventListener("visibilitychange", () => (document.hidden ? stop() : start()));
// Opened without the slash at the end of its path: links to batches would load the page anew.
if (new URL(document.baseURI).pathname === `${location.pathname}/`) {
  window.history.replaceState(null, "", new URL(location.hash, document.baseURI));
}
route(true);
if (!document.hidden) {
  start();
}
