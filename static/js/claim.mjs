// While a form on a ticket is open or being written in, colleagues see who works on it; the claim is renewed, and let go after.
// <div data-module="claim" data-claim="address" data-token="csrf"> ; data-claim-now on the page of one act.
const KEEP_MS = 60_000;

export default function claim(element) {
  const { claim: address, token } = element.dataset;
  let isOurs = false;
  let isSent = false;

  async function post(path, more = {}) {
    const body = new URLSearchParams({ csrf_token: token });
    const headers = { Accept: "application/json" };
    const answer = await fetch(address + path, { method: "POST", body, headers, redirect: "error", ...more });
    return answer.ok ? answer.json() : null;
  }

  async function begin() {
    if (isOurs || element.hasAttribute("data-mine")) return;
    isOurs = true;
    const held = await post("").catch(() => null);
    if (!held?.is_mine) isOurs = false;
    else element.setAttribute("data-mine", "");
  }

  function end(more) {
    if (!isOurs || isSent) return;
    isOurs = false;
    element.removeAttribute("data-mine");
    post("/end", more).catch(() => null);
  }

  const timer = setInterval(() => {
    if (!element.isConnected) return leave();
    if (document.visibilityState !== "visible") return undefined;
    if (isOurs || element.hasAttribute("data-mine")) post("/keep").catch(() => null);
    return undefined;
  }, KEEP_MS);

  function leave() {
    clearInterval(timer);
    end();
  }

  document.addEventListener("submit", () => (isSent = true));
  addEventListener("pagehide", () => end({ keepalive: true }));
  addEventListener("pageshow", () => (isSent = false));
  if ("claimNow" in element.dataset) {
    begin();
    element.closest("dialog")?.addEventListener("close", leave);
  } else {
    // On the ticket's page: writing to the resident is work, an internal note is not.
    document.addEventListener("input", (event) => {
      if (event.target.closest?.(".k-compose:not(.k-compose--note)")) begin();
    });
  }
}
