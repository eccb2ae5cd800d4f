// Presses what carries data-hotkey, when nobody is typing; the same things are there for mouse and tab.
// "a": one key. "g q": one after the other, within a breath.
const FIELDS = "input:not([type=checkbox]):not([type=radio]),textarea,select,[contenteditable]";
const BREATH_MS = 1500;

export function isTyping(event) {
  const target = event.target;
  if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return true;
  return target instanceof Element && Boolean(target.closest(FIELDS) || target.closest("dialog[open]"));
}

// By the physical key first, so that letters work under a Hebrew, Arabic or Russian layout, where Q may write «/».
function keyOf(event) {
  const letter = /^Key([A-Z])$/.exec(event.code)?.[1].toLowerCase();
  if (letter) return event.shiftKey ? null : letter;
  if (["/", "?"].includes(event.key)) return event.key;
  return event.code === "Slash" ? (event.shiftKey ? "?" : "/") : null;
}

function press(wanted) {
  const target = document.querySelector(`[data-hotkey="${wanted}"]`);
  if (!target) return false;
  if (target.matches("input,textarea")) {
    target.focus();
    target.select?.();
    target.scrollIntoView({ block: "nearest" });
  } else {
    target.click();
  }
  return true;
}

export default function hotkeys() {
  const root = document.documentElement;
  if (root.dataset.hotkeys) return;
  root.dataset.hotkeys = "on";
  let first = "";
  let timer = 0;

  const forget = () => {
    first = "";
    // After this turn: other listeners of the same key must see that it belonged to a pair.
    setTimeout(() => delete root.dataset.firstKey);
  };

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || isTyping(event)) return;
    const key = keyOf(event);
    if (!key) return;
    if (!first && document.querySelector(`[data-hotkey^="${key} "]`)) {
      event.preventDefault();
      first = root.dataset.firstKey = key;
      clearTimeout(timer);
      timer = setTimeout(forget, BREATH_MS);
      return;
    }
    const wanted = first ? `${first} ${key}` : key;
    if (first) {
      clearTimeout(timer);
      forget();
    }
    if (press(wanted)) event.preventDefault();
  });
}
