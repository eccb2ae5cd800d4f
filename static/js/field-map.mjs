// The stops of the page's list on the city's areas: opened by hand on a phone, open from the start where there is room.
// <details data-module="field-map" [data-line] data-areas-url data-label data-zoom-in data-zoom-out><div class="k-leaf"></div></details>
// Stops are the page's [data-stop][data-lat][data-lon] with data-state, data-centre, and data-number when they are a route.
import { areas, bring } from "./map.mjs";

const WIDE = "(min-width: 64rem)";

export default function fieldMap(details) {
  let drawn = null;
  const show = () => {
    if (details.open) drawn ??= draw(details).catch((error) => console.warn("field-map", error.message));
  };
  details.addEventListener("toggle", show);
  if (matchMedia(WIDE).matches) details.open = true;
  show();
}

async function draw(details) {
  const { dataset } = details;
  const box = details.querySelector(".k-leaf");
  const L = await bring();
  box.classList.add("is-live");
  box.setAttribute("role", "application");
  box.setAttribute("aria-label", dataset.label);
  const isRtl = document.documentElement.dir === "rtl";
  const view = L.map(box, { zoomControl: false, attributionControl: false, minZoom: 11, maxZoom: 19, zoomSnap: 0.5 });
  L.control.zoom({ position: isRtl ? "bottomright" : "bottomleft", zoomInTitle: dataset.zoomIn, zoomOutTitle: dataset.zoomOut }).addTo(view);
  view.setView([31.894, 34.809], 13);
  await areas(L, view, dataset).catch(() => null); // Without a network the stops alone still help.
  const stops = [...document.querySelectorAll("[data-stop][data-lat]")];
  const marks = L.featureGroup(stops.map((stop) => mark(L, stop))).addTo(view);
  if ("line" in dataset && stops.length > 1) {
    L.polyline(stops.map(at), { className: "wl-line", weight: 3, interactive: false }).addTo(view);
  }
  if (stops.length) view.fitBounds(marks.getBounds().pad(0.15), { maxZoom: 16 });
  new ResizeObserver(() => view.invalidateSize()).observe(box);
}

const at = (stop) => [Number(stop.dataset.lat), Number(stop.dataset.lon)];

function mark(L, stop) {
  const { number, state, centre } = stop.dataset;
  const pin = number ? L.marker(at(stop), { icon: numbered(L, number, state), keyboard: true, title: number }) : L.circleMarker(at(stop), { radius: state === "late" ? 9 : 7, weight: 2, fillOpacity: 1, className: `mp-dot is-${state}` });
  if (!number) pin.on("add", () => pin.getElement()?.setAttribute("data-centre", centre));
  return pin.bindPopup(() => card(stop), { className: "k-popup", minWidth: 190 });
}

function numbered(L, number, state) {
  const drop = document.createElement("span");
  drop.className = "wl-n";
  drop.dataset.state = state;
  drop.textContent = number;
  return L.divIcon({ className: "wl-pin", html: drop, iconSize: [28, 28] });
}

function card(stop) {
  const box = document.createElement("div");
  box.dir = document.documentElement.dir;
  const link = stop.querySelector("h2 a").cloneNode(true);
  const where = stop.querySelector(".wl-where b").cloneNode(true);
  where.className = "block sub cap";
  box.append(link, where);
  return box;
}
