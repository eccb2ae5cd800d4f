// «Where I am»: asks the browser and writes the point into the form.
// <button type="button" hidden data-module="locate" data-lat="lat" data-lon="lon" [data-accuracy="accuracy_m"] [data-submit]
//   data-status="status-id" data-busy="Looking…" data-denied="…" data-failed="…" data-found="Found, within {m} m">
// data-submit sends the form when the point is known. Dispatches "place:found" {lat, lon, accuracy} (degrees, m).
const WAIT_MS = 12000;

export default function locate(button) {
  if (!("geolocation" in navigator)) return;
  button.hidden = false;
  const { dataset, form } = button;
  const status = document.getElementById(dataset.status || "");
  const say = (words) => status && (status.textContent = words || "");

  function found({ coords }) {
    button.removeAttribute("aria-busy");
    button.disabled = false;
    write(form, dataset.lat || "lat", coords.latitude.toFixed(6));
    write(form, dataset.lon || "lon", coords.longitude.toFixed(6));
    write(form, dataset.accuracy || "accuracy_m", String(Math.round(coords.accuracy)));
    say(dataset.found?.replace("{m}", String(Math.round(coords.accuracy))));
    const detail = { lat: coords.latitude, lon: coords.longitude, accuracy: coords.accuracy };
    button.dispatchEvent(new CustomEvent("place:found", { bubbles: true, detail }));
    if ("submit" in dataset) form?.requestSubmit(dataset.submit ? form.querySelector(dataset.submit) : undefined);
  }

  function lost(error) {
    button.removeAttribute("aria-busy");
    button.disabled = false;
    say(error.code === error.PERMISSION_DENIED ? dataset.denied : dataset.failed);
  }

  button.addEventListener("click", () => {
    button.setAttribute("aria-busy", "true");
    button.disabled = true;
    say(dataset.busy);
    navigator.geolocation.getCurrentPosition(found, lost, { enableHighAccuracy: true, timeout: WAIT_MS, maximumAge: 30000 });
  });
}

function write(form, name, value) {
  const field = form?.elements[name];
  if (field) field.value = value;
}
