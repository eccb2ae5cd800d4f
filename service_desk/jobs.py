"""The workers' doors and the timetable. A job takes row ids, sets the tenant, and calls one use-case."""

from __future__ import annotations

import signal
import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from datetime import time as wall_time
from functools import lru_cache
from typing import TYPE_CHECKING

from flask import current_app
from sqlalchemy.exc import OperationalError

from service_desk import clock, config, heap
from service_desk.app import create_app
from service_desk.city import kept
from service_desk.desks.booklet_files import compose
from service_desk.errors import InvalidMove
from service_desk.flow.anchor_days import anchor_days
from service_desk.flow.apply_proposal import apply_agreed
from service_desk.flow.breach import record_breaches
from service_desk.flow.breach_orders import record_order_breaches
from service_desk.flow.count_figures import count, needs_rebuild, rebuild
from service_desk.flow.deliver import deliver_messages as deliver
from service_desk.flow.digest import write_digests
from service_desk.flow.enter import forget_codes
from service_desk.flow.escalate import climb_rungs
from service_desk.flow.fetch_media import fetch_media as fetch
from service_desk.flow.find_hot_spots import find_hot_spots
from service_desk.flow.finish import close_silent
from service_desk.flow.make_booklets import make_due
from service_desk.flow.make_expected import make_expected
from service_desk.flow.price_breaches import price_breaches
from service_desk.flow.price_messages import price_messages
from service_desk.flow.raise_alerts import raise_changes, raise_thresholds
from service_desk.flow.send_letters import ring_letters
from service_desk.flow.send_letters import send_letters as send
from service_desk.flow.sweep import sweep
from service_desk.flow.sync_templates import sync_whatsapp
from service_desk.messages.channels import carrier_for
from service_desk.telemetry import log
from service_desk.work import tenant, tenant_id

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask


@lru_cache(maxsize=1)
def _app() -> Flask:
    """Return the worker's app, made once a process."""
    heap.keep_small()
    clock.follow_database()
    return create_app(config.read())


def _look_at_the_clock() -> None:
    """Compare this host's clock with the database's now, in the same look that re-reads the authorities."""
    kept.forget()
    kept.authorities()


def deliver_messages(authority_id: int) -> dict[str, int]:
    """Send what is due for an authority: one job drains a batch."""
    with _app().app_context(), tenant(authority_id):
        _look_at_the_clock()
        return dict(deliver(authority_id, now=clock.steady()))


def fetch_media(authority_id: int) -> dict[str, int]:
    """Fetch the photos that people sent to an authority."""
    with _app().app_context(), tenant(authority_id):
        return fetch(authority_id)


def send_letters(authority_id: int) -> dict[str, int]:
    """Send an authority's letters with booklets; none where no mail server is named."""
    with _app().app_context(), tenant(authority_id):
        carrier = carrier_for(config.current())
        return send(carrier, compose, now=clock.steady()) if carrier else {}


@dataclass
class Beside:
    """A run beside the timetable. began: on a clock that only goes on (s); is_well: it has ended without an error."""

    thread: threading.Thread
    began: float
    began_at: datetime
    is_well: bool = False


#: the last run of what takes minutes, by its name and authority
beside: dict[tuple[str, int], Beside] = {}
#: a rebuild that failed is begun again no sooner
_REBUILD_AGAIN_SECONDS = 60.0


def _run_beside(does: Callable[[], object]) -> None:
    """Run what takes minutes beside the timetable, which messages wait for; never twice at once for an authority."""
    app, here = current_app._get_current_object(), tenant_id()  # type: ignore[attr-defined]  # noqa: SLF001 — for the thread
    last = beside.get((does.__name__, here))
    if last is not None and last.thread.is_alive():
        return

    def run() -> None:
        with app.app_context(), tenant(here):
            try:
                does()
                own.is_well = True
            except Exception as error:  # noqa: BLE001 — it comes again, what was made before stays; the error is logged whole
                log.error("beside_failed", work=does.__name__, authority=here, exc_info=error)

    thread = threading.Thread(target=run, name=f"{does.__name__}-{here}", daemon=True)
    own = beside[does.__name__, here] = Beside(thread, time.monotonic(), clock.now())
    thread.start()


