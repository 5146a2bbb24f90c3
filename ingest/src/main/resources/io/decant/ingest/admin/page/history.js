// The last ten minutes, a value a second. However long the page is open, it holds 600 values of each series.

export const SECONDS = 600;

export class History {
  /** The newest second, since the epoch; 0: nothing is here yet. */
  last = 0;
  /** The second of each value. */
  times = new Array(SECONDS).fill(null);
  /** By name: "records", "sinks/api/lagSeconds", "sources/lines/records". */
  #series = new Map();

  /** The 600 values of a series, oldest first; null: not known. */
  values(name) {
    return this.#series.get(name) ?? NOTHING;
  }

  /** The newest value that is known; null where none is. */
  newest(name) {
    return this.values(name).findLast((value) => value !== null) ?? null;
  }

  get seriesCount() {
    return this.#series.size;
  }

  /** All that the server keeps; what was here before is forgotten. */
  replace(answer) {
    this.#series.clear();
    this.#advance(answer.last, answer.last - SECONDS);
    this.#put(answer);
  }

  /**
   * Adds the newest seconds. Those that overlap are taken anew: a second may have been counted late.
   *
   * @returns false where seconds between are missing or the clock was set back; then all must be loaded
   */
  merge(answer) {
    const missing = answer.last - this.last;
    if (this.last === 0 || missing < 0 || missing > answer.seconds) {
      return false;
    }
    this.#advance(answer.last, this.last);
    this.#put(answer);
    return true;
  }

  #advance(last, before) {
    const step = Math.min(SECONDS, last - before);
    this.last = last;
    this.times.splice(0, step);
    for (let second = last - step + 1; second <= last; second++) {
      this.times.push(second);
    }
    for (const values of this.#series.values()) {
      values.splice(0, step);
      for (let added = 0; added < step; added++) {
        values.push(null);
      }
    }
  }

  #put(answer) {
    for (const [name, newest] of seriesOf(answer)) {
      let values = this.#series.get(name);
      if (!values) {
        values = new Array(SECONDS).fill(null);
        this.#series.set(name, values);
      }
      const from = SECONDS - newest.length;
      newest.forEach((value, index) => (values[from + index] = value));
    }
  }
}

const NOTHING = new Array(SECONDS).fill(null);

/** Each array of an answer with its name. */
function* seriesOf(object, path = "") {
  for (const [name, value] of Object.entries(object)) {
    if (Array.isArray(value)) {
      yield [path + name, value];
    } else if (value !== null && typeof value === "object") {
      yield* seriesOf(value, `${path}${name}/`);
    }
  }
}

/**
 * What is said of a series in words.
 *
 * @returns {{number: number, median: number, p95: number, highest: number}} null where nothing is known
 */
export function distribution(values) {
  const known = values.filter((value) => value !== null).sort((a, b) => a - b);
  if (known.length === 0) {
    return null;
  }
  // The smallest value that so many are not above (the nearest rank).
  const rank = (share) => known[Math.max(0, Math.ceil(share * known.length) - 1)];
  return { number: known.length, median: rank(0.5), p95: rank(0.95), highest: known[known.length - 1] };
}

/** How many values are in each of as many equal steps from 0 to the top; the top is in the last one. */
export function histogram(values, top, steps) {
  const counts = new Array(steps).fill(0);
  for (const value of values) {
    if (value !== null) {
      counts[Math.min(steps - 1, Math.floor((value / top) * steps))]++;
    }
  }
  return counts;
}
