// The city's map: seven areas, points, and a pin to place. Leaflet is fetched only by pages that show a map.
//
// <div class="k-leaf" data-module="map" dir="ltr" data-label="Map of the centres" data-areas-url="/areas.json"
//      [data-points-url] [data-tiles="https://…/{z}/{x}/{y}.png" data-credit="…"] [data-lat data-lon data-number] [data-zoom="16"]
//      [data-pick data-lat-field="lat" data-lon-field="lon" data-route-url="/where" data-result="element-id" data-picked="element-id"]
//      [data-zoom-in data-zoom-out data-pin="The chosen point"]></div>
// Areas: GeoJSON with {number, name}. Points: GeoJSON with {number, title, address, due, state, url}.
// Picking writes degrees into the form's fields, asks data-route-url?lat=&lon= for {number, title, note} and shows it in data-result.
// data-picked is shown while a point is picked; a button in it takes the point away. In a closed <details> the map is drawn when it is
// first opened; a hidden one is shown, for there is a map now.
// Arrow keys move, + and − zoom, Enter places the pin in the middle. Events: "place:picked" out, "place:found" and "combobox:pick" in.
import { pinDrawing, tellRoute } from "./pin.mjs";

/** How fast a map that was let go may glide (px/s). On a busy phone a drag comes in one burst, and would send it out of the country. */
const GLIDE = 1500;
let leaflet = null;

export function bring() {
  leaflet ??= new Promise((done, failed) => {
    const base = new URL("../vendor/leaflet/", import.meta.url);
    const style = Object.assign(document.createElement("link"), { rel: "stylesheet", href: new URL("leaflet.css", base) });
    const script = Object.assign(document.createElement("script"), { src: new URL("leaflet.js", base) });
    script.addEventListener("load", () => {
      window.L.Map.mergeOptions({ inertiaMaxSpeed: GLIDE });
      done(window.L);
    });
    script.addEventListener("error", failed);
    document.head.prepend(style);
    document.head.append(script);
  });
  return leaflet;
}

export default function map(box) {
  const fold = box.closest("details");
  if (fold) fold.hidden = false;
  if (!fold || fold.open) return draw(box);
  fold.addEventListener("toggle", () => draw(box).catch((error) => console.error("map", error)), { once: true });
  return undefined;
}

async function draw(box) {
  const { dataset } = box;
  const L = await bring();
  const isRtl = document.documentElement.dir === "rtl";
  box.classList.add("is-live");
  const view = L.map(box, { zoomControl: false, attributionControl: Boolean(dataset.tiles), keyboard: true, minZoom: 11, maxZoom: 19, zoomSnap: 0.5 });
  box.setAttribute("role", "application");
  if (dataset.label) box.setAttribute("aria-label", dataset.label);
  L.control.zoom({ position: isRtl ? "bottomright" : "bottomleft", zoomInTitle: dataset.zoomIn || "+", zoomOutTitle: dataset.zoomOut || "−" }).addTo(view);
  if (dataset.tiles) L.tileLayer(dataset.tiles, { maxZoom: 19, attribution: dataset.credit || "" }).addTo(view);
  view.setView([31.894, 34.809], 13);

  const drawn = dataset.areasUrl ? await areas(L, view, dataset) : null;
  if (dataset.pointsUrl) await points(L, view, dataset.pointsUrl);
  const pin = pinner(L, view, box);
  if (dataset.lat && dataset.lon) pin.put(L.latLng(Number(dataset.lat), Number(dataset.lon)), dataset.number, Number(dataset.zoom || 16));
  else if (drawn) view.fitBounds(drawn.getBounds(), { padding: [8, 8] });
  if ("pick" in dataset) picking(L, view, box, pin);
  // A map inside a closed <details> or dialog has no size until it is opened.
  new ResizeObserver(() => view.invalidateSize()).observe(box);
  dataset.drawn = "";
}

