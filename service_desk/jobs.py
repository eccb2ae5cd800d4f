"""The workers' doors and the timetable. A job takes row ids, sets the tenant, and calls one use-case."""

from __future__ import annotations

import signal
import threading
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from datetime import time as wall_time
from functools import lru_cache
from typing import TYPE_CHECKING

from flask import current_app
from sqlalchemy.exc import OperationalError

from service_desk import clock, config
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


#: the last start of a rebuild of each authority, and its thread
_rebuilds: dict[int, tuple[float, threading.Thread]] = {}
#: a rebuild that failed is begun again no sooner
_REBUILD_AGAIN_SECONDS = 60.0


def count_figures() -> None:
    """Count what is new. Figures that cannot be trusted are made anew beside the timetable, which messages wait for."""
    if not needs_rebuild():
        count()
        return
    here = tenant_id()
    began, thread = _rebuilds.get(here, (float("-inf"), None))
    if (thread is None or not thread.is_alive()) and time.monotonic() - began > _REBUILD_AGAIN_SECONDS:
        app = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001 — for the thread
        thread = threading.Thread(target=_rebuild, args=(app, here), name=f"rebuild-{here}", daemon=True)
        _rebuilds[here] = (time.monotonic(), thread)
        thread.start()


def _rebuild(app: Flask, authority_id: int) -> None:
    with app.app_context(), tenant(authority_id):
        try:
            cases = rebuild(is_waiting=False)
            log.info("figures_rebuilt", authority=authority_id, cases=cases)
        except InvalidMove:
            log.info("figures_counted_elsewhere", authority=authority_id)
        except Exception as error:  # noqa: BLE001 — the next run begins anew; the error is logged whole
            log.error("figures_not_rebuilt", authority=authority_id, exc_info=error)


@dataclass(frozen=True)
class Timer:
    """One line of the timetable. every_seconds: from end to start. does: run once per authority, or once when for_all."""

    name: str
    every_seconds: float
    does: Callable[[], object]
    for_all: bool = False
    #: once a day, at this hour of the city, and at the start; every_seconds is then how soon it is tried again after a failure
    daily_at: wall_time | None = None


def seconds_until(at: wall_time, now: datetime) -> float:
    """Return how long it is until the city's clocks next show this hour. now: aware."""
    here = clock.local(now)
    due = datetime.combine(here.date(), at, clock.CITY_ZONE)
    if due <= here:
        due = datetime.combine(here.date() + timedelta(days=1), at, clock.CITY_ZONE)
    return due.timestamp() - now.timestamp()


#: the nightly work that runs beside the timetable, by name and authority
_aside: dict[tuple[str, int], threading.Thread] = {}


def _at_night(does: Callable[[], object]) -> None:
    """Run what takes minutes beside the timetable, which messages wait for; never twice at once. Raises NotCounted."""
    if needs_rebuild():
        raise NotCounted
    key = does.__name__, tenant_id()
    running = _aside.get(key)
    if running is None or not running.is_alive():
        _aside[key] = threading.Thread(target=_run_aside, args=(does, key[1]), name=key[0], daemon=True)
        _aside[key].start()


def _run_aside(does: Callable[[], object], authority_id: int) -> None:
    with _app().app_context(), tenant(authority_id):
        try:
            does()
        except Exception as error:  # noqa: BLE001 — what was made the night before stays; the error is logged whole
            log.error("nightly_failed", work=does.__name__, authority=authority_id, exc_info=error)


class NotCounted(Exception):
    """The figures are being made anew; what is made of them waits."""


TIMETABLE = (
    Timer("sweep_outbox", 5, lambda: sweep(clock.now()), for_all=True),
    Timer("count_figures", 3, count_figures),
    Timer("record_breaches", 30, record_breaches),
    Timer("record_order_breaches", 30, record_order_breaches),
    Timer("climb_rungs", 30, climb_rungs),
    Timer("raise_thresholds", 3600, raise_thresholds),
    Timer("raise_changes", 300, lambda: _at_night(raise_changes), daily_at=wall_time(6, 30)),
    Timer("make_expected", 300, lambda: _at_night(make_expected), daily_at=wall_time(3, 10)),
    Timer("find_hot_spots", 300, lambda: _at_night(find_hot_spots), daily_at=wall_time(3, 40)),
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
                    is_done = _run(timer)
                    wait = timer.every_seconds
                    if is_done and timer.daily_at is not None:
                        wait = seconds_until(timer.daily_at, clock.now())
                    due[timer.name] = time.monotonic() + wait
            stop.wait(1)


def _run(timer: Timer) -> bool:
    """Run a timer for each authority, or once. Returns whether nothing went wrong."""
    try:
        _look_at_the_clock()
        if timer.for_all:
            timer.does()
            return True
        for authority in kept.authorities():
            with tenant(authority.id):
                timer.does()
    except NotCounted:
        return False
    except OperationalError as error:
        log.warning("timer_database_away", timer=timer.name, error=type(error).__name__)
        return False
    except Exception as error:  # noqa: BLE001 — the timetable outlives one bad row; the error is logged whole
        log.error("timer_failed", timer=timer.name, exc_info=error)
        return False
    return True
