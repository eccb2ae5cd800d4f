// The queue as pins over the areas. Leaflet is our own copy; no tile server is needed. The table below says the same.
import { bring } from "./map.mjs";

function hueOf(number, part) {
  const probe = document.createElement("i");
  probe.dataset.centre = String(number);
  probe.hidden = true;
  document.body.append(probe);
  const value = getComputedStyle(probe).getPropertyValue(part).trim();
  probe.remove();
  return value;
}

function popup(properties) {
  const box = document.createElement("div");
  box.dir = document.documentElement.dir;
  const link = document.createElement("a");
  link.href = properties.url;
  link.textContent = properties.title;
  const rest = document.createElement("div");
  rest.dir = "auto";
  rest.textContent = properties.address;
  const due = document.createElement("div");
  due.textContent = properties.due;
  if (properties.state === "late") due.className = "late b";
  box.append(link, rest, due);
  return box;
}

async function draw(element) {
  const [L, points, areas] = await Promise.all([
    bring(),
    fetch(element.dataset.pointsUrl).then((answer) => answer.json()),
    fetch(element.dataset.areasUrl).then((answer) => answer.json()),
  ]);
  element.replaceChildren();
  const map = L.map(element, { attributionControl: false, scrollWheelZoom: false, zoomControl: false });
  const { zoomIn, zoomOut } = element.dataset;
  L.control.zoom({ position: document.documentElement.dir === "rtl" ? "bottomright" : "bottomleft", zoomInTitle: zoomIn, zoomOutTitle: zoomOut }).addTo(map);
  map.setView([Number(element.dataset.lat), Number(element.dataset.lon)], 13);
  L.geoJSON(areas, {
    interactive: false,
    style: (area) => ({
      fillColor: hueOf(area.properties.number, "--c-fill"), fillOpacity: 1,
      color: hueOf(area.properties.number, "--c-solid"), weight: 1.5, opacity: 0.6,
    }),
  }).addTo(map);
  const pins = L.geoJSON(points, {
    pointToLayer: ({ properties }, at) => L.circleMarker(at, {
      radius: properties.state === "late" || properties.is_hazard ? 9 : 7,
      fillColor: hueOf(properties.number, "--c-solid"), fillOpacity: 1,
      color: properties.state === "late" ? "#b3261e" : "#ffffff", weight: properties.state === "late" ? 4 : 2,
    }),
    onEachFeature: (point, layer) => layer.bindPopup(() => popup(point.properties)),
  }).addTo(map);
  if (points.features.length) map.fitBounds(pins.getBounds().pad(0.15), { maxZoom: 16 });
}

export default function queueMap(element) {
  draw(element).catch((error) => console.error("queue-map", error));
}
