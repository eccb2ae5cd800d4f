// Previews of chosen photos, with removal and a limit. The file input itself is what the form sends.
// A photo too large to send is made smaller here: four of them would be refused, and the report with them.
// <input type="file" multiple accept="image/*" data-module="photos" data-max="4" data-too-many="Up to 4 photos" data-remove="Remove photo {n}">
// With data-keep="key of the form" data-back="They are back" [data-again="id of the line that says «choose again»"] they come back
// with the form (kept-photos.mjs). While data-working is there, photos are looked for, made smaller or kept.
import { keepPhotos, photosOf } from "./kept-photos.mjs";
import { shrunk } from "./shrink.mjs";

const LARGE_BYTES = 4_000_000;

export default function photos(input) {
  const most = Number(input.dataset.max || 4);
  const shelf = document.createElement("ul");
  shelf.className = "k-shelf";
  const told = document.createElement("p");
  told.className = "small sub";
  told.setAttribute("role", "status");
  input.after(shelf, told);
  let chosen = [];
  const madeFrom = new WeakMap();
  const { keep, back, again } = input.dataset;
  // What the form waits for before it is sent.
  const working = new Set();
  let isWaiting = false;

  function hold(promise) {
    working.add(promise);
    input.dataset.working = "";
    return promise.finally(() => {
      working.delete(promise);
      if (!working.size) delete input.dataset.working;
    });
  }

  async function bringBack() {
    const kept = await photosOf(keep);
    const isNew = !chosen.length;
    // What was chosen before this module listened.
    const early = isNew ? [...input.files] : [];
    for (const { file, from } of kept ?? []) madeFrom.set(file, from);
    // What is not kept any more was sent or left: the browser's own memory of it goes, too.
    if (kept) put(kept.map(({ file }) => file));
    if (early.length && kept?.length !== 0) await take(early);
    if (isNew && kept?.length) {
      document.getElementById(again ?? "")?.setAttribute("hidden", "");
      requestAnimationFrame(() => (told.textContent = back ?? ""));
    }
  }

  const save = () => (keep ? keepPhotos(keep, chosen.map((file) => ({ file, from: original(file) }))) : null);

  function original(file) {
    const { name, size, lastModified } = madeFrom.get(file) || file;
    return { name, size, lastModified };
  }

  async function lighten() {
    for (const file of chosen.filter((each) => each.size > LARGE_BYTES)) {
      const light = await shrunk(file);
      if (light === file || !chosen.includes(file)) continue;
      const made = new File([light], file.name, { type: light.type, lastModified: file.lastModified });
      madeFrom.set(made, file);
      put(chosen.map((each) => (each === file ? made : each)));
    }
  }

  function put(files) {
    const box = new DataTransfer();
    for (const file of files) box.items.add(file);
    chosen = [...files];
    input.files = box.files;
    draw();
  }

  function draw() {
    for (const image of shelf.querySelectorAll("img")) URL.revokeObjectURL(image.src);
    shelf.replaceChildren(...chosen.map(card));
  }

  function card(file, at) {
    const item = document.createElement("li");
    const image = document.createElement("img");
    image.alt = file.name;
    image.src = URL.createObjectURL(file);
    // Some phones' formats cannot be drawn here; the server can read them.
    image.addEventListener("error", () => image.replaceWith(named(file)));
    const remove = document.createElement("button");
    remove.type = "button";
    remove.className = "k-shelf-x";
    remove.textContent = "×";
    remove.setAttribute("aria-label", (input.dataset.remove || "× {n}").replace("{n}", String(at + 1)));
    remove.addEventListener("click", () => {
      put(chosen.filter((each) => each !== file));
      told.textContent = "";
      hold(Promise.resolve(save()));
      input.focus();
    });
    item.append(image, remove);
    return item;
  }

  // Before every other listener: what is sent must be the small photos.
  input.form?.addEventListener(
    "submit",
    (event) => {
      if (!working.size) return;
      event.preventDefault();
      if (isWaiting) return;
      isWaiting = true;
      Promise.allSettled([...working]).then(() => {
        isWaiting = false;
        input.form.requestSubmit(event.submitter);
      });
    },
    { capture: true },
  );

  function take(picked) {
    const same = (one, other) => one.name === other.name && one.size === other.size && one.lastModified === other.lastModified;
    const added = picked.filter((file) => !chosen.some((each) => same(original(each), file)));
    const all = [...chosen, ...added];
    told.textContent = all.length > most ? input.dataset.tooMany || "" : "";
    put(all.slice(0, most));
    return lighten().then(save);
  }

  const look = () => hold(bringBack()).catch(() => null);
  let looking = keep ? look() : Promise.resolve();
  window.addEventListener("pageshow", (event) => {
    if (event.persisted && keep) looking = look();
  });
  input.form?.addEventListener("reset", () => {
    put([]);
    hold(Promise.resolve(save()));
  });
  input.addEventListener("change", () => {
    const picked = [...input.files];
    hold(looking.then(() => take(picked)));
  });
}

function named(file) {
  const name = document.createElement("span");
  name.className = "k-shelf-name";
  name.dir = "auto";
  name.textContent = file.name;
  return name;
}
