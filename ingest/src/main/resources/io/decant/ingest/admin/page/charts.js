// Charts, drawn by uPlot on a canvas. They are for the eye; each has a table with the same values for everybody else.

import { hourAndMinute } from "./format.js";

const FONT = "11px system-ui, sans-serif";
/** Room for the numbers left of a line; the same in all charts, so that they stand below each other. */
const AXIS_WIDTH = 52;
const SPARSE = 60;

const charts = new Set();
let colours = new Map();

/** A colour of the style sheet: charts follow light and dark as the rest of the page does. */
function colour(name) {
  if (!colours.has(name)) {
    colours.set(name, getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim());
  }
  return colours.get(name);
}

matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
  colours = new Map();
  charts.forEach((chart) => chart.redraw(true));
});

/** Charts are as wide as their box, which changes with the window. */
const sizes = new ResizeObserver((entries) => {
  for (const { target, contentRect } of entries) {
    if (contentRect.width > 0) {
      target.chart.setSize({ width: Math.floor(contentRect.width), height: target.chart.height });
    }
  }
});

function make(box, options, data) {
  const width = Math.max(60, Math.floor(box.clientWidth));
  const chart = new uPlot(
    { width, legend: { show: false }, select: { show: false }, padding: [8, 14, 0, 0], ...options },
    data,
    box,
  );
  box.chart = chart;
  charts.add(chart);
  sizes.observe(box);
  return chart;
}

export function remove(box) {
  if (box.chart) {
    sizes.unobserve(box);
    charts.delete(box.chart);
    box.chart.destroy();
    box.chart = null;
  }
}

/** A round number that is not below the highest value: one that the axis can be divided by. */
export function roundTop(highest, least) {
  const wanted = Math.max(highest, least);
  const power = 10 ** Math.floor(Math.log10(wanted));
  return [1, 1.5, 2, 3, 4, 6, 8, 10].map((step) => step * power).find((top) => top >= wanted);
}

function axis(options) {
  return {
    stroke: () => colour("muted"),
    grid: { stroke: () => colour("grid"), width: 1 },
    ticks: { show: false },
    font: FONT,
    gap: 6,
    ...options,
  };
}

/** Ten minutes of one series. */
export class LineChart {
  #chart;
  #top = 1;
  #isSparse = false;

  /**
   * @param box the element that it fills
   * @param label writes a value at the axis
   * @param isWhole whether there is nothing between 0 and 1
   * @param connect whether values are joined over seconds that have none
   * @param onPoint told the index of the value below the pointer; null where there is none
   */
  constructor(box, { label, height, isWhole = false, connect = false, onPoint = () => {} }) {
    this.#chart = make(
      box,
      {
        height,
        cursor: { y: false, drag: { setScale: false, x: false, y: false }, points: { size: 6 } },
        hooks: { setCursor: [(chart) => onPoint(chart.cursor.idx ?? null)] },
        scales: { x: { time: true }, y: { range: () => [0, this.#top] } },
        axes: [
          axis({
            size: 24,
            space: 56,
            incrs: [60, 120, 300],
            values: (_, moments) => moments.map((second) => hourAndMinute(second * 1000)),
            grid: { show: false },
          }),
          axis({
            size: AXIS_WIDTH,
            space: 26,
            values: (_, values) => values.map(label),
            ...(isWhole && { incrs: wholeSteps() }),
          }),
        ],
        series: [
          {},
          {
            stroke: () => colour("line"),
            fill: () => colour("area"),
            width: 1.5,
            // A batch takes longer than a second: what lies between two of them is no gap.
            spanGaps: connect,
            // A few values far from each other would not show as a line.
            points: { show: () => this.#isSparse, size: 5, fill: () => colour("line") },
          },
        ],
      },
      [[], []],
    );
  }

  show(times, values, top) {
    this.#top = top;
    this.#isSparse = values.filter((value) => value !== null).length <= SPARSE;
    this.#chart.setData([times, values]);
  }
}

/** Ten minutes of one series in a cell of a table, without axes. */
export class SparkLine {
  #box;
  #chart;
  #top = 1;

  constructor(box) {
    this.#box = box;
    this.#chart = make(
      box,
      {
        height: 30,
        padding: [2, 0, 2, 0],
        cursor: { show: false },
        scales: { x: { time: true }, y: { range: () => [0, this.#top] } },
        axes: [{ show: false }, { show: false }],
        series: [{}, { stroke: () => colour("line"), fill: () => colour("area"), width: 1, points: { show: false } }],
      },
      [[], []],
    );
  }

  show(times, values, top) {
    this.#top = top;
    this.#chart.setData([times, values]);
  }

  close() {
    remove(this.#box);
  }
}

/** How often each value occurs, beside a line chart of the same height and top: its bars lie, as in Spark's page. */
export class Distribution {
  #chart;
  #top = 1;

  constructor(box, { height }) {
    this.#chart = make(
      box,
      {
        height,
        cursor: { show: false },
        scales: {
          x: { time: false, ori: 1, dir: 1, range: () => [0, this.#top] },
          y: { ori: 0, dir: 1, range: (_, least, most) => [0, Math.max(1, most)] },
        },
        axes: [
          axis({ side: 3, size: 8, values: () => [], grid: { show: true, stroke: () => colour("grid"), width: 1 }, space: 26 }),
          axis({ side: 2, size: 24, space: 40, grid: { show: false }, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 300, 600] }),
        ],
        series: [{}, bars()],
      },
      [[], []],
    );
  }

  show(counts, top) {
    this.#top = top;
    const step = top / counts.length;
    // What never occurs has no bar, not one without height.
    this.#chart.setData([counts.map((_, index) => (index + 0.5) * step), counts.map((number) => number || null)]);
  }
}

/** Sizes of buckets, one bar each. */
export class BucketBars {
  #chart;
  #perBar = 1;

  constructor(box, { height, label }) {
    this.#chart = make(
      box,
      {
        height,
        cursor: { show: false },
        scales: {
          x: { time: false, range: (_, first, last) => [(first ?? 0) - this.#perBar / 2, (last ?? 0) + this.#perBar / 2] },
          y: { range: (_, least, most) => [0, roundTop(most ?? 1, 1)] },
        },
        axes: [
          axis({ size: 24, grid: { show: false }, incrs: wholeSteps(), values: (_, values) => values.map(label) }),
          axis({ size: AXIS_WIDTH, space: 26, incrs: wholeSteps(), values: (_, values) => values.map(label) }),
        ],
        series: [{}, bars()],
      },
      [[], []],
    );
  }

  show(records, bucketsPerValue) {
    this.#perBar = bucketsPerValue;
    this.#chart.setData([records.map((_, index) => index * bucketsPerValue), records]);
  }
}

function bars() {
  return {
    stroke: () => colour("line"),
    fill: () => colour("bar"),
    width: 1,
    paths: uPlot.paths.bars({ size: [0.86, 60] }),
    points: { show: false },
  };
}

function wholeSteps() {
  return Array.from({ length: 12 }, (_, power) => [1, 2, 5].map((step) => step * 10 ** power)).flat();
}

