// A form that is sent once: the pressed button says so and sleeps; coming back to the page wakes it.
// <form data-module="submit-once" data-busy="Sending…">
export default function submitOnce(form) {
  let sent = false;
  const asleep = new Map();

  form.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    if (sent) return event.preventDefault();
    sent = true;
    const pressed = event.submitter;
    // After this turn: a button disabled now would drop its own name and value from what is sent.
    setTimeout(() => {
      for (const button of form.querySelectorAll("button:not([type=button]),input[type=submit]")) {
        asleep.set(button, [...button.childNodes]);
        if (button === pressed) {
          button.setAttribute("aria-busy", "true");
          const words = button.dataset.busy || form.dataset.busy;
          if (words) button.replaceChildren(words);
        }
        button.disabled = true;
      }
    });
  });

  function wake() {
    sent = false;
    for (const [button, content] of asleep) {
      button.replaceChildren(...content);
      button.removeAttribute("aria-busy");
      button.disabled = false;
    }
    asleep.clear();
  }
  window.addEventListener("pageshow", wake);
  window.addEventListener("online", wake);
}
