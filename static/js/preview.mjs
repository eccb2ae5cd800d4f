// Shows how words would read a moment after the typing stops; the button does the same without it.
const PAUSE_MS = 400;

export default function preview(form) {
  const target = form.querySelector("#preview");
  let timer = 0;
  let asked = null;
  async function refresh() {
    asked?.abort();
    asked = new AbortController();
    const data = new FormData(form);
    data.set("act", "try");
    try {
      const answer = await fetch(form.action, { method: "POST", body: data, signal: asked.signal });
      if (!answer.ok) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const found = page.querySelector("#preview");
      if (found) target.replaceChildren(...found.children);
    } catch {
      // the button stays
    }
  }
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(refresh, PAUSE_MS);
  });
}
