// Talking to the server: requests, and the stream of its events.

const REQUEST_MILLIS_MAX = 10_000;
/** How soon a stream of events is tried again that the browser does not try again itself (after a 503). */
const EVENTS_AGAIN_MILLIS = 5_000;

/** The server answered, and not as asked; the message is for people. */
export class Refusal extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

/**
 * Asks for a JSON object. Paths are relative, so that they work below any path of a proxy.
 *
 * @throws Refusal where the server answers something else; another error where it does not answer
 */
export async function load(path) {
  const answer = await fetch(path, {
    // Another page's answer of the last second will do.
    headers: { "Cache-Control": "max-age=1" },
    signal: AbortSignal.timeout(REQUEST_MILLIS_MAX),
  });
  await requireSuccess(answer);
  return answer.json();
}

/**
 * Sends a JSON object. A page of another site cannot do this: the content type needs the server's permission there.
 *
 * @returns {{status: number, body: object}}
 */
export async function send(path, body) {
  const answer = await fetch(path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  await requireSuccess(answer);
  return { status: answer.status, body: await answer.json() };
}

async function requireSuccess(answer) {
  if (!answer.ok) {
    const said = (await answer.text()).trim();
    throw new Refusal(answer.status, said || `The server answered ${answer.status}.`);
  }
}

/** Where one signs in; the server sends back from there. */
export function goToLogin() {
  location.assign(new URL("login", document.baseURI));
}

/** Ends the session of this browser. */
export async function logOut() {
  await fetch("logout", { method: "POST" });
  goToLogin();
}

const EVENTS = ["batch-submitted", "batch-started", "batch-completed", "batch-failed", "sink-state", "source-state", "gap"];
/** The newest values, each second, and the status, every three; they have no id. */
const LIVE = ["seconds", "status"];

/** The server's events, from an id on, for as long as it is open. */
export class EventStream {
  #source = null;
  #again = 0;
  #lastId;
  #onEvent;

  /** @param onEvent called with the name of an event, its data and its id */
  constructor(lastId, onEvent) {
    this.#lastId = lastId;
    this.#onEvent = onEvent;
    this.#open();
  }

  get isOpen() {
    return this.#source?.readyState === EventSource.OPEN;
  }

  #open() {
    const source = new EventSource(`events?live&last-event-id=${encodeURIComponent(this.#lastId)}`);
    for (const name of [...EVENTS, ...LIVE]) {
      source.addEventListener(name, (event) => {
        if (!LIVE.includes(name)) this.#lastId = event.lastEventId;
        this.#onEvent(name, JSON.parse(event.data), event.lastEventId);
      });
    }
    source.addEventListener("error", () => {
      // The browser connects again by itself, from the last event on, unless it was answered with an error.
      if (source.readyState === EventSource.CLOSED) {
        this.#again = setTimeout(() => this.#open(), EVENTS_AGAIN_MILLIS);
      }
    });
    this.#source = source;
  }

  close() {
    clearTimeout(this.#again);
    this.#source.close();
  }
}
