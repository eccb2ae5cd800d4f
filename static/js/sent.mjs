// What was typed survives a session that ended before it was sent. Kept for this tab when a form is sent; put back, with a line
// that says so, into the same form of the same person; forgotten by the next page of a desk that has no such form.
// <header data-module="sent" data-holder="17" data-put-back="What was typed is back"> on every page of a desk: for whom it is kept;
// <form data-module="sent"> for one that comes later, in a dialog, from a link with data-module="dialog";
// <div data-module="sent" data-sent-lost> on the pages that an ended session or a form's failure leads to;
// <div data-module="sent" data-sent-lost="read"> where only a page could not be shown: what was sent just before it had arrived.
import { fieldsOf, isMark } from "./fields.mjs";
import { KEPT_MS, keep, recall } from "./kept.mjs";

const KEY = "keshet-sent";
const LOST = "keshet-sent-lost";
const STORE = "sessionStorage";
let isAsking = false;

const pathOf = (form) => {
  const { pathname, search } = new URL(form.action, location.href);
  return pathname + search;
};

function forget() {
  keep(KEY, null, STORE);
  keep(LOST, null, STORE);
}

const desk = () => document.querySelector("[data-module~=sent][data-holder]")?.dataset ?? {};

function remember(event) {
  // A form that a module of its own sends is kept by that module.
  if (event.defaultPrevented) return;
  const form = event.target;
  if (isAsking || form.method !== "post") return;
  const fields = fieldsOf(form).filter((field) => (isMark(field) ? field.checked : field.value));
  const values = fields.map((field) => [field.name, field.value]);
  keep(KEY, values.length ? JSON.stringify({ path: pathOf(form), at: Date.now(), holder: desk().holder, values }) : null, STORE);
  keep(LOST, null, STORE);
}

/** Return what was sent and lost, within the hour and by the person who is signed in now; else null. */
function lost() {
  try {
    const kept = recall(LOST, STORE) && JSON.parse(recall(KEY, STORE));
    return kept && kept.holder && kept.holder === desk().holder && Date.now() - kept.at < KEPT_MS ? kept : null;
  } catch {
    return null;
  }
}

function putBack(form, values) {
  for (const field of fieldsOf(form)) {
    const given = values.filter(([name]) => name === field.name).map(([, value]) => value);
    if (isMark(field)) field.checked = given.includes(field.value);
    else if (given.length) [field.value] = given;
  }
}

// A choice that brings questions of its own is made first; their answers are put back when they are shown. What a page draws from
// a hidden field, as the point of a map, it draws then.
function asksMore(form, kept) {
  const chooser = form.querySelector("[data-module~=autosubmit] select");
  const look = form.querySelector(`button[name="do"][value="look"]`);
  const asks = ([name]) => (form.elements[name] ? "said" in (form.elements[name].dataset ?? {}) : chooser?.value);
  if (kept.again || !look || !kept.values.some(asks)) return false;
  keep(KEY, JSON.stringify({ ...kept, again: true }), STORE);
  isAsking = true;
  form.requestSubmit(look);
  return true;
}

function say(form) {
  const line = document.createElement("p");
  line.className = "k-note mb4";
  line.setAttribute("role", "status");
  form.prepend(line);
  // Words that come into a line that is there already are read out.
  requestAnimationFrame(() => (line.textContent = desk().putBack ?? ""));
}

/** Fill the form that was lost. Return false when it is none of these. */
function restore(forms, kept) {
  const form = forms.find((each) => each.method === "post" && pathOf(each) === kept.path);
  if (!form) return false;
  putBack(form, kept.values);
  if (asksMore(form, kept)) return true;
  forget();
  say(form);
  return true;
}

const comesLater = ({ path }) => [...document.querySelectorAll("a[data-module~=dialog]")].some((link) => link.pathname === path.split("?")[0]);

function onLost({ sentLost }) {
  if (sentLost === "read" && !recall(LOST, STORE)) forget();
  else if (recall(KEY, STORE)) keep(LOST, "1", STORE);
}

export default function sent(element) {
  if ("sentLost" in element.dataset) return onLost(element.dataset);
  const isForm = element.matches("form");
  if (!isForm) document.addEventListener("submit", remember);
  if (document.querySelector("[data-sent-lost]")) return undefined;
  const kept = lost();
  if (isForm) return kept && restore([element], kept);
  if (!kept || !(restore([...document.forms], kept) || comesLater(kept))) forget();
  return undefined;
}
