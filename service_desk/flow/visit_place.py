"""A place of a round is visited: what is bad opens a ticket by the use-case of every report, or joins the known one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service_desk import clock
from service_desk.catalog.queries import catalogue
from service_desk.errors import BadInput, Conflict
from service_desk.flow import step
from service_desk.flow.keeping import drop, keep_photos
from service_desk.flow.note_inside import note_inside
from service_desk.flow.receive import receive_report
from service_desk.flow.stop_entry import WORDS_CHARS, Finding, record
from service_desk.intake import queries as said_before
from service_desk.intake.rules import Said, SaidPlace, clean_text
from service_desk.supervision.queries import rounds, stops
from service_desk.supervision.rules.checks import NEAR_STOP_M, problems_of, result_of
from service_desk.supervision.rules.ways import metres
from service_desk.tickets.rules import is_working
from service_desk.work import transaction

if TYPE_CHECKING:
    from collections.abc import Mapping

    from service_desk.flow.stop_entry import StopEntry
    from service_desk.intake.rules import EncodedPhoto
    from service_desk.people.rules import Actor
    from service_desk.supervision.models import RoundStop
    from service_desk.supervision.queries.stops import StopLine
    from service_desk.supervision.rules.checks import Item

    Stored = list[tuple[str, EncodedPhoto]]

#: an inspector's finding comes by no channel of a resident's: somebody of the city stood there
CHANNEL = "walk_in"


def visit_place(line: StopLine, entry: StopEntry, actor: Actor) -> str:
    """Record what was found at a place; return what became of it. Raises BadInput, a problem for each missing answer.

    Tickets are opened first, each in a transaction and under a key of its own; then the stop is written.
    """
    stop = line.stop
    items = rounds.checklist(stop.checklist_id).items
    problems = problems_of(items, entry.answers)
    if problems:
        raise BadInput(problems)
    bad = [item for item in items if entry.answers[item.code] == "bad"]
    joined = {item.code: entry.findings[item.code].join_id for item in bad if item.code in entry.findings}
    still_open = _still_open(stop, bad, joined)
    opened = [
        _open_ticket(stop, item, entry, actor)
        for item in bad
        if item.service_code and joined.get(item.code) not in still_open
    ]
    answers = {item.code: entry.answers[item.code] for item in items}
    # Tickets are locked in the order of their ids, here as everywhere.
    joins = sorted(
        (item for item in bad if joined.get(item.code) in still_open), key=lambda item: joined[item.code] or 0
    )
    stored = {item.code: keep_photos(entry.findings[item.code].photos)[0] for item in joins}
    try:
        with transaction():
            outcome = record(stop.id, entry, {"result": result_of(answers), "answers": answers})
            if outcome == "taken":
                known = [
                    _note_again(joined[item.code] or 0, item, entry, stored[item.code], actor)
                    for item in joins
                ]
                stops.lock_stop(stop.id).ticket_ids = [*opened, *known]
    except BaseException:
        _drop(stored)
        raise
    if outcome != "taken":
        _drop(stored)
    return outcome


def _drop(stored: dict[str, Stored]) -> None:
    for each in stored.values():
        drop(each)


def _still_open(stop: RoundStop, bad: list[Item], joined: Mapping[str, int | None]) -> set[int]:
    """Return the chosen known tickets that still ask for work: a finding at an ended one opens a new one."""
    wanted = {ticket_id for ticket_id in joined.values() if ticket_id}
    if not wanted or stop.lon is None or stop.lat is None:
        return set()
    codes = [item.service_code for item in bad if item.service_code]
    near = stops.known_near(codes, stop.lon, stop.lat, NEAR_STOP_M)
    return {ticket.id for ticket, _metres in near if ticket.id in wanted and is_working(ticket.status)}


def _open_ticket(stop: RoundStop, item: Item, entry: StopEntry, actor: Actor) -> int:
    """Open the ticket of a finding, or return the one that this stop and item have opened before."""
    finding = entry.findings.get(item.code, Finding())
    key = f"round-stop-{stop.id}-{item.code}"
    words = clean_text(finding.words or entry.words, WORDS_CHARS)
    service = catalogue().type(item.service_code or "")
    said = Said(
        service_code=service.code,
        text=words or str(service.name.get("he", "")),
        place=_place_of(stop, entry),
        locale="he",
        channel=CHANNEL,
        submission_key=key,
        answers=dict(item.danger if finding.is_danger and item.danger else item.answers),
        photos=finding.photos,
    )
    try:
        return receive_report(said, actor).ticket_id
    except Conflict:
        first = said_before.report_by_key(key)
        if first is None:
            raise
        return first.ticket_id


def _place_of(stop: RoundStop, entry: StopEntry) -> SaidPlace:
    """Return the finding's place: where the phone was, when that is near the stop; else the stop itself."""
    lon, lat = stop.lon, stop.lat
    if entry.lon is not None and entry.lat is not None:
        here = (entry.lon, entry.lat)
        if lon is None or lat is None or metres(here, (lon, lat)) <= NEAR_STOP_M:
            lon, lat = here
    if lon is None or lat is None:
        return SaidPlace("address", line=stop.address)
    return SaidPlace("pin", line=stop.address, lon=lon, lat=lat)


def _note_again(ticket_id: int, item: Item, entry: StopEntry, stored: Stored, actor: Actor) -> int:
    """Tell a known ticket that an inspector saw it too: an internal note, with the photos."""
    now = clock.now()
    finding = entry.findings[item.code]
    words = clean_text(finding.words or entry.words, WORDS_CHARS) or item.label.get("he", item.code)
    ticket = step.take_ticket(ticket_id, None, actor, "note", now)
    note_inside(ticket, words, stored, actor, now)
    return ticket.id
