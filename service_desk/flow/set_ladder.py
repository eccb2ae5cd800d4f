"""An administrator says who hears when: for the whole city, or for one type of report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service_desk import clock
from service_desk.city import actions as city
from service_desk.errors import BadInput, NotAllowed
from service_desk.people import actions as people
from service_desk.people.rules import may
from service_desk.slas import ladders
from service_desk.slas.rules.ladder import BadLadder, Ladder, Rung, read_ladder
from service_desk.work import transaction

if TYPE_CHECKING:
    from collections.abc import Sequence

    from service_desk.people.rules import Actor

#: a line as it was typed: percent, role
Typed = tuple[str, str]


def read_typed(lines: Sequence[Typed]) -> Ladder:
    """Return the ladder that was typed; lines without a percent are left out. Raises BadInput {percent_N: code}, N from 1."""
    problems: dict[str, str] = {}
    rungs: list[Rung] = []
    for number, (percent, role) in enumerate(lines, start=1):
        text = percent.strip().rstrip("%").strip()
        if not text:
            continue
        try:
            rung = read_ladder([[_whole(text), role]])[0]
        except BadLadder as error:
            problems[f"percent_{number}"] = error.code
            continue
        if rungs and rung.percent <= rungs[-1].percent:
            problems[f"percent_{number}"] = "not_rising"
        rungs.append(rung)
    if not rungs and not problems:
        problems["percent_1"] = "no_rungs"
    if problems:
        raise BadInput(problems)
    return tuple(rungs)


def _whole(text: str) -> object:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else text


def set_city_ladder(lines: Sequence[Typed], actor: Actor) -> None:
    """Set the city's usual ladder from now on. Promises that run keep theirs. Raises BadInput, NotAllowed."""
    _allow(actor)
    ladder = read_typed(lines)
    now = clock.now()
    with transaction():
        ladders.keep_city_ladder(ladder, actor.id, now)
        city.note_change()
        people.note_access(actor, None, "ladder_set", now)


def set_own_ladder(service_code: str, seen: int | None, lines: Sequence[Typed] | None, actor: Actor) -> None:
    """Give one type a ladder of its own from today; lines None: the city's usual one again.

    seen: the version of the standard on the page. Raises BadInput (also when others changed it meanwhile), NotAllowed,
    NotFound.
    """
    _allow(actor)
    ladder = None if lines is None else read_typed(lines)
    now = clock.now()
    with transaction():
        ladders.keep_own_ladder(service_code, seen, ladder, clock.local(now).date())
        city.note_change()
        people.note_access(actor, None, "ladder_set", now)


def _allow(actor: Actor) -> None:
    if not may(actor, "set_ladder"):
        raise NotAllowed
