// Numbers, sizes and times as people read them. What is not known is a dash.

/** Between the thousands of a number and before its unit: a narrow space at which no line breaks. */
const THIN = "\u202f";
export const UNKNOWN = "–";

const isKnown = (value) => value !== null && value !== undefined && !Number.isNaN(value);

/** 1 204 */
export function count(value) {
  return isKnown(value) ? String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, THIN) : UNKNOWN;
}

/** "1 record", "1 204 records" */
export function counted(value, noun) {
  const plural = /(ch|x|s)$/.test(noun) ? `${noun}es` : `${noun}s`;
  return `${count(value)} ${value === 1 ? noun : plural}`;
}

/** Three digits are enough for a figure that changes every second. */
function digits(value) {
  return value >= 100 || Number.isInteger(value) ? count(value) : value.toFixed(value >= 10 ? 1 : 2).replace(/\.?0+$/, "");
}

const BYTE_UNITS = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];

export function bytes(value) {
  if (!isKnown(value)) return UNKNOWN;
  let unit = 0;
  let scaled = value;
  while (scaled >= 1000 && unit < BYTE_UNITS.length - 1) {
    scaled /= 1024;
    unit++;
  }
  return digits(unit === 0 ? Math.round(scaled) : scaled) + THIN + BYTE_UNITS[unit];
}

/** A time span given in milliseconds: 52 ms, 1.25 s, 2 min 5 s, 3 h 2 min, 4 d 3 h */
export function span(millis) {
  if (!isKnown(millis)) return UNKNOWN;
  if (millis < 1000) return Math.round(millis) + THIN + "ms";
  if (millis < 60_000) return digits(millis / 1000) + THIN + "s";
  const seconds = Math.round(millis / 1000);
  if (seconds < 3600) return two(Math.floor(seconds / 60), "min", seconds % 60, "s");
  if (seconds < 86_400) return two(Math.floor(seconds / 3600), "h", Math.floor((seconds % 3600) / 60), "min");
  return two(Math.floor(seconds / 86_400), "d", Math.floor((seconds % 86_400) / 3600), "h");
}

function two(large, largeUnit, small, smallUnit) {
  const rest = small === 0 ? "" : ` ${small}${THIN}${smallUnit}`;
  return count(large) + THIN + largeUnit + rest;
}

export function seconds(value) {
  return isKnown(value) ? span(value * 1000) : UNKNOWN;
}

/** Short enough for the axis of a chart: 900, 12k, 3M */
export function short(value) {
  if (value >= 1e9) return `${+(value / 1e9).toPrecision(3)}G`;
  if (value >= 1e6) return `${+(value / 1e6).toPrecision(3)}M`;
  return value >= 1e4 ? `${+(value / 1e3).toPrecision(3)}k` : String(+value.toPrecision(3));
}

const CLOCK = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
const HOUR_AND_MINUTE = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const DAY = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" });

/** The time of day where the browser is; with the day where that is another one than today. */
export function clock(millis) {
  if (!isKnown(millis)) return UNKNOWN;
  const day = DAY.format(millis);
  return (day === DAY.format(Date.now()) ? "" : `${day}, `) + CLOCK.format(millis);
}

export function hourAndMinute(millis) {
  return HOUR_AND_MINUTE.format(millis);
}

/** For titles: the moment that everybody means the same by. */
export function utc(millis) {
  return isKnown(millis) ? new Date(millis).toISOString().replace("T", " ").replace(/(\.000)?Z$/, " UTC") : "";
}

/** The start and the end of "2026-11-30T10:00:00Z/2026-11-30T10:00:01Z", in milliseconds. */
export function windowOf(text) {
  const [start, end] = text.split("/").map((moment) => Date.parse(moment));
  return { start, end };
}
