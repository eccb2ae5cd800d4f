"""What is said of an error: a title and what to do now, in the reader's language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _l

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask_babel.speaklater import LazyString

#: title and advice, by the key of an error
_KNOWN: Mapping[str, tuple[LazyString, LazyString]] = {
    "not_found": (_l("Nothing here"), _l("The address may be old, or the link may have ended.")),
    "not_allowed": (_l("No permission"), _l("This page belongs to another role or centre.")),
    "invalid_move": (
        _l("This step is no longer possible"),
        _l("The request has moved on. Its page shows where it stands now."),
    ),
    "stale_version": (_l("Somebody was faster"), _l("The request changed while the page was open.")),
    "bad_input": (_l("Some details are missing"), _l("What was typed is kept. Go back and complete it.")),
    "same_key_other_content": (
        _l("This form was already sent"),
        _l("To report something else, start a new report."),
    ),
    "orders_open": (
        _l("Work orders are still open"),
        _l("First they have to be done and checked, or cancelled, on the page of the request."),
    ),
    "orders_to_verify": (
        _l("Reported work was not checked yet"),
        _l("It has to pass or fail first, or to be passed together with this step."),
    ),
    "already_decided": (_l("It is decided already"), _l("A decision stands. The page shows it.")),
    "already_signed": (_l("The month is signed already"), _l("A signed statement does not change.")),
    "no_pdf": (
        _l("This installation cannot draw PDF"),
        _l(
            "The library Pango is missing (on Debian: libpango-1.0-0 and libpangoft2-1.0-0). The page itself can be printed."
        ),
    ),
    "csrf": (
        _l("The page was open for too long"),
        _l("Go back, refresh, and send again. What was typed is kept on this device."),
    ),
    "too_large": (_l("The photos are too large"), _l("Together they can be up to 60 MB.")),
    "too_many": (_l("Too many attempts"), _l("Wait a minute and try again. In danger, call 106.")),
    "busy": (
        _l("The system is not answering right now"),
        _l("Nothing was lost on this device. Try again in a minute, or call 106."),
    ),
}
_UNKNOWN = (_l("Something went wrong"), _l("The error was recorded. Try again in a minute, or call 106."))
#: what is said of a refusal whose own key has no sentence
_BY_STATUS = {404: "not_found", 403: "not_allowed", 409: "invalid_move", 422: "bad_input"}


def sentence(status: int, key: str) -> tuple[str, str]:
    """Return title and advice for the reader."""
    title, advice = _KNOWN.get(key) or _KNOWN.get(_BY_STATUS.get(status, "")) or _UNKNOWN
    return str(title), str(advice)
