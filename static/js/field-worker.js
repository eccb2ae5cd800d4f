// Keeps a desk's pages readable without a network. Served at <desk>/worker.js, so its scope is that desk and nothing else.
// Pages: from the network; from what was kept when it is away or slow. Files of ours: kept by their version.
// Pages are somebody's own: all are forgotten at sign-out and when the server says that the session has ended.
const SCOPE = new URL(self.registration.scope).pathname;
const PAGES = `keshet-pages:${SCOPE}`;
const FILES = "keshet-files:1";
const AWAY = `${SCOPE}offline`;
const PATIENCE_MS = 6000;
const FILE_PATIENCE_MS = 2500;
const MOST_PAGES = 150;
const MOST_FILES = 120;

self.addEventListener("install", (event) => {
  self.skipWaiting();
  event.waitUntil(fetch(AWAY).then((answer) => keepIn(FILES, new Request(AWAY), answer, MOST_FILES)).catch(() => null));
});

self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("message", (event) => {
  const { data, ports } = event;
  const work = data?.forget ? caches.delete(PAGES) : data?.keep ? keepAll(data.keep) : null;
  if (work) event.waitUntil(work.then(() => ports[0]?.postMessage("done")));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== self.location.origin) return;
  if (url.pathname === `${SCOPE}leave` && request.method === "POST") return event.waitUntil(caches.delete(PAGES));
  if (request.method !== "GET") return;
  if (url.pathname.startsWith("/static/")) return event.respondWith(file(event, url));
  if (!url.pathname.startsWith(SCOPE) || /\/(worker\.js|ping|k\/.*)$/.test(url.pathname)) {
    if (url.pathname === `${SCOPE}ping`) event.respondWith(watched(request));
    return;
  }
  event.respondWith(page(event, url));
});

/** A page or its data: the network's answer, else the one that was kept, else the page that says there is none. */
async function page(event, url) {
  const { request } = event;
  const kept = await find(request, url);
  if (kept && /\/photo\//.test(url.pathname)) return kept; // A photo never changes.
  const live = watched(request).then(async (answer) => {
    if (answer.ok && answer.type === "basic" && !answer.redirected) await keepIn(PAGES, request, answer.clone(), MOST_PAGES);
    return answer;
  });
  event.waitUntil(live.catch(() => null));
  try {
    return kept ? await Promise.race([live, late(kept)]) : await live;
  } catch {
    if (kept) return kept;
    const away = request.mode === "navigate" && (await caches.match(AWAY, { ignoreVary: true }));
    return away || Response.error();
  }
}

const late = (kept, after = PATIENCE_MS) => new Promise((done) => setTimeout(done, after, kept));

/** Fetch, and forget every page when the answer says that nobody is signed in any more. */
async function watched(request) {
  const answer = await fetch(request);
  const isOver = answer.type === "opaqueredirect" || answer.status === 401 || answer.status === 403;
  if (isOver) await caches.delete(PAGES);
  return answer;
}

async function find(request, url) {
  if (!(await caches.has(PAGES))) return undefined;
  const pages = await caches.open(PAGES);
  // An order opened from another filter of the list is the same order.
  return (await pages.match(request, { ignoreVary: true })) || pages.match(url.pathname, { ignoreVary: true, ignoreSearch: true });
}

async function file(event, url) {
  const files = await caches.open(FILES);
  const kept = await files.match(event.request, { ignoreVary: true });
  if (kept && url.searchParams.has("v")) return kept;
  const live = fetch(event.request).then(async (answer) => {
    if (answer.status === 200) await keepIn(FILES, event.request, answer.clone(), MOST_FILES);
    return answer;
  });
  event.waitUntil(live.catch(() => null));
  return kept ? Promise.race([live, late(kept, FILE_PATIENCE_MS)]).catch(() => kept) : live;
}

async function keepIn(name, request, answer, most) {
  if (!answer.ok) return;
  const cache = await caches.open(name);
  await cache.delete(request, { ignoreVary: true });
  await cache.put(request, answer);
  const held = await cache.keys();
  for (const oldest of held.slice(0, Math.max(0, held.length - most))) await cache.delete(oldest, { ignoreVary: true });
}

/** Keep what a first page brought before this worker was there. */
async function keepAll(addresses) {
  for (const address of addresses) {
    const url = new URL(address, self.location.origin);
    if (url.origin !== self.location.origin) continue;
    const isFile = url.pathname.startsWith("/static/");
    if (!isFile && !url.pathname.startsWith(SCOPE)) continue;
    if (/\/(worker\.js|ping)$/.test(url.pathname)) continue;
    const request = new Request(url, { redirect: "manual" });
    if (isFile && (await caches.match(request, { ignoreVary: true }))) continue;
    await fetch(request).then((answer) => keepIn(isFile ? FILES : PAGES, request, answer, isFile ? MOST_FILES : MOST_PAGES)).catch(() => null);
  }
}
