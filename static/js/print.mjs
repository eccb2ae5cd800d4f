// A button that prints the page; without a script it stays hidden, and the browser's own menu prints as well.
export default function print(element) {
  element.hidden = false;
  element.addEventListener("click", () => window.print());
}