async function fetched(url) {
  const answer = await fetch(url, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
  return answer.json();
}

export async function areas(L, view, dataset) {
  const layer = L.geoJSON(await fetched(dataset.areasUrl), {
    interactive: false,
    style: { className: dataset.tiles ? "mp-area is-glass" : "mp-area", fillOpacity: dataset.tiles ? 0.35 : 1, weight: 1.5 },
  }).addTo(view);
  layer.eachLayer((area) => {
    const { number } = area.feature.properties;
    area.getElement().dataset.centre = number;
    const badge = document.createElement("span");
    badge.className = "k-c";
    badge.dataset.centre = number;
    badge.textContent = number;
    const icon = L.divIcon({ className: "k-mapbadge", html: badge, iconSize: [24, 26] });
    L.marker(area.getCenter(), { icon, interactive: false, keyboard: false }).addTo(view);
  });
  return layer;
}

async function points(L, view, url) {
  const layer = L.geoJSON(await fetched(url), {
    pointToLayer: (feature, at) => L.circleMarker(at, { radius: 6, weight: 1.5, fillOpacity: 1, className: `mp-dot is-${feature.properties.state || "ok"}` }),
  });
  layer.bindPopup((point) => card(point.feature.properties), { className: "k-popup", minWidth: 200 }).addTo(view);
  return layer;
}

function card(said) {
  const box = document.createElement("div");
  box.dir = document.documentElement.dir;
  const title = document.createElement(said.url ? "a" : "b");
  title.textContent = said.title || said.reference || "";
  title.dir = "auto";
  if (said.url) title.href = said.url;
  box.append(title);
  for (const line of [said.address, said.due]) {
    if (!line) continue;
    const text = document.createElement("span");
    text.className = "block sub cap";
    text.dir = "auto";
    text.textContent = line;
    box.append(text);
  }
  return box;
}

function pinner(L, view, box) {
  let marker = null;
  let moved = null;
  return {
    put(at, number = "", zoom = 0) {
      if (marker) {
        marker.setLatLng(at);
        this.tell(number);
      } else {
        const icon = L.divIcon({ className: "k-pin", html: pinDrawing(number), iconSize: [36, 44], iconAnchor: [18, 42] });
        marker = L.marker(at, { icon, keyboard: false, alt: box.dataset.pin || "", draggable: "pick" in box.dataset, autoPan: true }).addTo(view);
        marker.on("dragend", () => moved?.(marker.getLatLng()));
      }
      if (zoom) view.setView(at, Math.max(zoom, view.getZoom()));
    },
    /** Draw a centre's number into the pin where it is, also in a hand that drags it: a new icon would tear it out, and the map would slide on for good. */
    tell(number) {
      marker?.getElement().replaceChildren(pinDrawing(number));
    },
    /** heard: what is done when the pin was dragged to another point. */
    hear(heard) {
      moved = heard;
    },
    take() {
      marker?.remove();
      marker = null;
    },
  };
}

function picking(L, view, box, pin) {
  const { dataset } = box;
  const form = box.closest("form") || document.getElementById(dataset.form || "");
  const write = (name, value) => form?.elements[name] && (form.elements[name].value = value);
  const result = document.getElementById(dataset.result || "");
  const picked = document.getElementById(dataset.picked || "");
  let asked = 0;
  let isOfLine = false;

  const tell = (route) => result && tellRoute(result, route);

  function forget() {
    asked++;
    isOfLine = false;
    pin.take();
    write(dataset.latField || "lat", "");
    write(dataset.lonField || "lon", "");
    if (picked) picked.hidden = true;
    tell(null);
  }

  // The point of a chosen line goes when another line is typed; a point that was set by hand stays.
  const leaveLine = () => isOfLine && forget();

  async function choose(at, zoom = 0) {
    isOfLine = false;
    pin.put(at, "", zoom);
    if (picked) picked.hidden = false;
    write(dataset.latField || "lat", at.lat.toFixed(6));
    write(dataset.lonField || "lon", at.lng.toFixed(6));
    box.dispatchEvent(new CustomEvent("place:picked", { bubbles: true, detail: { lat: at.lat, lon: at.lng } }));
    if (!dataset.routeUrl) return;
    const turn = ++asked;
    const url = new URL(dataset.routeUrl, location.href);
    url.searchParams.set("lat", at.lat.toFixed(6));
    url.searchParams.set("lon", at.lng.toFixed(6));
    try {
      const route = await fetched(url);
      if (turn !== asked) return;
      pin.tell(route.number || "");
      tell(route);
    } catch {
      // Not known now; the server says it after the form is sent.
    }
  }

  pin.hear(choose);
  view.on("click", (event) => choose(event.latlng));
  picked?.querySelector("button")?.addEventListener("click", () => {
    forget();
    box.focus();
  });
  box.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.target !== box) return;
    event.preventDefault();
    choose(view.getCenter());
  });
  document.addEventListener("place:found", ({ detail }) => choose(L.latLng(detail.lat, detail.lon), 17));
  document.addEventListener("combobox:pick", ({ target, detail }) => {
    const { lat, lon } = detail.fill || {};
    asked++;
    if (lat && lon) {
      choose(L.latLng(Number(lat), Number(lon)), 17);
    } else {
      // A street that lies in one area has a centre and no point.
      pin.take();
      tell(detail.title ? detail : null);
    }
    if (picked) picked.hidden = true;
    isOfLine = true;
    target.addEventListener("input", leaveLine, { once: true });
  });
}
