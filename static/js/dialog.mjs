// Opens a dialog of this page (data-dialog), or the form behind a link, in place. Without it the link leads to its own page.
import { start } from "./main.mjs";

function show(dialog) {
  dialog.showModal();
  dialog.querySelector("textarea,select,input:not([type=hidden]),button")?.focus();
}

async function fetchForm(href) {
  const answer = await fetch(href, { headers: { Accept: "text/html" } });
  if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
  const page = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-act]");
  if (!page) throw new Error("no form");
  const dialog = document.createElement("dialog");
  dialog.className = "ds-dialog k-dialog";
  const title = page.querySelector("h1");
  title.id = "dialog-title";
  dialog.setAttribute("aria-labelledby", title.id);
  dialog.append(document.adoptNode(page));
  dialog.addEventListener("close", () => dialog.remove());
  dialog.addEventListener("click", (event) => {
    if (!event.target.closest("[data-close]")) return;
    event.preventDefault();
    dialog.close();
  });
  document.body.append(dialog);
  start(dialog);
  return dialog;
}

// Opens the form behind an address; when it cannot be shown here, the browser goes there.
export function openForm(href) {
  return fetchForm(href).then(show).catch(() => window.location.assign(href));
}

export default function dialog(element) {
  element.addEventListener("click", (event) => {
    const own = element.dataset.dialog && document.getElementById(element.dataset.dialog);
    if (own) return show(own);
    if (event.ctrlKey || event.metaKey || event.shiftKey || !element.href) return undefined;
    event.preventDefault();
    element.closest("details")?.removeAttribute("open");
    return openForm(element.href);
  });
}
