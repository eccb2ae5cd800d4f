// Presses what carries data-hotkey, when nobody is typing; the same things are there for mouse and tab.
const FIELDS = "input:not([type=checkbox]):not([type=radio]),textarea,select,[contenteditable]";

function isTyping(event) {
  const target = event.target;
  return target instanceof Element && Boolean(target.closest(FIELDS) || target.closest("dialog[open]"));
}

export default function hotkeys() {
  if (document.documentElement.dataset.hotkeys) return;
  document.documentElement.dataset.hotkeys = "on";
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || isTyping(event)) return;
    // By the physical key, so that letters work under a Hebrew, Arabic or Russian layout as well.
    const letter = /^Key([A-Z])$/.exec(event.code)?.[1].toLowerCase();
    const slash = event.code === "Slash" ? (event.shiftKey ? "?" : "/") : null;
    const wanted = ["/", "?"].includes(event.key) ? event.key : slash ?? letter;
    if (!wanted || (event.shiftKey && letter)) return;
    const target = document.querySelector(`[data-hotkey="${wanted}"]`);
    if (!target) return;
    event.preventDefault();
    if (target.matches("input,textarea")) {
      target.focus();
      target.select();
    } else {
      target.click();
    }
  });
}
