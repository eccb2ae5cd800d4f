// Moves, adds and removes a checklist's items, and shows a chosen type's questions, without leaving the page.
// Each is the button that does the same by loading the page anew; when the answer does not come, that button is pressed.

export default function checklist(form) {
  const items = form.querySelector("#items");
  let asked = null;

  async function arrange(act) {
    asked?.abort();
    asked = new AbortController();
    const data = new FormData(form);
    data.set("act", act);
    const answer = await fetch(form.action, { method: "POST", body: data, signal: asked.signal });
    if (!answer.ok) throw new Error(String(answer.status));
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const found = page.querySelector("#items");
    if (!found) throw new Error("no items");
    const typedSince = act === "again" ? changedSince(data) : [];
    const focused = document.activeElement?.id;
    const open = new Set([...items.querySelectorAll("details[open] input")].map((each) => each.value));
    items.replaceChildren(...found.childNodes);
    for (const fold of items.querySelectorAll("details")) {
      // a fold that was open stays open, wherever its item went
      if ([...fold.querySelectorAll("input")].some((each) => each.value && open.has(each.value))) fold.open = true;
    }
    for (const [name, value] of typedSince) {
      const field = items.querySelector(`[name="${CSS.escape(name)}"]`);
      if (field) field.value = value;
    }
    if (focused) document.getElementById(focused)?.focus();
  }

  /** What was typed while the answer was on its way: [name, value]. */
  function changedSince(data) {
    const fields = [...items.querySelectorAll("input:not([type=hidden]), select")];
    return fields.filter((each) => each.value !== data.get(each.name)).map((each) => [each.name, each.value]);
  }

  form.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-arrange]");
    if (!button) return;
    event.preventDefault();
    const act = button.value;
    try {
      await arrange(act);
      settle(act);
    } catch (error) {
      if (error.name !== "AbortError") press(act);
    }
  });

  form.addEventListener("change", async (event) => {
    if (!event.target.matches("[data-retype]")) return;
    try {
      await arrange("again");
    } catch {
      // the questions are shown when the form is sent
    }
  });

  /** Put the focus where the work goes on: the same button of the item that moved, or the new item's first field. */
  function settle(act) {
    const at = items.querySelector("legend[data-at]")?.closest("fieldset");
    const verb = act.split("-")[0];
    const same = at?.querySelector(`[data-arrange][value^="${verb}-"]`) ?? at?.querySelector("[data-arrange]");
    const next = verb === "add" ? at?.querySelector("input:not([type=hidden])") : same;
    (next ?? items.querySelector("h2")).focus();
  }

  /** Press the button as if no script were here. */
  function press(act) {
    const field = document.createElement("input");
    field.type = "hidden";
    field.name = "act";
    field.value = act;
    form.append(field);
    form.submit();
  }
}
