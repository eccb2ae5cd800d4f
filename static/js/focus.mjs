// Takes the focus to an error summary, so that a screen reader starts there.
export default function focus(element) {
  element.focus();
}
