// The dialog that sends dead letters again. It says what will happen before anything does.

import { byId, element, setText } from "./dom.js";
import { count, counted } from "./format.js";
import { REASONS, reasonsOf, sinkName } from "./reasons.js";
import { goToLogin, Refusal, send } from "./server.js";

/** What a choice of "any" has as its value; the empty name is that of no sink. */
const ANY = "*";

const dialog = byId("replay");
const sinkChoice = byId("replay-sink");
const reasonChoice = byId("replay-reason");
let status = null;

/** @param sink null: any; empty: of no sink. @param reason null: any */
export function openReplay(now, sink, reason) {
  if (now === null) {
    return;
  }
  status = now;
  const ofNone = reasonsOf(status).some((row) => row.sink === "") ? [""] : [];
  choices(sinkChoice, [[ANY, "any, or none"], ...[...Object.keys(status.sinks), ...ofNone].map((name) => [name, sinkName(name)])], sink);
  choices(reasonChoice, [[ANY, "any"], ...Object.entries(REASONS).map(([word, words]) => [word, `${word}: ${words}`])], reason);
  byId("replay-question").hidden = false;
  byId("replay-answer").replaceChildren();
  byId("replay-send").hidden = false;
  byId("replay-send").disabled = false;
  setText(byId("replay-cancel"), "Cancel");
  sayWhat();
  dialog.showModal();
  byId("replay-cancel").focus();
}

function choices(select, options, chosen) {
  select.replaceChildren(...options.map(([value, label]) => element("option", { value }, label)));
  select.value = chosen ?? ANY;
}

function asked() {
  const query = {};
  if (sinkChoice.value !== ANY) query.sink = sinkChoice.value;
  if (reasonChoice.value !== ANY) query.reason = reasonChoice.value;
  return query;
}

/** What will happen, for the choice as it is. */
function sayWhat() {
  const { sink, reason } = asked();
  const isAll = sink === undefined && reason === undefined;
  const letters = reasonsOf(status)
    .filter((row) => (sink === undefined || row.sink === sink) && (reason === undefined || row.reason === reason))
    .reduce((sum, row) => sum + row.letters, 0);
  const which = (sink === undefined ? "" : sink === "" ? " that got to no sink" : ` of sink ${sink}`)
    + (reason === undefined ? "" : ` with reason ${reason}`);
  const waiting = counted(status.deadLetters.letters, "dead letter");
  const lines = [
    isAll
      ? `All ${waiting} are sent again.`
      : `All dead letters${which} are sent again. The server has written ${count(letters)} of them since its start, and may have older ones; there are ${waiting} in all.`,
    sink
      ? `They go to ${sink} only, in order, in batches of their own.`
      : "Each goes to the sink that refused it, in order, in batches of their own. Those of no sink go to every sink.",
    "They get new idempotency keys: a receiver that already has such a record gets it a second time.",
    ...databases(sink),
    "This cannot be undone. A record that is refused again becomes a dead letter again.",
  ];
  byId("replay-what").replaceChildren(...lines.map((line) => element("li", {}, line)));
}

function databases(sink) {
  return Object.entries(status.sinks)
    .filter(([name, { type }]) => type === "jdbc" && (!sink || sink === name))
    .map(([name]) => `${name} writes to a database: unless it has newer-by, old records overwrite newer rows.`);
}

async function sendAgain() {
  byId("replay-send").disabled = true;
  answer(["Sending …"]);
  try {
    const { status: code, body } = await send("dlq/replay", asked());
    byId("replay-question").hidden = true;
    byId("replay-send").hidden = true;
    setText(byId("replay-cancel"), "Close");
    answer(inWords(code, body));
    byId("replay-cancel").focus();
  } catch (error) {
    byId("replay-send").disabled = false;
    refused(error);
  }
}

function refused(error) {
  if (!(error instanceof Refusal)) {
    answer(["No response from the server. It may have begun: check the batches before you try again."]);
  } else if (error.status === 401) {
    const button = element("button", { type: "button" }, "Sign in");
    button.addEventListener("click", goToLogin);
    answer(["You are no longer signed in. Nothing was sent."]);
    byId("replay-answer").append(button);
  } else if (error.status === 403) {
    answer(["You are not allowed to replay dead letters. Nothing was sent.", `The server says: ${error.message}`]);
  } else {
    answer([`Nothing was sent. The server says: ${error.message}`]);
  }
}

function answer(lines) {
  byId("replay-answer").replaceChildren(...lines.map((line) => element("p", {}, line)));
}

/** What the server made of it, a line each. */
function inWords(code, body) {
  const lines = [];
  if (body.records === 0) {
    lines.push("There were no dead letters to send again.");
  } else {
    const sinks = Object.entries(body.sinks).map(([sink, letters]) => `${count(letters)} to ${sink === "" ? "every sink" : sink}`);
    lines.push(`${counted(body.records, "record")} ${body.records === 1 ? "is" : "are"} sent again: ${sinks.join(", ")}`
      + (body.batches > 0 ? `, in ${counted(body.batches, "batch")}.` : "."));
  }
  if (code === 202 || body.waits) {
    lines.push(`Not all of them are in the journal yet (${body.waits}). The rest is sent automatically, or after the next start.`);
  }
  const left = [
    [body.unsettled, "letter", "since a restart might read the record again; retry when its batch is delivered"],
    [body.unknownSink, "letter", "since its sink is not in the settings"],
    [body.newline, "letter", "since there is a newline in the record"],
    [body.damaged, "damaged line", "which cannot be read"],
    [body.notAsked, "letter", "which this replay excludes"],
  ];
  for (const [number, what, why] of left) {
    if (number > 0) lines.push(`${counted(number, what)} ${number === 1 ? "stays" : "stay"}, ${why}.`);
  }
  return lines;
}

sinkChoice.addEventListener("change", sayWhat);
reasonChoice.addEventListener("change", sayWhat);
byId("replay-send").addEventListener("click", () => void sendAgain());
byId("replay-cancel").addEventListener("click", () => dialog.close());
