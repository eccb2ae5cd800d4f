// What was entered in the field, kept on this device until the city has it: once, in order, whatever the network does.
//
//   const box = openOutbox({ holder: "1-17", ping: "/contractor/ping" });
//   await box.add({ url: "/contractor/o/5/entries", fields: { kind: "arrive" }, photos: [{ kind: "before", blob, takenAt }],
//     about: "On site", page: location.pathname, form: "arrive" });   // what it is called, and where it was entered: for showing
//   box.watch((entries) => …);   // at once, and after each change, also one made in another tab
//   await box.send();            // → { stopped: "" | "offline" | "signed-out" | "other" | "busy" }
//
// Sent as a form: the fields, entry_key, happened_at, clock_ahead_seconds, then each photo under its kind with <kind>_taken_at.
// The server answers JSON { outcome: taken | late | repeated | refused, message }. `ping` answers { now, token, holder }: the
// server's time, a fresh CSRF token, and for whom it speaks; another holder's entries stay where they are.
// holdMs keeps an entry back for a moment, to be completed by amend(); if the page is closed meanwhile, it goes as it is.
// States of an entry: waiting, sent, refused. Only what was sent is ever forgotten by itself, a day later.
import { keep, recall } from "./kept.mjs";
import { freshKey, storeOf } from "./store.mjs";

const DAY_MS = 86_400_000;
const PATIENCE_MS = 60_000;
const GREETING_MS = 12_000;
const AHEAD = "keshet-clock-ahead";

const within = storeOf("keshet-outbox");

/** Return by how many seconds this device's clock was ahead of the city's when last measured in this tab, or null. */
export function clockAhead() {
  const text = recall(AHEAD, "sessionStorage");
  return text === null ? null : Number(text);
}

/** Ask the server who speaks and what time it is. Returns { token, holder }, or { stopped } with why not. */
export async function greet(ping) {
  const began = Date.now();
  let answer;
  try {
    answer = await fetch(ping, { headers: { Accept: "application/json" }, redirect: "manual", cache: "no-store", signal: AbortSignal.timeout(GREETING_MS) });
  } catch {
    return { stopped: "offline" };
  }
  if (answer.type === "opaqueredirect" || answer.status === 401 || answer.status === 403) return { stopped: "signed-out" };
  if (!answer.ok) return { stopped: "busy" };
  const said = await answer.json().catch(() => null);
  if (!said) return { stopped: "busy" };
  const ahead = Math.round(((began + Date.now()) / 2 - Date.parse(said.now)) / 1000);
  keep(AHEAD, String(ahead), "sessionStorage");
  return { token: said.token, holder: said.holder };
}

function formOf(entry) {
  const form = new FormData();
  for (const [name, value] of Object.entries(entry.fields)) if (value !== null && value !== undefined) form.append(name, String(value));
  form.append("entry_key", entry.key);
  form.append("happened_at", new Date(entry.at).toISOString());
  // Measured when it was entered, if it was: networks like to mend a phone's clock in between.
  const ahead = entry.ahead ?? clockAhead();
  if (ahead !== null) form.append("clock_ahead_seconds", String(ahead));
  for (const photo of entry.photos || []) {
    form.append(photo.kind, photo.blob, `${photo.kind}.jpg`);
    form.append(`${photo.kind}_taken_at`, new Date(photo.takenAt).toISOString());
  }
  return form;
}

async function sendOne(entry, token) {
  let answer;
  try {
    answer = await fetch(entry.url, {
      method: "POST", body: formOf(entry), redirect: "manual",
      headers: { Accept: "application/json", "X-CSRFToken": token },
      signal: AbortSignal.timeout(2 * PATIENCE_MS),
    });
  } catch {
    return { stopped: "offline" };
  }
  if (answer.type === "opaqueredirect" || answer.status === 401) return { stopped: "signed-out" };
  if (answer.status === 400 || answer.status === 429 || answer.status >= 500) return { stopped: "busy" };
  const said = await answer.json().catch(() => ({}));
  const isTaken = answer.ok && said.outcome !== "refused";
  return { state: isTaken ? "sent" : "refused", outcome: said.outcome || "refused", message: said.message || "" };
}

export function openOutbox({ holder, ping }) {
  const news = "BroadcastChannel" in window ? new BroadcastChannel("keshet-outbox") : null;
  const watchers = new Set();
  let running = null;

  const all = async () => {
    const found = (await within("readonly", (store) => store.getAll())) || [];
    return found.filter((entry) => entry.holder === holder).sort((one, other) => one.at - other.at);
  };
  const put = (entry) => within("readwrite", (store) => store.put(entry));
  const tell = async () => {
    const entries = await all();
    for (const watcher of watchers) watcher(entries);
  };
  const changed = async () => {
    news?.postMessage(holder);
    await tell();
  };
  news?.addEventListener("message", tell);

  async function add({ url, fields = {}, photos = [], about = "", page = "", form = "", holdMs = 0 }) {
    const held = holdMs ? Date.now() + holdMs : 0;
    const entry = { key: freshKey(), holder, url, fields, photos, about, page, form, held, at: Date.now(), ahead: clockAhead(), state: "waiting" };
    await put(entry);
    // Asked once there is something to lose; a browser may say no, and then it is as safe as its storage.
    navigator.storage?.persist?.().catch(() => false);
    await changed();
    return entry.key;
  }

  /** Complete a held entry (its place came), and let it go. */
  async function amend(key, fields) {
    const entry = (await all()).find((each) => each.key === key);
    if (entry?.state === "waiting") await put({ ...entry, fields: { ...entry.fields, ...fields }, held: 0 });
  }

  async function forget(key) {
    await within("readwrite", (store) => store.delete(key));
    await changed();
  }

  async function again(key) {
    const entry = (await all()).find((each) => each.key === key);
    if (!entry || entry.state !== "refused" || !entry.photos) return;
    await put({ ...entry, state: "waiting", outcome: "", message: "" });
    await changed();
  }

  async function sendAll() {
    const old = (await all()).filter((entry) => entry.state === "sent" && Date.now() - entry.sentAt > DAY_MS);
    for (const entry of old) await within("readwrite", (store) => store.delete(entry.key));
    const waiting = (await all()).filter((entry) => entry.state === "waiting");
    const greeted = await greet(ping);
    if (greeted.stopped) return { stopped: greeted.stopped, sent: 0 };
    if (greeted.holder !== holder) return { stopped: "other", sent: 0 };
    let sent = 0;
    for (const entry of waiting) {
      // Somebody is still waiting for its place; what came after it waits too, so that the order stays.
      if (entry.held > Date.now()) break;
      const told = await sendOne(entry, greeted.token);
      if (told.stopped) return { stopped: told.stopped, sent };
      // The city has the photos now; the phone keeps the line that says so.
      await put({ ...entry, ...told, photos: told.state === "sent" ? [] : entry.photos, sentAt: Date.now() });
      sent += told.state === "sent" ? 1 : 0;
      await changed();
    }
    return { stopped: "", sent };
  }

  async function alone(act) {
    if (!navigator.locks) return act();
    // One tab sends; another that asks meanwhile waits its turn and finds nothing left.
    return navigator.locks.request("keshet-outbox", act);
  }

  function send() {
    running ??= alone(sendAll).finally(() => {
      running = null;
    });
    return running;
  }

  function watch(watcher) {
    watchers.add(watcher);
    return all().then(watcher);
  }

  return { add, all, again, amend, forget, send, watch };
}
