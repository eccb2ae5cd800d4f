"""What the pages of checklists say: what is wrong with a field, and which field it is."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext

PROBLEM = {
    "required": lazy_gettext("This is missing."),
    "too_long": lazy_gettext("This is too long."),
    "name_taken": lazy_gettext("Another checklist in use bears this name."),
    "no_items": lazy_gettext("A checklist needs at least one item."),
    "too_many_items": lazy_gettext("A checklist has room for 30 items."),
    "unknown_type": lazy_gettext("This type of request cannot be opened by a finding."),
    "not_option": lazy_gettext("One of the options is needed here."),
    "not_boolean": lazy_gettext("Yes or no is needed here."),
}


def problem(code: str) -> str:
    """Return the sentence for what is wrong with a field."""
    return str(PROBLEM.get(code, PROBLEM["required"]))


def named_problem(field: str, code: str) -> str:
    """Return the sentence with its field's name before it, for the head of the form."""
    first, _dot, rest = field.partition(".")
    if first == "name":
        return _("%(field)s: %(problem)s", field=_("Name"), problem=problem(code))
    if first == "item":
        item = _("Item %(num)s", num=rest.partition(".")[0])
        return _("%(field)s: %(problem)s", field=item, problem=problem(code))
    return problem(code)
