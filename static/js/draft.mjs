// What was typed survives a lost network, a closed tab's return and the back button, for this tab only.
// <form data-module="draft" data-draft="report"> keeps; <div data-module="draft" data-draft-clear="report"> on the success page forgets.
// Passwords, files, hidden fields and fields with data-no-draft are never kept.
import { keep, recall } from "./kept.mjs";

const STORE = "sessionStorage";
const NEVER = new Set(["password", "file", "hidden", "submit", "button"]);

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

function fields(form) {
  return [...form.elements].filter((field) => field.name && !NEVER.has(field.type) && !("noDraft" in field.dataset));
}

function typed(form) {
  return fields(form).map((field) => {
    const isMark = field.type === "radio" || field.type === "checkbox";
    return [field.name, isMark ? field.value : null, isMark ? field.checked : field.value];
  });
}

function restore(form, text) {
  if (!text) return;
  // What the server sent back wins: only a form that is still untouched is filled.
  const touched = fields(form).some((field) => (field.type === "radio" || field.type === "checkbox" ? field.checked !== field.defaultChecked : field.value !== (field.defaultValue ?? field.value)));
  if (touched || form.querySelector("[aria-invalid=true]")) return;
  for (const [name, mark, value] of parse(text)) {
    for (const field of fields(form)) {
      if (field.name !== name) continue;
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
