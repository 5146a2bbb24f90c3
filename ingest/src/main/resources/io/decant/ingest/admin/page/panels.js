// The four charts: each a line over ten minutes, its distribution beside it, both in words above, and as a table below.

import { Distribution, LineChart, roundTop } from "./charts.js";
import { element, setAttribute, setText } from "./dom.js";
import { clock, count, utc } from "./format.js";
import { SECONDS, distribution, histogram } from "./history.js";

const HEIGHT = 150;
const STEPS = 15;
/** A row of the table stands for so many seconds. */
const SECONDS_PER_ROW = 10;
/** The table changes no more often than this, so that it can be read while it does. */
const TABLE_MILLIS = 5_000;

export class Panel {
  #words;
  #line;
  #bars;
  #lineBox;
  #barsBox;
  #table;
  #times = [];
  #values = [];

  /**
   * @param place the element that it fills; its heading is there already
   * @param format writes a value with its unit
   * @param axisLabel writes a value at the axis
   * @param least the axis goes at least up to it
   * @param ofBatches whether there are values only where a batch was completed
   */
  constructor(place, { format, axisLabel, least, ofBatches }) {
    this.format = format;
    this.least = least;
    this.ofBatches = ofBatches;
    this.title = place.querySelector("h3").textContent;
    this.#words = element("p", { class: "words" });
    this.readout = element("p", { class: "readout", "aria-hidden": "true" });
    this.#lineBox = element("div", { class: "line", role: "img" });
    this.#barsBox = element("div", { class: "bars", role: "img" });
    this.#table = new ValueTable(this.title, format, ofBatches);
    place.append(
      this.#words,
      element("div", { class: "plots" }, this.#lineBox, this.#barsBox),
      this.readout,
      this.#table.node,
    );
    this.#line = new LineChart(this.#lineBox, {
      label: axisLabel,
      height: HEIGHT,
      isWhole: !ofBatches,
      connect: ofBatches,
      onPoint: (index) => this.#point(index),
    });
    this.#bars = new Distribution(this.#barsBox, { height: HEIGHT });
  }

  show(times, values) {
    this.#times = times;
    this.#values = values;
    const said = distribution(values);
    const top = roundTop(said?.highest ?? 0, this.least);
    this.#line.show(times, values, top);
    const counts = histogram(values, top, STEPS);
    this.#bars.show(counts, top);
    const words = said === null ? `No ${this.ofBatches ? "batch completed" : "values"} yet.` : this.#say(said);
    setText(this.#words, words);
    setAttribute(this.#lineBox, "aria-label", `${this.title} over the last ten minutes, as a line. The table below has its values.`);
    setAttribute(this.#barsBox, "aria-label", `${this.title}: how many seconds had which value. The table below has the values.`);
    this.#table.show({ times, values, counts, top });
  }

  #say({ median, p95, highest }) {
    const newest = this.#values.findLast((value) => value !== null);
    return `Now ${this.format(newest)}, median ${this.format(median)}, 95 % within ${this.format(p95)}, highest ${this.format(highest)}`;
  }

  /** What is below the pointer, in the line that is kept free for it. */
  #point(index) {
    const value = index === null ? null : this.#values[index];
    const known = value !== null && value !== undefined;
    setText(this.readout, known ? `${clock(this.#times[index] * 1000)}: ${this.format(value)}` : "");
  }
}

/** The values of a chart as a table that is made when somebody opens it, and follows while it is open. */
class ValueTable {
  #format;
  #course;
  #distribution;
  #box;
  #shownAt = -Infinity;
  #latest = null;

  constructor(title, format, ofBatches) {
    this.#format = format;
    const gaps = ofBatches ? "; a dash where no batch was completed" : "";
    this.#course = new Table(
      `${title}, ${SECONDS_PER_ROW} seconds a row, newest first${gaps}`,
      ["From", "Mean", "Highest"],
      SECONDS / SECONDS_PER_ROW,
    );
    this.#distribution = new Table(`${title}: how many seconds had which value`, ["From", "Up to", "Seconds"], STEPS);
    this.#box = element("div", { class: "scroll low", tabindex: "0", role: "region", "aria-label": `${title}, as tables` });
    this.node = element("details", {}, element("summary", {}, "Show as table"), this.#box);
    this.node.addEventListener("toggle", () => {
      this.#shownAt = -Infinity;
      this.#fill();
    });
  }

  show(latest) {
    this.#latest = latest;
    this.#fill();
  }

  #fill() {
    if (!this.node.open || this.#latest === null || performance.now() - this.#shownAt < TABLE_MILLIS) {
      return;
    }
    this.#shownAt = performance.now();
    const { times, values, counts, top } = this.#latest;
    this.#course.show((index) => {
      const end = SECONDS - index * SECONDS_PER_ROW;
      const known = values.slice(end - SECONDS_PER_ROW, end).filter((value) => value !== null);
      const from = times[end - SECONDS_PER_ROW] * 1000;
      const mean = known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length;
      const highest = known.length === 0 ? null : Math.max(...known);
      return { texts: [clock(from), this.#format(mean), this.#format(highest)], title: utc(from) };
    });
    const step = top / STEPS;
    this.#distribution.show((index) => ({
      texts: [this.#format(index * step), this.#format((index + 1) * step), count(counts[index])],
    }));
    if (this.#box.childElementCount === 0) {
      this.#box.append(this.#course.node, this.#distribution.node);
    }
  }
}

/** A table of so many rows, whose cells are told their texts. */
class Table {
  #cells = [];

  constructor(caption, columns, rows) {
    const head = columns.map((name, index) => element("th", index === 0 ? { scope: "col" } : { scope: "col", class: "number" }, name));
    const body = element("tbody");
    for (let row = 0; row < rows; row++) {
      const cells = columns.map((_, index) =>
        index === 0 ? element("th", { scope: "row" }) : element("td", { class: "number" }),
      );
      this.#cells.push(cells);
      body.append(element("tr", {}, ...cells));
    }
    this.node = element("table", {}, element("caption", {}, caption), element("thead", {}, element("tr", {}, ...head)), body);
  }

  show(of) {
    this.#cells.forEach((cells, row) => {
      const { texts, title } = of(row);
      cells.forEach((cell, column) => setText(cell, texts[column]));
      if (title) setAttribute(cells[0], "title", title);
    });
  }
}

