// Light, dark, or as the device has it. <button data-module="theme" data-scheme="dark|light|auto">, or a select with these values.
import { keep, recall } from "./kept.mjs";

const KEY = "keshet-scheme";

export function wear(scheme) {
  for (const element of [document.documentElement, document.body]) element.dataset.colorScheme = scheme;
}

export default function theme(control) {
  const worn = recall(KEY) || "auto";
  const isSelect = control.matches("select");
  if (isSelect) control.value = worn;
  else control.setAttribute("aria-pressed", String(control.dataset.scheme === worn));
  control.hidden = false;
  control.addEventListener(isSelect ? "change" : "click", () => {
    const scheme = isSelect ? control.value : control.dataset.scheme;
    keep(KEY, scheme);
    wear(scheme);
    for (const other of document.querySelectorAll("[data-module~=theme][data-scheme]")) {
      other.setAttribute("aria-pressed", String(other.dataset.scheme === scheme));
    }
  });
}

const worn = recall(KEY);
if (worn) wear(worn);
