// Sends the form when a choice in this element changes. data-submit: the value of the button to send it by.
export default function autosubmit(element) {
  element.addEventListener("change", (event) => {
    if (!event.target.matches("select")) return;
    const form = element.closest("form");
    const name = element.dataset.submit;
    const button = name ? form.querySelector(`button[name="do"][value="${name}"]`) : null;
    form.requestSubmit(button ?? undefined);
  });
}
