// A toast stays six seconds, longer while it is looked at; it never carries an error.
const SHOWN_MS = 6000;

export default function toast(element) {
  let timer = 0;
  const leave = () => element.remove();
  const wait = () => {
    timer = window.setTimeout(leave, SHOWN_MS);
  };
  element.addEventListener("pointerenter", () => window.clearTimeout(timer));
  element.addEventListener("pointerleave", wait);
  wait();
}
