// Loads one module per behaviour: an element with data-module="thing other" gets ./thing.mjs and ./other.mjs.
import "./theme.mjs";

const loading = new Map();

function load(name) {
  if (!/^[a-z-]+$/.test(name)) return null;
  if (!loading.has(name)) loading.set(name, import(`./${name}.mjs`));
  return loading.get(name);
}

export function start(root = document) {
  for (const element of root.querySelectorAll("[data-module]")) {
    for (const name of element.dataset.module.split(/\s+/)) {
      if (!name || element.hasAttribute(`data-started-${name}`)) continue;
      element.setAttribute(`data-started-${name}`, "");
      load(name)?.then((module) => module.default(element)).catch((error) => console.error(name, error));
    }
  }
}

start();
// A key hint anywhere on the page is enough to want the keyboard's module.
if (document.querySelector("[data-hotkey]")) load("hotkeys")?.then((module) => module.default(document.body));
