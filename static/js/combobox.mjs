// Suggestions under a text input, by the ARIA combobox pattern. The input still works as plain text without it.
//
// <input data-module="combobox" data-url="/suggest?q=" data-label="Suggestions" [data-min="2"] [data-last="Mark on the map" data-last-href="#map"]
//        [data-count="{n} suggestions" data-none="Nothing found"] [data-result="id"]>
// The address answers [{label, hint?, number?, href?, fill?: {field name: value}}], or the same under "options".
// Choosing writes the label and the fill into the form and dispatches "combobox:pick" with the option as detail. The element
// data-result, if named, says whose area the choice is in until other words are typed.
import { tellRoute } from "./pin.mjs";

const PAUSE_MS = 150;
let made = 0;

export default function combobox(input) {
  const least = Number(input.dataset.min || 2);
  const list = document.createElement("ul");
  list.id = `suggestions-${++made}`;
  list.className = "k-sugg";
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", input.dataset.label || input.labels?.[0]?.textContent || "");
  const told = document.createElement("span");
  told.className = "sr";
  told.setAttribute("role", "status");
  (input.closest(".k-search") || input).after(list, told);
  set(input, { role: "combobox", autocomplete: "off", "aria-autocomplete": "list", "aria-controls": list.id, "aria-expanded": "false" });

  let options = [];
  let active = -1;
  let timer = 0;
  let asking = null;

  function close() {
    list.hidden = true;
    active = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }

  function mark(index) {
    active = index;
    [...list.children].forEach((item, at) => item.setAttribute("aria-selected", String(at === index)));
    const item = list.children[index];
    if (!item) return input.removeAttribute("aria-activedescendant");
    input.setAttribute("aria-activedescendant", item.id);
    item.scrollIntoView({ block: "nearest" });
  }

  function pick(index) {
    const option = options[index];
    if (!option) return;
    close();
    if (option.href) {
      location.assign(option.href);
      return;
    }
    input.value = option.label;
    fill(option.fill || {});
    const told = tell(option);
    input.addEventListener("input", () => forget(option.fill || {}, told), { once: true });
    input.dispatchEvent(new CustomEvent("combobox:pick", { bubbles: true, detail: option }));
  }

  function fill(values) {
    for (const [name, value] of Object.entries(values)) {
      const field = input.form?.elements[name];
      if (field) field.value = value ?? "";
    }
  }

  function tell(option) {
    const result = document.getElementById(input.dataset.result || "");
    return result && option.title ? tellRoute(result, option) : [];
  }

  // Other words are not of this choice any more. What somebody else has written meanwhile, a pin set by hand, stays.
  function forget(values, told) {
    for (const [name, value] of Object.entries(values)) {
      const field = input.form?.elements[name];
      if (field && value && field.value === String(value)) field.value = "";
    }
    const result = told[0]?.parentElement;
    if (result) tellRoute(result, null);
  }

  function show(found) {
    options = input.dataset.last ? [...found, { label: input.dataset.last, href: input.dataset.lastHref || "#map", isLast: true }] : found;
    list.replaceChildren(...options.map((option, at) => row(option, `${list.id}-${at}`, input.value)));
    list.hidden = options.length === 0;
    input.setAttribute("aria-expanded", String(options.length > 0));
    told.textContent = found.length
      ? (input.dataset.count || "{n}").replace("{n}", String(found.length))
      : input.dataset.none || "";
    mark(-1);
  }

  async function ask() {
    const said = input.value.trim();
    if (said.length < least) return close();
    asking?.abort();
    asking = new AbortController();
    try {
      const answer = await fetch(address(input.dataset.url, said), { signal: asking.signal, headers: { Accept: "application/json" } });
      if (!answer.ok) return close();
      const found = await answer.json();
      if (input.value.trim() === said) show(Array.isArray(found) ? found : found.options || []);
    } catch (error) {
      // Without a network the line is simply sent as it was typed.
      if (error.name !== "AbortError") close();
    }
  }

  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, PAUSE_MS);
  });
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const open = !list.hidden;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!open) return void ask();
      const step = event.key === "ArrowDown" ? 1 : -1;
      mark((active + step + options.length + (active < 0 && step < 0 ? 1 : 0)) % options.length);
    } else if (event.key === "Enter" && open && active >= 0) {
      event.preventDefault();
      pick(active);
    } else if (event.key === "Escape" && open) {
      event.preventDefault();
      close();
    } else if (event.key === "Tab" && open && active >= 0) {
      pick(active);
    }
  });
  list.addEventListener("pointerdown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => pick([...list.children].indexOf(event.target.closest("li"))));
  input.addEventListener("blur", close);
}

function address(base, said) {
  const url = new URL(base, location.href);
  url.searchParams.set("q", said);
  return url;
}

function set(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
}

function row(option, id, said) {
  const item = document.createElement("li");
  set(item, { role: "option", id, "aria-selected": "false" });
  if (option.number) {
    const badge = document.createElement("span");
    badge.className = "k-c k-c--sm";
    badge.dataset.centre = option.number;
    badge.textContent = option.number;
    item.append(badge);
  }
  const label = document.createElement("span");
  label.className = "grow";
  label.dir = "auto";
  const at = option.label.toLocaleLowerCase().indexOf(said.trim().toLocaleLowerCase());
  if (at >= 0 && said.trim() && !option.isLast) {
    const strong = document.createElement("mark");
    strong.textContent = option.label.slice(at, at + said.trim().length);
    label.append(option.label.slice(0, at), strong, option.label.slice(at + said.trim().length));
  } else {
    label.textContent = option.label;
  }
  item.append(label);
  if (option.hint) {
    const hint = document.createElement("span");
    hint.className = "sub small";
    hint.dir = "auto";
    hint.textContent = option.hint;
    item.append(hint);
  }
  return item;
}
