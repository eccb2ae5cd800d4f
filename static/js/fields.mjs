// The fields of a form whose typed words may be kept: no passwords or files, and none that says data-no-draft. Of hidden fields
// only those that say data-said: a person fills them by other means, as the point of a map.

const NEVER = new Set(["password", "file", "submit", "button"]);

const mayBeKept = ({ type, dataset }) => (type === "hidden" ? "said" in dataset : !NEVER.has(type) && !("noDraft" in dataset));

export const fieldsOf = (form) => [...form.elements].filter((field) => field.name && mayBeKept(field));
export const isMark = (field) => field.type === "radio" || field.type === "checkbox";
