// Drawings that the map puts on itself: the pin with its centre's number, and the line that says which centre it is.
const SVG = "http://www.w3.org/2000/svg";

export function pinDrawing(number) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 36 44");
  svg.setAttribute("aria-hidden", "true");
  if (number) svg.dataset.centre = number;
  const drop = document.createElementNS(SVG, "path");
  drop.setAttribute("d", "M18 42C13 33 3 27 3 17a15 15 0 0 1 30 0c0 10-10 16-15 25z");
  drop.setAttribute("class", "k-pin-drop");
  svg.append(drop);
  const inside = document.createElementNS(SVG, number ? "text" : "circle");
  const place = number ? { x: 18, y: 23, class: "mp-num", "font-size": 16 } : { cx: 18, cy: 17, r: 5, class: "k-pin-dot" };
  for (const [name, value] of Object.entries(place)) inside.setAttribute(name, value);
  if (number) inside.textContent = number;
  svg.append(inside);
  return svg;
}

function shownRoute(route) {
  const parts = [];
  if (route.number) {
    const badge = document.createElement("span");
    badge.className = "k-c k-c--lg";
    badge.dataset.centre = route.number;
    badge.textContent = route.number;
    parts.push(badge);
  }
  const words = document.createElement("span");
  words.className = "grow";
  const title = document.createElement("b");
  title.textContent = route.title || "";
  words.append(title);
  if (route.note) {
    const note = document.createElement("span");
    note.className = "block small sub";
    note.textContent = route.note;
    words.append(note);
  }
  return [...parts, words];
}

/** Say in an element whose area a point or an address is in; null takes it back. Returns the nodes that say it. */
export function tellRoute(result, route) {
  const told = route ? shownRoute(route) : [];
  result.dataset.centre = route?.number || "";
  result.replaceChildren(...told);
  return told;
}
