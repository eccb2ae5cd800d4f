// A form of the field: what is entered is kept on the phone first, and sent from there.
// <form method="post" enctype="multipart/form-data" data-module="field-entry" data-about="On site" [data-place] [data-once]>
//   … <p data-kept hidden></p></form>
// data-place: the place is taken with it. data-once: while such an entry waits, the form rests and says so.
// data-auto: a chosen photo is kept at once, without another press.
// File fields are photos; a field's name is their kind. Without a store on this device the form is sent as a form.
import { hour, theBox } from "./field-outbox.mjs";
import { lastPlace, takePlace } from "./field-place.mjs";
import { shrunk, takenAt } from "./shrink.mjs";

const HOLD_MS = 10_000;
const placed = ({ lon, lat, accuracy }) => ({ lon, lat, accuracy_m: accuracy });
const NEVER = new Set(["csrf_token", "entry_key", "lon", "lat", "accuracy_m", "happened_at"]);

export default function fieldEntry(form) {
  const here = theBox();
  if (!here) return;
  const { box, words } = here;
  const kept = form.querySelector("[data-kept]");
  const buttons = () => [...form.querySelectorAll("button:not([type=button])"), ...document.querySelectorAll(`button[form="${form.id}"]`)];
  const mine = (entry) => entry.url === form.action && entry.fields.kind === form.elements.kind.value && entry.form === form.id;
  let isBusy = false;

  function rest(text) {
    for (const button of buttons()) {
      button.disabled = Boolean(text);
      button.toggleAttribute("aria-busy", isBusy);
    }
    if (!kept) return;
    kept.textContent = text;
    kept.hidden = !text;
  }

  function shown(entries) {
    if (isBusy) return;
    const waiting = entries.filter((entry) => mine(entry) && entry.state === "waiting");
    const said = waiting.length ? words.kept.replace("{time}", hour(waiting.at(-1).at)) : "";
    if ("once" in form.dataset) rest(said);
    else if (kept) {
      kept.textContent = said;
      kept.hidden = !said;
    }
  }
  box.watch(shown).catch(() => null);

  async function enter() {
    const near = lastPlace();
    const fields = near ? placed(near) : {};
    for (const [name, value] of new FormData(form)) if (typeof value === "string" && !NEVER.has(name)) fields[name] = value;
    const photos = [];
    for (const input of form.querySelectorAll("input[type=file]")) {
      for (const file of input.files) photos.push({ kind: input.name, blob: await shrunk(file), takenAt: takenAt(file) });
    }
    const isWanted = "place" in form.dataset && !near;
    const key = await box.add({ url: form.action, page: location.pathname, form: form.id, fields, photos, about: form.dataset.about, holdMs: isWanted ? HOLD_MS : 0 });
    form.reset();
    if (!isWanted) return;
    // Kept already; the place is added when it comes, and nothing is lost when the page is closed before that.
    const found = await takePlace();
    await box.amend(key, found ? placed(found) : {}).catch(() => null);
  }

  form.classList.add("is-live");
  if ("auto" in form.dataset) form.addEventListener("change", (event) => event.target.files?.length && form.requestSubmit());
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (isBusy) return;
    isBusy = true;
    here.busy += 1;
    form.setAttribute("aria-busy", "true");
    rest(words.taking);
    enter().then(
      () => {
        isBusy = false;
        here.busy -= 1;
        form.removeAttribute("aria-busy");
        rest("");
        return box.all().then(shown).then(here.send);
      },
      () => {
        form.submit(); // The phone would not keep it: better sent now than nowhere.
      },
    );
  });
}