def count_figures() -> None:
    """Count what is new. Figures that cannot be trusted are made anew beside the timetable."""
    if not needs_rebuild():
        count()
        return
    last = beside.get((make_figures.__name__, tenant_id()))
    if last is None or time.monotonic() - last.began > _REBUILD_AGAIN_SECONDS:
        _run_beside(make_figures)


def make_figures() -> None:
    """Make the present authority's figures from scratch, unless somebody is at it."""
    try:
        log.info("figures_rebuilt", authority=tenant_id(), cases=rebuild(is_waiting=False))
    except InvalidMove:
        log.info("figures_counted_elsewhere", authority=tenant_id())


def last_time(at: wall_time, now: datetime) -> datetime:
    """Return when the city's clocks last showed this hour, ``now`` included. now: aware."""
    here = clock.local(now)
    found = datetime.combine(here.date(), at, clock.CITY_ZONE)
    if found > here:
        found = datetime.combine(here.date() - timedelta(days=1), at, clock.CITY_ZONE)
    return found.astimezone(UTC)


def _at_night(does: Callable[[], object], at: wall_time | None = None) -> None:
    """Run what is made of the figures: once a day from this hour of the city on, and at the start of the process.

    While figures are made anew, and after an error, it comes again at the timer's next look. at: None = at each look.
    """
    last = beside.get((does.__name__, tenant_id()))
    is_done = at and last and last.is_well and last.began_at >= last_time(at, clock.now())
    if not is_done and not needs_rebuild():
        _run_beside(does)


@dataclass(frozen=True)
class Timer:
    """One line of the timetable. every_seconds: from end to start. does: run once per authority, or once when for_all."""

    name: str
    every_seconds: float
    does: Callable[[], object]
    for_all: bool = False


TIMETABLE = (
    Timer("sweep_outbox", 5, lambda: sweep(clock.now()), for_all=True),
    Timer("count_figures", 3, count_figures),
    Timer("record_breaches", 30, record_breaches),
    Timer("record_order_breaches", 30, record_order_breaches),
    Timer("climb_rungs", 30, climb_rungs),
    Timer("raise_thresholds", 3600, raise_thresholds),
    Timer("raise_changes", 300, lambda: _at_night(raise_changes, wall_time(6, 30))),
    Timer("make_expected", 300, lambda: _at_night(make_expected, wall_time(3, 10))),
    Timer("find_hot_spots", 300, lambda: _at_night(find_hot_spots, wall_time(3, 40))),
    Timer("write_digests", 60, write_digests),
    Timer("price_breaches", 300, price_breaches),
    Timer("close_silent", 600, close_silent),
    Timer("anchor_days", 3600, anchor_days),
    Timer("apply_agreed", 300, apply_agreed),
    Timer("forget_codes", 3600, forget_codes),
    Timer("sync_whatsapp", 1800, sync_whatsapp),
    Timer("make_booklets", 600, lambda: _at_night(make_due)),
    Timer("send_letters", 60, ring_letters),
    Timer("price_messages", 3600, price_messages, for_all=True),
)


def run_timetable() -> None:
    """Run every timer for every authority until SIGTERM. One that fails is logged whole and comes again."""
    stop = threading.Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda *_: stop.set())
    due = {timer.name: 0.0 for timer in TIMETABLE}
    with _app().app_context():
        while not stop.is_set():
            for timer in TIMETABLE:
                if time.monotonic() >= due[timer.name] and not stop.is_set():
                    _run(timer)
                    due[timer.name] = time.monotonic() + timer.every_seconds
            stop.wait(1)


def _run(timer: Timer) -> None:
    try:
        _look_at_the_clock()
        if timer.for_all:
            timer.does()
            return
        for authority in kept.authorities():
            with tenant(authority.id):
                timer.does()
    except OperationalError as error:
        log.warning("timer_database_away", timer=timer.name, error=type(error).__name__)
    except Exception as error:  # noqa: BLE001 — the timetable outlives one bad row; the error is logged whole
        log.error("timer_failed", timer=timer.name, exc_info=error)
