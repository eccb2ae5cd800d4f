// Filters that apply as they change. <form data-module="autosubmit">; its own button (data-auto-hide) is then not needed.
const PAUSE_MS = 400;

export default function autosubmit(form) {
  for (const button of form.querySelectorAll("[data-auto-hide]")) button.hidden = true;
  let timer = 0;
  const later = (wait) => {
    clearTimeout(timer);
    timer = setTimeout(() => form.requestSubmit(), wait);
  };
  form.addEventListener("change", (event) => {
    if (!event.target.matches("input[type=text],input[type=search],[data-no-auto]")) later(0);
  });
  form.addEventListener("input", (event) => {
    if (event.target.matches("input[type=search][data-live]")) later(PAUSE_MS);
  });
}
