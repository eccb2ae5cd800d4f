// Loads one module per behaviour: an element with data-module="thing other" gets ./thing.mjs and ./other.mjs.
import "./theme.mjs";

const loading = new Map();

function load(name) {
  if (!/^[a-z-]+$/.test(name)) return null;
  if (!loading.has(name)) loading.set(name, import(`./${name}.mjs`));
  return loading.get(name);
}

async function begin(name, element) {
  try {
    (await load(name))?.default(element);
  } catch (error) {
    console.error(name, error);
  }
  element.setAttribute(`data-started-${name}`, "");
}

/** Start what the elements under root ask for; the promise is kept once each has begun or failed. */
export function start(root = document) {
  const starting = [];
  for (const element of root.querySelectorAll("[data-module]")) {
    for (const name of element.dataset.module.split(/\s+/)) {
      if (!name || element.hasAttribute(`data-wanted-${name}`)) continue;
      element.setAttribute(`data-wanted-${name}`, "");
      starting.push(begin(name, element));
    }
  }
  return Promise.all(starting);
}

const all = [start()];
// A key hint anywhere on the page is enough to want the keyboard's module.
if (document.querySelector("[data-hotkey]")) all.push(begin("hotkeys", document.body));
// From here on whatever is chosen or pressed is heard: whoever drives a browser waits for it.
Promise.all(all).then(() => document.documentElement.setAttribute("data-started", ""));
