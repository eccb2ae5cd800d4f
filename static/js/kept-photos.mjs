// Chosen photos wait on this device for their form to come back: after an error, the back button, a lost network.
// They are this tab's alone, as the typed words are, and only of a form with the same data-keep (a report's submission key).
// Forgotten by the next page that is neither a step of the report nor has that form, the receipt first of all; after an hour
// by whatever page comes next; and given to no page after that.
// <header data-module="kept-photos"> on pages by which a report is left;
// <input type="file" data-module="photos" data-keep="…"> on those that keep them, see photos.mjs.
import { KEPT_MS, keep, recall } from "./kept.mjs";
import { freshKey, storeOf } from "./store.mjs";

const TAB = "keshet-photos-tab";
/** Says that there may be something to forget, so that most pages open no store. */
const SOME = "keshet-photos";
/** A store that does not answer must not hold up a report. */
const PATIENCE_MS = 3000;

const within = storeOf("keshet-photos");
const holder = () => recall(TAB, "sessionStorage");
const keyOf = (form) => `${holder()}:${form}`;
const markOf = (form) => `${SOME}:${form}`;
const isOver = (entry) => Date.now() - entry.at >= KEPT_MS;

/** Return what a promise gives; null where this device refuses or takes too long. */
function patiently(promise) {
  const late = new Promise((done) => setTimeout(done, PATIENCE_MS, null));
  return Promise.race([promise.catch(() => null), late]);
}

/** Keep the photos of a form in place of those before, all or none: [{ file, from: { name, size, lastModified } }]. */
export function keepPhotos(form, photos) {
  if (!holder()) keep(TAB, freshKey(), "sessionStorage");
  if (!holder()) return Promise.resolve(null);
  const entry = { key: keyOf(form), holder: holder(), form, photos, at: Date.now() };
  const attempt = async () => {
    keep(markOf(form), null, "sessionStorage");
    try {
      await within("readwrite", (store) => (photos.length ? store.put(entry) : store.delete(entry.key)));
    } catch {
      return within("readwrite", (store) => store.delete(entry.key));
    }
    keep(SOME, "1");
    return keep(markOf(form), "1", "sessionStorage");
  };
  return patiently(attempt());
}

/** Return the photos kept for a form, as keepPhotos got them: none once they were forgotten; null if they were never kept here. */
export function photosOf(form) {
  const look = async () => {
    await tidy();
    const entry = await within("readonly", (store) => store.get(keyOf(form)));
    return entry ? entry.photos : recall(markOf(form), "sessionStorage") && [];
  };
  return patiently(look());
}

/** Forget what is too old, and what this tab kept for a form that this page does not have. */
async function tidy() {
  const here = [...document.querySelectorAll("input[data-keep]")].map((input) => input.dataset.keep);
  const entries = await within("readonly", (store) => store.getAll());
  const left = entries.filter((entry) => isOver(entry) || (entry.holder === holder() && !here.includes(entry.form)));
  if (left.length) await within("readwrite", (store) => left.forEach((entry) => store.delete(entry.key)));
  if (left.length === entries.length) keep(SOME, null);
}

export default function keptPhotos() {
  const leave = () => recall(SOME) && patiently(tidy());
  leave();
  window.addEventListener("pageshow", (event) => event.persisted && leave());
}
