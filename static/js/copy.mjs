// Copies a text. <button hidden data-module="copy" data-text="482-1937" data-done="Copied">: shown only where copying works.
const SHOWN_MS = 2500;

export default function copy(button) {
  if (!navigator.clipboard) return;
  button.hidden = false;
  const words = [...button.childNodes];
  button.setAttribute("aria-live", "polite");
  button.addEventListener("click", async () => {
    const text = button.dataset.text || document.querySelector(button.dataset.from)?.textContent || "";
    await navigator.clipboard.writeText(text.trim());
    button.replaceChildren(button.dataset.done || "✓");
    setTimeout(() => button.replaceChildren(...words), SHOWN_MS);
  });
}
