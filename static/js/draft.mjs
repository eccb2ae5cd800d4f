// What was typed survives a lost network, a closed tab's return and the back button, for this tab only.
// <form data-module="draft" data-draft="report"> keeps; <div data-module="draft" data-draft-clear="report"> on the success page forgets.
// Passwords, files, hidden fields and fields with data-no-draft are never kept.
import { fieldsOf, isMark } from "./fields.mjs";
import { keep, recall } from "./kept.mjs";

const STORE = "sessionStorage";

export default function draft(element) {
  if (element.dataset.draftClear) return keep(key(element.dataset.draftClear), null, STORE);
  const name = key(element.dataset.draft || location.pathname);
  restore(element, recall(name, STORE));
  let timer = 0;
  const save = () => keep(name, JSON.stringify(typed(element)), STORE);
  element.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(save, 300);
  });
  element.addEventListener("change", save);
  element.addEventListener("submit", save);
}

const key = (name) => `keshet-draft-${name}`;

function typed(form) {
  return fieldsOf(form).map((field) => (isMark(field) ? [field.name, field.value, field.checked] : [field.name, null, field.value]));
}

function restore(form, text) {
  if (!text) return;
  // What the server sent back wins: only a form that is still untouched is filled.
  const touched = fieldsOf(form).some((field) => (isMark(field) ? field.checked !== field.defaultChecked : field.value !== (field.defaultValue ?? field.value)));
  if (touched || form.querySelector("[aria-invalid=true]")) return;
  for (const [name, mark, value] of parse(text)) {
    for (const field of fieldsOf(form)) {
      // A list says itself what the server chose: the page's language may have changed since.
      if (field.name !== name || field.querySelector?.("option[selected]")) continue;
      if (mark === null && !field.defaultValue) field.value = value;
      else if (mark !== null && field.value === mark) field.checked = value;
    }
  }
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return [];
  }
}
