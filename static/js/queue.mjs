// The queue by keyboard (J, K, O or Enter, X, A; E, R, N, M open a form on the chosen row) and «show more» without leaving the page.
import { openForm } from "./dialog.mjs";
import { isTyping } from "./hotkeys.mjs";
import { start } from "./main.mjs";

const rows = () => [...document.querySelectorAll("tr[data-row]")];

function select(row) {
  for (const each of rows()) {
    each.classList.toggle("sel", each === row);
    if (each === row) each.setAttribute("aria-current", "true");
    else each.removeAttribute("aria-current");
  }
  const link = row.querySelector("a.t");
  link.focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest" });
}

function step(by) {
  const all = rows();
  const at = all.findIndex((row) => row.classList.contains("sel"));
  const next = all[Math.min(Math.max(at + by, 0), all.length - 1)];
  if (next) select(next);
}

function take(row) {
  const form = document.getElementById("take-form");
  if (!form) return;
  form.action = form.dataset.take.replace("/0/", `/${row.dataset.ticket}/`);
  form.elements.seen.value = row.dataset.seen;
  form.submit();
}

const FORMS = { KeyE: "resolve", KeyR: "reply", KeyN: "note", KeyM: "merge" };

function open(row, verb = "") {
  const { href } = row.querySelector("a.t");
  if (verb) openForm(`${href}/${verb}`);
  else window.location.assign(href);
}

function onKey(event) {
  if (event.defaultPrevented || event.shiftKey || isTyping(event)) return;
  // The second key of a pair (G M …) belongs to the pair.
  if (document.documentElement.dataset.firstKey) return;
  const row = document.querySelector("tr[data-row].sel");
  const act = {
    KeyJ: () => step(1),
    KeyK: () => step(-1),
    KeyO: () => row && open(row),
    KeyX: () => row?.querySelector(".cb")?.click(),
    KeyA: () => row && take(row),
  }[event.code];
  const verb = FORMS[event.code];
  if (!act && !(verb && row)) return;
  event.preventDefault();
  if (act) act();
  else if (document.getElementById("take-form")) open(row, verb);
}

function join(fresh) {
  const table = document.querySelector("table.q-table");
  for (const body of fresh.querySelectorAll("table.q-table tbody")) {
    const last = table.querySelector(`tbody[data-group="${body.dataset.group}"]`);
    if (last) {
      last.append(...body.querySelectorAll("tr[data-row]"));
      last.querySelector(".grp bdi").textContent = String(last.querySelectorAll("tr[data-row]").length);
    } else {
      table.append(body);
    }
  }
}

async function more(event) {
  const link = event.target.closest("a[data-more]");
  if (!link) return;
  event.preventDefault();
  link.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(link.href, { headers: { Accept: "text/html" } });
    if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    const at = rows().length;
    join(fresh);
    document.querySelector(".q-more").replaceWith(fresh.querySelector(".q-more"));
    start(document);
    if (rows()[at]) select(rows()[at]);
  } catch {
    window.location.assign(link.href);
  }
}

export default function queue() {
  document.addEventListener("keydown", onKey);
  document.addEventListener("click", more);
}
