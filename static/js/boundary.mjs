// Ground drawn on the map of the centres: a polygon whose GeoJSON goes into the form's field. Without this, a file does the same.
//
// <div class="k-leaf" data-module="boundary" data-areas-url="/desk/areas.json" data-field="drawn" [data-tiles] data-draw="Draw a shape" data-mend="Move its
//      corners" data-away="Start again" data-done="Done" data-first data-more data-last (words) data-zoom-in data-zoom-out></div>
// Leaflet-Geoman is fetched by this page only. What the field held when the page came is drawn again.
import { areas, bring } from "./map.mjs";

function geoman() {
  const base = new URL("../vendor/geoman/", import.meta.url);
  return new Promise((done, failed) => {
    const style = Object.assign(document.createElement("link"), { rel: "stylesheet", href: new URL("leaflet-geoman.css", base) });
    const script = Object.assign(document.createElement("script"), { src: new URL("leaflet-geoman.min.js", base) });
    script.addEventListener("load", done);
    script.addEventListener("error", failed);
    document.head.prepend(style);
    document.head.append(script);
  });
}

export default async function boundary(box) {
  const { dataset } = box;
  const L = await bring();
  await geoman();
  const field = box.closest("form").elements[dataset.field];
  const said = box.closest(".k-field").querySelector("[data-boundary-said]");
  box.classList.add("is-live");
  box.setAttribute("role", "application");
  box.setAttribute("aria-label", dataset.label);
  const isRtl = document.documentElement.dir === "rtl";
  const view = L.map(box, { zoomControl: false, attributionControl: false, minZoom: 11, maxZoom: 19, zoomSnap: 0.5 });
  L.control.zoom({ position: isRtl ? "bottomright" : "bottomleft", zoomInTitle: dataset.zoomIn, zoomOutTitle: dataset.zoomOut }).addTo(view);
  if (dataset.tiles) L.tileLayer(dataset.tiles, { maxZoom: 19 }).addTo(view);
  view.setView([31.894, 34.809], 13);
  const tooltips = { firstVertex: dataset.first, continueLine: dataset.more, finishPoly: dataset.last };
  view.pm.setLang("house", { tooltips }, "en");
  view.pm.setGlobalOptions({ allowSelfIntersection: false, snapDistance: 12, continueDrawing: false });
  view.pm.setPathOptions({ className: "mp-ground" });
  const drawn = await areas(L, view, dataset);
  view.fitBounds(drawn.getBounds(), { padding: [8, 8] });
  new ResizeObserver(() => view.invalidateSize()).observe(box);
  shaping(L, view, { box, field, said, tools: toolbar(box) });
}

function toolbar(box) {
  const bar = document.createElement("div");
  bar.className = "pr-tools";
  const make = (word) => {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "ds-button", textContent: word });
    button.dataset.variant = "secondary";
    bar.append(button);
    return button;
  };
  const tools = { draw: make(box.dataset.draw), mend: make(box.dataset.mend), away: make(box.dataset.away) };
  box.after(bar);
  return tools;
}

function shaping(L, view, { box, field, said, tools }) {
  const { dataset } = box;
  let shape = null;

  function write() {
    field.value = shape ? JSON.stringify(shape.toGeoJSON(7).geometry) : "";
    said.textContent = shape ? said.dataset.drawn : "";
    tools.mend.hidden = tools.away.hidden = !shape;
    tools.draw.hidden = Boolean(shape);
  }

  function take(layer) {
    shape = layer;
    layer.on("pm:edit pm:dragend", write);
    write();
  }

  function mending(isOn) {
    if (isOn) shape.pm.enable({ allowSelfIntersection: false });
    else shape?.pm.disable();
    tools.mend.textContent = isOn ? dataset.done : dataset.mend;
    tools.mend.setAttribute("aria-pressed", String(isOn));
  }

  tools.draw.addEventListener("click", () => {
    view.pm.enableDraw("Polygon", { snappable: true, templineStyle: { className: "mp-ground" }, hintlineStyle: { className: "mp-ground" } });
    view.scrollWheelZoom.enable();
    box.focus();
  });
  tools.mend.addEventListener("click", () => mending(!shape.pm.enabled()));
  tools.away.addEventListener("click", () => {
    mending(false);
    shape.remove();
    shape = null;
    write();
    tools.draw.focus();
  });
  view.on("pm:create", ({ layer }) => take(layer));
  box.addEventListener("keydown", (event) => event.key === "Escape" && view.pm.disableDraw());

  const before = kept(L, field.value);
  if (before) {
    view.fitBounds(before.getBounds(), { padding: [40, 40] });
    take(before.addTo(view));
  } else write();
}

// What was drawn before the page came back; a file of several shapes is left to its text.
function kept(L, text) {
  try {
    const found = JSON.parse(text);
    if (found.type !== "Polygon") return null;
    return L.geoJSON(found, { style: { className: "mp-ground" } }).getLayers()[0];
  } catch {
    return null;
  }
}
