// Where the phone is, for an entry: fresh enough, or asked for once. No place is an answer too.
const FRESH_MS = 60_000;
const WAIT_MS = 8_000;

let last = null;

const noted = ({ coords, timestamp }) => {
  last = { lat: Number(coords.latitude.toFixed(6)), lon: Number(coords.longitude.toFixed(6)), accuracy: Math.round(coords.accuracy), at: timestamp };
  return last;
};

/** Return { lat, lon, accuracy } taken within the last minute, or null. Never asks. */
export function lastPlace() {
  return last && Date.now() - last.at < FRESH_MS ? last : null;
}

/** Return { lat, lon, accuracy } (degrees, m), or null when it is refused or does not come in time. */
export function takePlace() {
  if (!("geolocation" in navigator)) return Promise.resolve(null);
  return new Promise((done) => {
    navigator.geolocation.getCurrentPosition((found) => done(noted(found)), () => done(lastPlace()), { enableHighAccuracy: true, timeout: WAIT_MS, maximumAge: 15_000 });
  });
}

/** Call back with each place as the phone moves, only if it was allowed before: a list must not ask by itself. */
export async function followPlace(each) {
  if (!("geolocation" in navigator)) return;
  const asked = await navigator.permissions?.query({ name: "geolocation" }).catch(() => null);
  if (asked?.state !== "granted") return;
  navigator.geolocation.watchPosition((found) => each(noted(found)), () => null, { enableHighAccuracy: false, maximumAge: FRESH_MS });
}

/** Return metres between two points in degrees, straight. */
export function metres(one, other) {
  const rad = Math.PI / 180;
  const x = (other.lon - one.lon) * rad * Math.cos(((one.lat + other.lat) / 2) * rad);
  const y = (other.lat - one.lat) * rad;
  return Math.hypot(x, y) * 6_371_000;
}
