// A ready wording goes into the field of words in place; what was typed there stays above it.
// <details data-module="replies" data-target="field's id"> with a[data-words].
export default function replies(element) {
  const field = () => document.getElementById(element.dataset.target);
  let last = "";
  element.addEventListener("click", (event) => {
    const chosen = event.target.closest("a[data-words]");
    const box = field();
    if (!chosen || !box || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const words = chosen.dataset.words;
    const typed = last && box.value.endsWith(last) ? box.value.slice(0, -last.length) : box.value;
    const before = typed.trimEnd();
    box.value = before ? `${before}\n${words}` : words;
    last = words;
    element.open = false;
    box.focus();
    box.dispatchEvent(new Event("input", { bubbles: true }));
  });
}
