"""Figures follow what happens: every few seconds what is new is counted; from scratch when they cannot be trusted."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

from flask import current_app

from service_desk import clock
from service_desk.errors import InvalidMove
from service_desk.extensions import db
from service_desk.reports import counting, rebuilding
from service_desk.work import tenant, tenant_id, transaction

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    #: what is told while a rebuild runs: tickets' ranges done, ranges in all
    Progress = Callable[[int, int], None]

Item = TypeVar("Item")
Made = TypeVar("Made")
#: rows of what is uncounted that are taken in one transaction
BATCH = 4000
#: how long one run of the timer may count; the next comes within seconds
MOST_SECONDS = 10.0
#: connections that rebuild side by side
SIDE_BY_SIDE = 2
#: cases whose places are walked through in one go: what is sorted for it fits on the disk of a small machine
WALK = 2_000_000


def count(limit: int = BATCH, seconds: float = MOST_SECONDS) -> int:
    """Count what has happened, until nothing is left or the time is over. Returns how many rows of `uncounted` went.

    None of them while somebody else counts, or while the figures wait for a rebuild. Run by the timetable.
    """
    began, taken = time.monotonic(), 0
    while True:
        rows = _count_once(limit)
        taken += rows
        if rows < limit or time.monotonic() - began > seconds:
            return taken


def _count_once(limit: int) -> int:
    now = clock.now()
    with transaction():
        if not counting.lock():
            return 0
        state = rebuilding.state()
        if state is None or not state.is_current:
            return 0
        ticket_ids, rows = counting.take(limit)
        counting.count_tickets(ticket_ids)
        if rows < limit:
            counting.note_counted(now)
    return rows


def needs_rebuild() -> bool:
    """Say whether the figures were never made, were left half made, or were counted by other definitions."""
    with transaction():
        state = rebuilding.state()
    return state is None or not state.is_current


def rebuild(
    progress: Progress | None = None, *, size: int = rebuilding.RANGE, is_waiting: bool = True
) -> int:
    """Make all figures of the present authority from scratch. Returns how many cases.

    size: tickets of one range. Pages show the figures of before until the end. One that stops halfway is made again by
    the timetable. While somebody else counts or rebuilds it waits, or, when it is not to wait, raises InvalidMove.
    """
    now = clock.now()
    with transaction():
        _hold(is_waiting=is_waiting)
        rebuilding.begin(now)
    with transaction():
        _hold(is_waiting=is_waiting)
        parts = rebuilding.ranges(size)
        made = 0
        for done, cases in enumerate(_each(parts, lambda each: rebuilding.make(*each)), start=1):
            made += cases
            if progress is not None:
                progress(done, len(parts))
        walks = max(SIDE_BY_SIDE, -(-made // WALK)) if len(parts) > 1 else 1
        list(_each(range(walks), lambda each: rebuilding.mark_repeats(each, walks)))
        rebuilding.sum_up(now)
    return made


def _hold(*, is_waiting: bool) -> None:
    if not rebuilding.hold(is_waiting=is_waiting):
        raise InvalidMove("being_counted")


def _each(items: Sequence[Item], does: Callable[[Item], Made]) -> Iterator[Made]:
    """Do each in a transaction of its own, two side by side, and give what came of them, in their order."""
    app, here = current_app._get_current_object(), tenant_id()  # type: ignore[attr-defined]  # noqa: SLF001 — for the threads

    def one(item: Item) -> Made:
        with app.app_context(), tenant(here):
            try:
                with transaction():
                    return does(item)
            finally:
                db.session.remove()

    with ThreadPoolExecutor(min(SIDE_BY_SIDE, len(items))) as pool:
        yield from pool.map(one, items)
