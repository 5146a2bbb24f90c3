// The batches that the page shows: at most 100 in delivery and 100 completed. Events move them at once; what an event does
// not say (requests, the hottest record) comes with the next load.

const LISTED_MAX = 100;
/** Events that an answer may not know yet. */
const RECENT_MAX = 1_000;

export class Batches {
  active = [];
  completed = [];
  submitted = 0;
  undelivered = 0;
  /** Whether events have come that the last load does not know. */
  isStale = false;
  #recent = [];

  /** The answer may be a second old: events that it does not know are taken once more. */
  replace(answer) {
    this.active = [...answer.active];
    this.completed = answer.completed.slice(0, LISTED_MAX);
    this.submitted = answer.submitted;
    this.undelivered = answer.undelivered;
    this.#recent = this.#recent.filter((event) => isAfter(event.id, answer.lastEventId));
    this.isStale = this.#recent.length > 0;
    this.#recent.forEach(({ name, event }) => this.#apply(name, event));
  }

  find(number) {
    const isIt = (batch) => batch.number === number;
    return this.active.find(isIt) ?? this.completed.find(isIt);
  }

  /** Takes an event of a batch. */
  take(name, event, id) {
    this.isStale = true;
    this.#recent.push({ name, event, id });
    if (this.#recent.length > RECENT_MAX) this.#recent.shift();
    this.#apply(name, event);
  }

  #apply(name, event) {
    if (name === "batch-submitted") {
      this.#submit(event);
      return;
    }
    const batch = this.active.find((active) => active.number === event.number);
    const sink = batch?.sinks[event.sink];
    if (!sink) {
      return; // completed long ago, or not listed: the next load shows it if it is to be shown
    }
    if (name === "batch-started") {
      sink.state = "delivering";
      sink.startedAt = event.startedAt;
      sink.schedulingDelay = event.schedulingDelay;
      batch.state = "delivering";
      batch.startedAt ??= event.startedAt;
      batch.schedulingDelay ??= event.schedulingDelay;
    } else if (name === "batch-failed") {
      sink.state = "failed";
      sink.lastError = event.error ?? "";
      batch.state = "failed";
    } else if (name === "batch-completed") {
      this.#complete(batch, sink, event);
    }
  }

  #submit(event) {
    this.submitted = Math.max(this.submitted, event.number);
    if (this.find(event.number)) {
      return;
    }
    this.undelivered++;
    this.active.push({
      number: event.number,
      window: event.window,
      records: event.records,
      bytes: event.bytes,
      buckets: event.buckets ?? null,
      where: "memory",
      deadLetters: event.deadLetters,
      state: "cut",
      submittedAt: event.submittedAt,
      startedAt: null,
      completedAt: null,
      schedulingDelay: null,
      processingDelay: null,
      totalDelay: null,
      sinks: Object.fromEntries((event.sinks ?? []).map((name) => [name, { state: "waiting", lastError: "" }])),
    });
    if (this.active.length > LISTED_MAX) {
      // The oldest is the one in delivery; those that wait in the middle are many alike.
      this.active.splice(1, this.active.length - LISTED_MAX);
    }
  }

  #complete(batch, sink, event) {
    sink.state = "delivered";
    for (const member of ["startedAt", "completedAt", "schedulingDelay", "processingDelay", "totalDelay"]) {
      sink[member] = event[member];
    }
    batch.buckets = event.buckets ?? batch.buckets;
    if (Object.values(batch.sinks).some((other) => other.state !== "delivered")) {
      return;
    }
    batch.state = "delivered";
    batch.completedAt = event.completedAt;
    batch.startedAt ??= event.startedAt;
    batch.processingDelay = difference(batch.completedAt, batch.startedAt);
    batch.totalDelay = difference(batch.completedAt, batch.submittedAt);
    batch.schedulingDelay = difference(batch.startedAt, batch.submittedAt);
    this.active = this.active.filter((other) => other !== batch);
    this.undelivered = Math.max(this.active.length, this.undelivered - 1);
    this.completed.unshift(batch);
    this.completed.length = Math.min(this.completed.length, LISTED_MAX);
  }
}

/** Whether an event is of the same process as another and came later: ids are "<process>-<count>". */
function isAfter(id, other) {
  const [start, count] = id.split("-");
  const [otherStart, otherCount] = other.split("-");
  return start === otherStart && Number(count) > Number(otherCount);
}

function difference(later, earlier) {
  return later === null || earlier === null || earlier === undefined ? null : later - earlier;
}
