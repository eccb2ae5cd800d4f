"""A finished life is put on the sheets, table by table."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import timedelta
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from service_desk.flow.demo.copying import COLUMNS
from service_desk.slas.planning import rungs_of
from service_desk.slas.rules.ladder import reached
from service_desk.work import new_id

if TYPE_CHECKING:
    from datetime import datetime

    from service_desk.flow.demo.cast import Person
    from service_desk.flow.demo.copying import Sheets
    from service_desk.flow.demo.life import Life, Watch
    from service_desk.intake.rules import Said

#: digests of so many last days are written
TOLD_DAYS = timedelta(days=7)
_TICKET = attrgetter(*COLUMNS["tickets"])


def put(sheets: Sheets, life: Life) -> None:
    """Put the ticket, its history, clocks, pauses, decisions and words on the sheets."""
    here, ticket_id = life.authority_id, life.id
    sheets.add("tickets", _TICKET(life))
    for event in life.events:
        sheets.add("ticket_events", event)
    for watch in life.watches:
        state = watch.state
        next_rung_at = _climb(sheets, life, watch)
        sheets.add(
            "clocks",
            (
                here, ticket_id, str(state.kind), state.round, watch.sla_id, watch.calendar_id, state.calendar_code,
                state.minutes, state.started_at, state.due_at, state.paused_at, watch.remaining, state.stopped_at,
                str(state.result) if state.result else None, watch.breached_at, next_rung_at,
            ),
        )  # fmt: skip
    for reason, began, ended in life.pauses:
        sheets.add("pauses", (here, new_id(), ticket_id, reason, began, ended))
    for round_, at, decision in life.routes:
        centre_id = None if decision.is_triage else decision.centre_id
        placed = decision.placed
        sheets.add(
            "routes",
            (
                here,
                ticket_id,
                round_,
                at,
                placed.method,
                centre_id,
                placed.area_code,
                decision.area_id,
                str(decision.handler_kind),
                decision.unit_id,
                decision.why(),
            ),
        )
    for seq, at, kind, is_internal, words, by, by_id in life.remarks:
        sheets.add("remarks", (here, new_id(), ticket_id, seq, at, kind, is_internal, words, by, by_id))


def _climb(sheets: Sheets, life: Life, watch: Watch) -> datetime | None:
    """Put the rungs a clock has passed on the sheets, as told in their time: a seeded past raises no alarm now.

    Of clocks that stopped only the last days' are worth telling. Returns when the next one is reached.
    """
    state = watch.state
    if state.paused_at is not None or (state.stopped_at and state.stopped_at < life.today - TOLD_DAYS):
        return None
    ladder = rungs_of(state, watch.sla_id, is_hazard=life.is_hazard)
    ran = replace(state, stopped_at=None, result=None)
    passed, after = reached(ran, ladder, watch.calendar, state.stopped_at or life.today)
    for rung, at in passed:
        row = (
            life.authority_id,
            new_id(),
            life.id,
            str(state.kind),
            state.round,
            rung.percent,
            str(rung.role),
            at,
            at,
        )
        sheets.add("escalations", row)
    return None if state.stopped_at else after


def put_report(sheets: Sheets, life: Life, said: Said, person: Person, filer: tuple[str, int | None]) -> None:
    """Put what was said on the sheets."""
    place: dict[str, Any] = {
        key: value for key, value in asdict(said.place).items() if value not in (None, "")
    }
    row = {
        "authority_id": life.authority_id,
        "id": new_id(),
        "ticket_id": life.id,
        "at": life.opened_at,
        "channel": said.channel,
        "service_code": said.service_code,
        "text": said.text,
        "answers": dict(said.answers),
        "place": place,
        "lon": said.place.lon,
        "lat": said.place.lat,
        "locale": said.locale,
        "resident_id": person.id,
        "staff_id": filer[1] if filer[0] == "staff" else None,
        "api_key_id": filer[1] if filer[0] == "api" else None,
        "submission_key": said.submission_key,
        "content_hash": said.content_hash(),
    }
    sheets.add_mapping("reports", row)
