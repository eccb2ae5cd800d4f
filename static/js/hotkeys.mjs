// The keyboard of the desk. Any element with data-hotkey="v" answers that key: fields take the focus, the rest is clicked.
// Rows with data-row: J and K move, Enter opens the row's link, X marks its checkbox. «?» opens the dialog #keys.
// Keys are matched by their place on the keyboard too, so that a Hebrew, Arabic or Russian layout works.
import { open } from "./dialog.mjs";

let isStarted = false;

export default function hotkeys() {
  if (isStarted) return;
  isStarted = true;
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || document.querySelector("dialog[open]")) return;
    if (isTyping(event.target)) {
      if (event.key === "Escape") event.target.blur();
      return;
    }
    if (press(event)) event.preventDefault();
  });
}

function isTyping(target) {
  return target.closest("textarea,select,[contenteditable=true],input:not([type=checkbox],[type=radio],[type=submit],[type=button])") !== null;
}

/** The Latin letter on the key's cap, whatever layout is on. */
function cap(event) {
  if (/^[\x20-\x7e]$/.test(event.key)) return event.key.toLowerCase();
  if (/^Key[A-Z]$/.test(event.code)) return event.code.slice(3).toLowerCase();
  if (event.code === "Slash") return event.shiftKey ? "?" : "/";
  return event.key;
}

function press(event) {
  const key = cap(event);
  if (key === "?") {
    const box = document.getElementById("keys");
    if (box?.showModal) open(box);
    return Boolean(box);
  }
  if (key === "j" || key === "k") return move(key === "j" ? 1 : -1);
  const row = document.querySelector("[data-row].sel");
  if (row && key === "x") {
    row.querySelector("input[type=checkbox]")?.click();
    return true;
  }
  if (row && event.key === "Enter" && !event.target.closest("a,button,summary,input")) {
    row.querySelector("a[href]")?.click();
    return true;
  }
  const wanted = `[data-hotkey="${CSS.escape(key)}"]`;
  const target = row?.querySelector(wanted) || document.querySelector(wanted);
  if (!target || target.disabled) return false;
  if (target.matches("input:not([type=submit],[type=button],[type=checkbox]),textarea,select")) {
    target.focus();
    target.select?.();
  } else {
    target.click();
  }
  return true;
}

function move(step) {
  const rows = [...document.querySelectorAll("[data-row]")].filter((row) => row.offsetParent !== null);
  if (!rows.length) return false;
  const at = rows.findIndex((row) => row.classList.contains("sel"));
  const next = rows[at < 0 ? (step > 0 ? 0 : rows.length - 1) : Math.min(Math.max(at + step, 0), rows.length - 1)];
  for (const row of rows) row.classList.toggle("sel", row === next);
  next.querySelector("a[href]")?.focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
  return true;
}
