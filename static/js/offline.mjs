// Readable without a network: starts the desk's worker, and says so when the page is an older one.
// <div data-module="offline" data-worker="/contractor/worker.js" data-scope="/contractor/" data-holder="1-17" data-leave="form-id">
//   <p hidden data-away>No network. The page is as it was at 10:20.</p></div>
// Whether there is a network, the browser knows by its antenna and the outbox by its last question ("city:asked"): either may say no.
// Another holder on the same phone begins with nothing kept; signing out forgets before it goes.
import { keep, recall } from "./kept.mjs";

export default function offline(element) {
  const { dataset } = element;
  const away = element.querySelector("[data-away]");
  let isAway = false;
  const look = () => away && (away.hidden = navigator.onLine && !isAway);
  document.addEventListener("city:asked", ({ detail }) => {
    isAway = detail.isAway;
    look();
  });
  window.addEventListener("online", look);
  window.addEventListener("offline", look);
  look();
  if (!("serviceWorker" in navigator)) return;
  begin(dataset).catch((error) => console.warn("offline", error.message));
  document.getElementById(dataset.leave || "")?.addEventListener("submit", () => forget(dataset));
}

async function begin(dataset) {
  if (recall(holderKey(dataset)) !== dataset.holder) await forget(dataset);
  keep(holderKey(dataset), dataset.holder);
  const wasThere = navigator.serviceWorker.controller;
  await navigator.serviceWorker.register(dataset.worker, { scope: dataset.scope });
  const { active } = await navigator.serviceWorker.ready;
  // The first page came before the worker, and somebody may have left it at once: what is not kept yet is asked for.
  const pages = [];
  for (const page of [location.href, dataset.scope]) if (!(await caches.match(page, { ignoreVary: true }))) pages.push(page);
  const brought = wasThere ? [] : performance.getEntriesByType("resource").map((each) => each.name);
  if (pages.length || brought.length) active.postMessage({ keep: [...pages, ...brought] });
}

const holderKey = (dataset) => `keshet-holder:${dataset.scope}`;

function forget(dataset) {
  return "caches" in window ? caches.delete(`keshet-pages:${dataset.scope}`) : Promise.resolve();
}
