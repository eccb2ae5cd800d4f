"""Do messages reach people, and does a person answer? Shares by channel, area, language or month, and a CSV."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from flask import Response, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from service_desk import clock
from service_desk.city.queries import city_map
from service_desk.desks.filters import by_language
from service_desk.desks.mayor import words
from service_desk.desks.mayor.door import desk, read_period
from service_desk.desks.speech import LANGUAGES
from service_desk.errors import NotFound
from service_desk.reports import contact
from service_desk.reports.exporting import plain
from service_desk.reports.rules import FEWEST, LENGTHS

if TYPE_CHECKING:
    from service_desk.reports.contact import Contact

BY_WORDS = {
    "channel": lazy_gettext("Channel"),
    "area": lazy_gettext("Area"),
    "language": lazy_gettext("Language"),
    "month": lazy_gettext("Month"),
}
_CHANNELS = {
    "sms": lazy_gettext("SMS"),
    "whatsapp": lazy_gettext("WhatsApp"),
    "voice": lazy_gettext("Phone call"),
    "email": lazy_gettext("E-mail"),
}
SHARES = ("reached", "delivered", "read", "answered")


@desk.get("/mayor/contact", endpoint="contact")
def contact_page() -> str:
    """Show the measures of the period asked for, by ?by=. One statement beside the session's."""
    now = clock.now()
    asked, by = read_period(request.args, now), _by()
    return render_template(
        "mayor/contact.html",
        asked=asked,
        by=by,
        by_words=BY_WORDS,
        lengths=LENGTHS,
        rows=[(_name(by, each.key), each) for each in contact.contact(asked.period, by)],
        shares=SHARES,
        fewest=FEWEST,
        at=now,
        words=words,
    )


@desk.get("/mayor/contact.csv", endpoint="contact_csv")
def contact_csv() -> Response:
    """Give the same as CSV; rows of few people have their name and nothing else."""
    by, out = _by(), io.StringIO()
    rows = contact.contact(read_period(request.args, clock.now()).period, by)
    writer = csv.writer(out)
    head = (
        BY_WORDS[by], _("People"), _("Reached"), _("Messages"), _("Messages delivered"), _("Messages read"), _("Questions"),
        _("Answered"), _("Hours to a human answer, half of the people"), _("Nine of ten"),
    )  # fmt: skip
    writer.writerow(plain(str(cell)) for cell in head)
    for each in rows:
        writer.writerow([plain(_name(by, each.key)), *_cells(each)])
    answer = Response(out.getvalue().encode("utf-8-sig"), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="keshet-contact-{by}.csv"'
    return answer


def _cells(row: Contact) -> list[object]:
    if row.is_few:
        return [""] * 9
    return [
        row.people, row.reached, row.told, row.delivered, row.read, row.asked, row.answered,
        row.half_hours, row.nine_tenths_hours,
    ]  # fmt: skip


def _by() -> str:
    by = request.args.get("by", contact.BY[0])
    if by not in contact.BY:
        raise NotFound
    return by


def _name(by: str, key: str) -> str:
    """Return what a row is called."""
    if by == "channel":
        return str(_CHANNELS.get(key, key))
    if by == "language":
        return dict(LANGUAGES).get(key, key)
    if by == "area":
        area = city_map().areas.get(key)
        return str(by_language(area.name)) if area else _("no area")
    return key
