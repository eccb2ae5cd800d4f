// Asks every ten seconds or so what changed, only while the page is looked at. It shows; it never moves or loads anything.
// <div data-module="live" data-live="address" data-since="ISO"> in a queue; data-seen="version" on a ticket.
const EVERY_MS = 10_000;
const JITTER_MS = 3_000;
const SLOWEST_MS = 120_000;
// A page nobody touched for so long stops asking until it is touched again.
const IDLE_MS = 20 * 60_000;

export default function live(element) {
  const show = "seen" in element.dataset ? ticket(element) : queue(element);
  let tag = "";
  let wait = EVERY_MS;
  let timer = 0;
  let touched = Date.now();

  async function ask() {
    const address = new URL(element.dataset.live, location.href);
    if (element.dataset.since) address.searchParams.set("since", element.dataset.since);
    const headers = { Accept: "application/json", ...(tag && { "If-None-Match": tag }) };
    const answer = await fetch(address, { headers, cache: "no-store", redirect: "error" });
    if (answer.status === 304) return;
    if (!answer.ok) throw new Error(String(answer.status));
    tag = answer.headers.get("ETag") ?? "";
    show(await answer.json());
  }

  async function turn() {
    if (document.visibilityState !== "visible" || Date.now() - touched > IDLE_MS) return;
    try {
      await ask();
      wait = EVERY_MS;
    } catch {
      wait = Math.min(wait * 2, SLOWEST_MS);
    }
    plan();
  }

  function plan(soon = false) {
    clearTimeout(timer);
    timer = setTimeout(turn, soon ? 300 : wait + (Math.random() - 0.5) * 2 * JITTER_MS);
  }

  function touch() {
    const slept = Date.now() - touched > IDLE_MS;
    touched = Date.now();
    if (slept) plan(true);
  }
  for (const kind of ["pointerdown", "keydown", "scroll"]) addEventListener(kind, touch, { passive: true });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") plan(true);
  });
  // A ticket's first question follows at once: it tells the others that somebody looks.
  plan("seen" in element.dataset);
}

function say(box, words) {
  const place = box?.querySelector("[data-words]");
  if (!place) return;
  if (place.textContent !== words) place.textContent = words;
  box.hidden = !words;
}

function ticket(element) {
  const seen = Number(element.dataset.seen);
  return (now) => {
    if (now.version > seen && now.changed) say(element.querySelector(".lv-changed"), now.changed);
    say(element.querySelector(".lv-claimed"), now.claimed);
    say(element.querySelector(".lv-here"), now.here);
    const mine = element.querySelector(".lv-mine");
    const free = element.querySelector(".lv-free");
    if (mine) mine.hidden = !now.is_mine;
    if (free) free.hidden = now.is_mine || Boolean(now.claimed);
    element.toggleAttribute("data-mine", now.is_mine);
  };
}

function queue(element) {
  const pill = element.querySelector(".lv-pill");
  return (now) => {
    const rows = new Map([...document.querySelectorAll("tr[data-row]")].map((row) => [row.dataset.ticket, row]));
    const fresh = now.new.filter((id) => !rows.has(String(id))).length;
    const changed = now.changed.filter(([id, version]) => Number(rows.get(String(id))?.dataset.seen ?? version) < version);
    for (const [id] of changed) mark(rows.get(String(id)), pill.dataset.mark);
    const words = now.is_old
      ? pill.dataset.old
      : fresh && changed.length
        ? pill.dataset.both.replace("##", changed.length).replace("#", fresh)
        : fresh
          ? pill.dataset.new.replace("#", fresh)
          : changed.length
            ? pill.dataset.changed.replace("#", changed.length)
            : "";
    if (pill.textContent !== words) pill.textContent = words;
    pill.hidden = !words;
  };
}

// In the place of the last touch, which is no longer true: the row keeps its height.
function mark(row, words) {
  if (row.classList.contains("lv-moved")) return;
  row.classList.add("lv-moved");
  const last = row.querySelector(".q-last");
  if (last) last.textContent = words;
}
