"""Words of the administrator's page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask_babel.speaklater import LazyString

    Words = Mapping[str, LazyString]

ROLE: Words = {
    "clerk": _("Clerk"),
    "manager": _("Centre manager"),
    "unit": _("City unit"),
    "contractor": _("Contractor"),
    "mayor": _("Mayor's office"),
    "admin": _("Administrator"),
}
#: state of an outbox row → (word, tag colour), in the order in which they are shown
STATE: Mapping[str, tuple[LazyString, str]] = {
    "pending": (_("Waiting to be sent"), "info"),
    "sending": (_("Being sent"), "info"),
    "accepted": (_("Taken by the carrier"), "info"),
    "sent": (_("Sent"), "info"),
    "delivered": (_("Delivered"), "success"),
    "read": (_("Read"), "success"),
    "undelivered": (_("Not delivered"), "danger"),
    "failed": (_("Refused by the carrier"), "danger"),
    "unknown": (_("Unknown: the carrier is being asked"), "warning"),
    "manual": (_("Unknown: a person should check"), "danger"),
    "expired": (_("Too late to send"), "neutral"),
    "superseded": (_("Replaced by a newer one"), "neutral"),
    "skipped": (_("Not sent on purpose"), "neutral"),
}
PROBLEM: Words = {"required": _("A name is needed, so that the key can be told from others.")}
