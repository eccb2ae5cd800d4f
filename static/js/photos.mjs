// Previews of chosen photos, with removal and a limit. The file input itself is what the form sends.
// <input type="file" multiple accept="image/*" data-module="photos" data-max="4" data-too-many="Up to 4 photos" data-remove="Remove photo {n}">
export default function photos(input) {
  const most = Number(input.dataset.max || 4);
  const shelf = document.createElement("ul");
  shelf.className = "k-shelf";
  const told = document.createElement("p");
  told.className = "small sub";
  told.setAttribute("role", "status");
  input.after(shelf, told);
  let chosen = [];

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
      input.focus();
    });
    item.append(image, remove);
    return item;
  }

  input.form?.addEventListener("reset", () => put([]));
  input.addEventListener("change", () => {
    const same = (one, other) => one.name === other.name && one.size === other.size && one.lastModified === other.lastModified;
    const added = [...input.files].filter((file) => !chosen.some((each) => same(each, file)));
    const all = [...chosen, ...added];
    told.textContent = all.length > most ? input.dataset.tooMany || "" : "";
    put(all.slice(0, most));
  });
}

function named(file) {
  const name = document.createElement("span");
  name.className = "k-shelf-name";
  name.dir = "auto";
  name.textContent = file.name;
  return name;
}
