// What this browser remembers. Private windows and full stores refuse; nothing on a page may depend on it.

/** How long what was typed or chosen for a form is given back. */
export const KEPT_MS = 3_600_000;

export function recall(key, store = "localStorage") {
  try {
    return window[store].getItem(key);
  } catch {
    return null;
  }
}

export function keep(key, value, store = "localStorage") {
  try {
    if (value === null) window[store].removeItem(key);
    else window[store].setItem(key, value);
  } catch {
    // Not remembered, and that is all.
  }
}
