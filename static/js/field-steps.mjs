// The act that comes next on an order, also while the ones before it still wait on this phone for the network.
// <div data-module="field-steps" data-primary="accept" data-kept="All is kept…"><div data-next="accept">…</div> …</div>
// Steps of the page are [data-step=kind]; a waiting one says since when it is kept.
import { hour, theBox } from "./field-outbox.mjs";

const WAY = ["accept", "arrive", "done"];

export default function fieldSteps(bar) {
  const here = theBox();
  if (!here) return;
  const after = bar.appendChild(Object.assign(document.createElement("p"), { className: "small sub", hidden: true, textContent: bar.dataset.kept }));

  here.box.watch((entries) => {
    const waiting = new Map(entries.filter((entry) => entry.page === location.pathname && entry.state === "waiting").map((entry) => [entry.fields.kind, entry]));
    // Being finished includes having been there: a later act that waits stands for the earlier ones.
    const reached = WAY.findLastIndex((kind) => waiting.has(kind));
    const next = waiting.has("refuse") ? "" : WAY[Math.max(WAY.indexOf(bar.dataset.primary), reached + 1)] || "";
    for (const each of bar.querySelectorAll("[data-next]")) each.hidden = each.dataset.next !== next;
    after.hidden = Boolean(next);
    for (const step of document.querySelectorAll("[data-step]")) mark(step, waiting.get(step.dataset.step), here.words);
  }).catch(() => null);
}

function mark(step, entry, words) {
  step.classList.toggle("kept", Boolean(entry));
  let note = step.querySelector(":scope > [data-note]");
  if (!entry) return note?.remove();
  if (!note) {
    note = Object.assign(document.createElement("p"), { className: "wf-kept" });
    note.dataset.note = "";
    step.querySelector("h3").after(note);
  }
  note.textContent = words.kept.replace("{time}", hour(entry.at));
}
