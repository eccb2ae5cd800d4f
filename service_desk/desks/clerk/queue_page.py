"""The queue: what is due first, in four statements."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import flash, redirect, render_template, request, url_for
from flask_babel import ngettext

from service_desk import clock
from service_desk.catalog.queries import catalogue
from service_desk.city.queries import city_map
from service_desk.desks import numbers
from service_desk.desks.clerk import filters, words
from service_desk.desks.clerk.chips import borders
from service_desk.desks.clerk.door import actor, counts_kept, desk
from service_desk.desks.clerk.rows import grouped
from service_desk.desks.filters import by_language
from service_desk.errors import BadInput, InvalidMove, NotFound, StaleVersion
from service_desk.flow import read_ticket, work_on
from service_desk.people.actions import phone_number
from service_desk.people.rules import may
from service_desk.tickets import queries
from service_desk.tickets.rules import is_reference

if TYPE_CHECKING:
    from datetime import datetime

    from werkzeug.wrappers import Response

    from service_desk.desks.clerk.filters import Asked
    from service_desk.tickets.queries import QueueFilter, QueueRow

PAGE = 50
_PHONE_DIGITS = 9


@desk.get("/desk/", endpoint="queue")
def queue_page() -> Response | str:
    """Show the queue. ?q= a full reference leads to its ticket; a phone number lists what that person follows."""
    asked, who, now = filters.read(request.args), actor(), clock.now()
    if is_reference(asked.q) and (found := queries.by_reference(asked.q)) is not None:
        return redirect(url_for("clerk.ticket", ticket_id=found.id))
    base, ends = filters.scope(asked, who), borders(now)
    read_ticket.look_beyond(_beyond(asked, base), who)
    tickets, more = _page(asked, now)
    counts = counts_kept.get(
        (base, who.id), lambda: queries.counts(filters.counted(base, who, ends.today), now)
    )
    return render_template(
        "clerk/queue.html",
        asked=asked,
        groups=grouped(tickets, now, ends),
        shown=len(tickets),
        more=more,
        counts=counts,
        limit=queries.COUNT_LIMIT,
        due_today=max(counts.get("due_today", 0) - counts.get("late", 0), 0),
        centres=_centres(),
        heading_number=_heading_number(base),
        own=[city_map().centres[each] for each in filters.own_centres(who) if each in city_map().centres],
        shelf=catalogue(),
        areas=tuple((each.code, by_language(each.name)) for each in city_map().areas.values()),
        here=url_for("clerk.queue"),
        words=words,
        may_work=may(who, "assign"),
        may_bulk=may(who, "bulk"),
        choices=filters,
    )


@desk.post("/desk/take")
def take_many() -> Response:
    """Take every chosen request that is still as it was shown; say how many were, and how many had moved on."""
    taken = missed = 0
    for ticket_id, seen in _chosen(request.form.getlist("chosen")):
        try:
            work_on.assign_ticket(ticket_id, seen, actor(), actor().id or 0)
            taken += 1
        except (InvalidMove, StaleVersion, NotFound):
            missed += 1
    counts_kept.forget()
    flash(ngettext("%(num)s request is yours now.", "%(num)s requests are yours now.", taken))
    if missed:
        flash(ngettext("%(num)s had changed and was left.", "%(num)s had changed and were left.", missed))
    back = request.form.get("back", "")
    return redirect(back if back.startswith(url_for("clerk.queue")) else url_for("clerk.queue"), 303)


def _chosen(values: list[str]) -> list[tuple[int, int]]:
    """Return (ticket id, version shown) of the chosen rows, a page at most; what cannot be read is left out."""
    pairs = (value.partition(":") for value in values[: PAGE * 2])
    read = ((numbers.whole(row), numbers.whole(seen)) for row, _colon, seen in pairs)
    return [(row, seen) for row, seen in read if row is not None and seen is not None]


def _heading_number(base: QueueFilter) -> int | None:
    """Return the centre's number when the queue is one centre's."""
    only = base.centre_ids[0] if len(base.centre_ids) == 1 else 0
    return city_map().centres[only].number if only in city_map().centres else None


def _beyond(asked: Asked, base: QueueFilter) -> tuple[int, ...]:
    """Return the centres whose queue was opened on purpose; a whole city is every one of them."""
    if asked.centre == "own":
        return ()
    return base.centre_ids or tuple(city_map().centres)


def _page(asked: Asked, now: datetime) -> tuple[list[QueueRow], str | None]:
    """Return a page of tickets, and the words that lead to the next one (None at the end)."""
    phone = _phone(asked.q)
    if phone is not None and may(actor(), "reply"):
        return [queries.queue_row(each) for each in read_ticket.find_by_phone(phone, actor())], None
    tickets = queries.queue_rows(filters.wanted(asked, actor()), now, limit=PAGE + 1, after=asked.after)
    if len(tickets) <= PAGE:
        return tickets, None
    last = tickets[PAGE - 1]
    return tickets[:PAGE], filters.write_after(last.due_at, last.id)


def _phone(words_asked: str) -> str | None:
    if sum(ch.isdigit() for ch in words_asked) < _PHONE_DIGITS or any(ch.isalpha() for ch in words_asked):
        return None
    try:
        return phone_number(words_asked)
    except BadInput:
        return None


def _centres() -> list[tuple[int, object, bool]]:
    """Return (number, names, is own) of every centre, the person's own first."""
    own = actor().centre_ids
    rows = [(each.number, each.name, each.id in own) for each in city_map().centres.values()]
    return sorted(rows, key=lambda row: (not row[2], row[0]))
