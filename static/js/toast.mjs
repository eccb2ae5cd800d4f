// A short word that leaves by itself after six seconds, unless somebody is on it. Never for errors.
// <p class="k-toast" data-module="toast">; say("Saved") makes one.
const SHOWN_MS = 6000;

export default function toast(element) {
  let timer = 0;
  const leave = () => element.remove();
  const start = () => (timer = setTimeout(leave, SHOWN_MS));
  const stop = () => clearTimeout(timer);
  element.addEventListener("pointerenter", stop);
  element.addEventListener("pointerleave", start);
  element.addEventListener("focusin", stop);
  element.addEventListener("focusout", start);
  start();
}

export function say(words) {
  const shelf = document.getElementById("toasts");
  if (!shelf) return;
  const element = document.createElement("p");
  element.className = "k-toast";
  element.textContent = words;
  shelf.append(element);
  toast(element);
}
