// Shows what waits on this phone, sends it whenever it can, and says what became of each.
// <section id="outbox" data-module="field-outbox" data-holder="1-17" data-ping="/contractor/ping" data-login="/staff/login"
//   data-words='{"waiting": "Waiting to be sent: {n}", …}'>
//   <p data-line role="status"></p><ul data-list></ul><button data-retry hidden>Try now</button></section>
// Words: waiting, refused, none, sending, offline, signed_out, other, busy, state_waiting, state_sent, state_refused, outcome_late,
// outcome_repeated, again, mend, remove, sign_in. Other modules of the page share one outbox through theBox().
import { openOutbox } from "./outbox.mjs";

const EVERY_MS = 45_000;
/** The first request after a network came back often fails: it is tried again soon, then ever later. */
const SOON_MS = 2_000;
let shared = null;

/** Return { box, words, busy, send } of this page, or null where it keeps none. busy: entries that are being put together. */
export function theBox() {
  const element = document.getElementById("outbox");
  if (!element || !("indexedDB" in window)) return null;
  shared ??= { box: openOutbox(element.dataset), words: JSON.parse(element.dataset.words || "{}"), busy: 0, send: () => Promise.resolve() };
  return shared;
}

export const hour = (ms) => new Date(ms).toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });

export default function fieldOutbox(element) {
  const here = theBox();
  if (!here) return;
  const { box, words } = here;
  const line = element.querySelector("[data-line]");
  const list = element.querySelector("[data-list]");
  const retry = element.querySelector("[data-retry]");
  let entries = [];
  let stopped = "";
  let isSending = false;
  let lastRefused = 0;
  let isWanted = false;
  let pause = SOON_MS;

  const waiting = () => entries.filter((entry) => entry.state === "waiting");
  // Also with nothing to send: the page says that there is no network, and must not say so for longer than it is true.
  const isToBeTried = () => stopped === "offline" || (stopped === "busy" && waiting().length > 0);

  function draw() {
    const count = waiting().length;
    const refused = entries.filter((entry) => entry.state === "refused").length;
    const reason = { offline: words.offline, "signed-out": words.signed_out, other: words.other, busy: words.busy }[stopped] || "";
    const said = count
      ? [words.waiting.replace("{n}", count), isSending ? words.sending : reason]
      : [refused && words.refused ? words.refused.replace("{n}", refused) : "", entries.length && !refused ? words.none : "", stopped === "signed-out" ? words.signed_out : ""];
    const text = said.filter(Boolean).join(" ");
    if (line.textContent !== text) line.textContent = text;
    element.dataset.state = refused ? "refused" : count || stopped === "signed-out" ? "waiting" : "sent";
    element.hidden = !text && !entries.length;
    // What was not taken must not hide behind a summary: its reason is in the list.
    if (refused > lastRefused) list.closest("details")?.setAttribute("open", "");
    lastRefused = refused;
    retry.hidden = !count || isSending;
    list.replaceChildren(...entries.slice().reverse().slice(0, 12).map((entry) => row(entry, words, box, send)));
    if (stopped === "signed-out") line.append(" ", link(element.dataset.login, words.sign_in));
  }

  async function send() {
    if (isSending) {
      isWanted = true; // The network came back, or more was entered, while an attempt was still out.
      return;
    }
    isSending = true;
    isWanted = false;
    draw();
    const before = new Set(waiting().map((entry) => entry.key));
    const told = await box.send().catch(() => ({ stopped: "busy" }));
    isSending = false;
    stopped = told.stopped;
    draw();
    document.dispatchEvent(new CustomEvent("city:asked", { detail: { isAway: stopped === "offline" } }));
    const held = Math.max(0, ...waiting().map((entry) => entry.held || 0)) - Date.now();
    if (held > 0) setTimeout(send, held + 50);
    else if (isWanted && waiting().length) setTimeout(send, 500);
    else if (isToBeTried() && navigator.onLine && pause < EVERY_MS) {
      setTimeout(send, pause);
      pause *= 2;
    }
    if (!stopped) pause = SOON_MS;
    if (!here.busy && entries.some((entry) => before.has(entry.key) && entry.state !== "waiting" && entry.page === location.pathname)) renew();
  }

  here.send = send;
  box.watch((found) => {
    entries = found;
    draw();
  }).then(send, () => {
    element.hidden = true; // No storage here: forms are sent as forms.
  });
  retry.addEventListener("click", send);
  window.addEventListener("online", () => {
    pause = SOON_MS;
    send();
  });
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && send());
  setInterval(() => document.visibilityState === "visible" && (waiting().length || isToBeTried()) && send(), EVERY_MS);
}

/** Show the page as the city has it now, unless somebody is in the middle of a sentence, or of taking a photo. */
function renew() {
  const typing = [...document.querySelectorAll("textarea, input[type=file]")].some((field) => field.value);
  if (!typing && !isChoosing) location.reload();
}

/** While the camera is open, its field is still empty; the photo would come back to a page that is gone. */
let isChoosing = false;
document.addEventListener("click", ({ target }) => {
  if (target.matches?.("input[type=file]")) isChoosing = true;
});
for (const ending of ["change", "cancel"])
  document.addEventListener(ending, ({ target }) => {
    if (target.matches?.("input[type=file]")) isChoosing = false;
  });

function row(entry, words, box, send) {
  const item = document.createElement("li");
  const what = document.createElement("b");
  what.textContent = entry.about;
  const when = document.createElement("bdi");
  when.className = "num sub";
  when.textContent = hour(entry.at);
  const state = document.createElement("span");
  state.className = "wf-state";
  state.dataset.state = entry.state;
  state.textContent = { late: words.outcome_late, repeated: words.outcome_repeated }[entry.outcome] || words[`state_${entry.state}`];
  item.append(what, when, state);
  if (entry.message && entry.state === "refused") {
    const why = document.createElement("span");
    why.className = "block small sub";
    why.textContent = entry.message;
    item.append(why);
  }
  if (entry.state !== "refused") return item;
  const form = entry.page === location.pathname && entry.form ? document.getElementById(entry.form) : null;
  if (form && words.mend) item.append(button(words.mend, () => (refill(form, entry), box.forget(entry.key))));
  item.append(button(words.again, () => box.again(entry.key).then(send)), button(words.remove, () => box.forget(entry.key)));
  return item;
}

/** Put what was not taken back into its form, words and photos, so that it can be corrected there. */
function refill(form, entry) {
  const fields = [...form.elements].filter((field) => field.name && field.type !== "hidden");
  for (const field of fields) {
    if (field.type === "file") {
      const files = new DataTransfer();
      // Of the camera and the gallery with one name, the gallery holds several.
      if (field.multiple || fields.filter((other) => other.name === field.name).length === 1)
        for (const each of entry.photos.filter((photo) => photo.kind === field.name))
          files.items.add(new File([each.blob], `${each.kind}.jpg`, { type: each.blob.type, lastModified: each.takenAt }));
      field.files = files.files;
    } else if (field.type === "radio" || field.type === "checkbox") field.checked = entry.fields[field.name] === field.value;
    else if (field.name in entry.fields) field.value = entry.fields[field.name];
  }
  form.closest("details")?.setAttribute("open", "");
  form.scrollIntoView({ block: "center" });
  fields.find((field) => field.type !== "file")?.focus();
}

function button(words, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "wf-small";
  made.textContent = words;
  made.addEventListener("click", act);
  return made;
}

function link(href, words) {
  const made = document.createElement("a");
  made.href = href;
  made.textContent = words;
  return made;
}
