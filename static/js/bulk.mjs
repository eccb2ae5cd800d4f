// Many requests at once. On the queue: every box of the page by one press, and how many are chosen.
// On the result: how long it can still be taken back; then the button goes.
const MINUTE_SECONDS = 60;

function countdown(form) {
  const until = Date.parse(form.dataset.until);
  const left = form.querySelector("[data-left]");
  const show = () => {
    const seconds = Math.max(0, Math.round((until - Date.now()) / 1000));
    left.hidden = false;
    left.textContent = `${Math.floor(seconds / MINUTE_SECONDS)}:${String(seconds % MINUTE_SECONDS).padStart(2, "0")}`;
    if (seconds > 0) return;
    window.clearInterval(timer);
    form.querySelector("button").disabled = true;
  };
  const timer = window.setInterval(show, 1000);
  show();
}

function choosing(bar) {
  const boxes = () => [...document.querySelectorAll(`.cb[form="${bar.id}"]`)];
  const count = bar.querySelector("[data-count]");
  const all = document.querySelector("[data-choose-all]");
  const show = () => {
    const every = boxes();
    const chosen = every.filter((box) => box.checked).length;
    if (count) {
      count.hidden = !chosen;
      count.textContent = String(chosen);
    }
    if (all) {
      all.checked = chosen > 0 && chosen === every.length;
      all.indeterminate = chosen > 0 && chosen < every.length;
    }
  };
  document.addEventListener("change", (event) => {
    if (event.target === all) for (const box of boxes()) box.checked = all.checked;
    if (event.target === all || event.target.matches?.(".cb")) show();
  });
  if (all) all.closest("[hidden]")?.removeAttribute("hidden");
  window.addEventListener("pageshow", show);
  show();
}

export default function bulk(element) {
  if (element.dataset.until) countdown(element);
  else choosing(element);
}
