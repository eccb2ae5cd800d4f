// What this browser remembers. Private windows and full stores refuse; nothing on a page may depend on it.
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
