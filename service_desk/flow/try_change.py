"""Management tries a change on last year and keeps it as a proposal; replays it again, or lets it go. Nothing of the city changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service_desk import clock
from service_desk.errors import BadInput, NotAllowed
from service_desk.intake.rules import clean_text
from service_desk.people import actions as people
from service_desk.people.rules import may
from service_desk.reports.replay import proposals
from service_desk.reports.replay.replaying import replay
from service_desk.slas.rules import CalendarError
from service_desk.work import transaction

if TYPE_CHECKING:
    from datetime import datetime

    from service_desk.people.rules import Actor
    from service_desk.reports.replay.changes import Change
    from service_desk.reports.replay.replaying import Result

TITLE_CHARS = 120


def try_change(change: Change, title: str, submission_key: str, actor: Actor) -> int:
    """Replay a change on last year, keep it as a draft and return the proposal's id; the same form sent twice makes one.

    change: as `flow.change_forms` read it. Raises BadInput {calendar: code}, NotAllowed.
    """
    _allow(actor)
    now = clock.now()
    with transaction():
        found = _replayed(change, now)
        kept = proposals.keep(change, clean_text(title, TITLE_CHARS), found, submission_key, now, actor)
        if kept is not None:
            people.note_access(actor, None, "change_tried", now, why=f"{change.kind} {kept}")
    if kept is not None:
        return kept
    first = proposals.by_key(submission_key)
    if first is None:
        raise BadInput({"form": "used"})
    return first.id


def replay_proposal(proposal_id: int, seen: int | None, actor: Actor) -> None:
    """Replay a draft on the year as it is known now. seen: the version on the page.

    Raises NotAllowed, NotFound, InvalidMove, StaleVersion, BadInput {calendar: code}.
    """
    _allow(actor)
    now = clock.now()
    with transaction():
        row = proposals.locked(proposal_id, seen, "draft")
        proposals.keep_result(row, _replayed(proposals.change_of(row), now))


def drop_proposal(proposal_id: int, seen: int | None, actor: Actor) -> None:
    """Let a draft go, or an agreed proposal whose day has not come. seen: the version on the page.

    Whoever made a draft may drop it, and whoever may apply one. Raises NotAllowed, NotFound, InvalidMove, StaleVersion.
    """
    _allow(actor)
    now = clock.now()
    with transaction():
        row = proposals.locked(proposal_id, seen, "draft", "agreed")
        may_drop = may(actor, "apply_change") or (row.state == "draft" and row.created_by == actor.id)
        if not may_drop:
            raise NotAllowed
        proposals.decide(row, "dropped", None, now, actor)
        people.note_access(actor, None, "change_dropped", now, why=str(proposal_id))


def _replayed(change: Change, now: datetime) -> Result:
    try:
        return replay(change, now)
    except CalendarError:
        raise BadInput({"calendar": "ends"}) from None


def _allow(actor: Actor) -> None:
    if not may(actor, "try_change"):
        raise NotAllowed
