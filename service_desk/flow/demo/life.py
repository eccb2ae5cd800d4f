"""One ticket's life kept in memory: the same moves, clocks, history and messages as the use-cases, without a database.

What is pure is the product's own (`tickets.rules`, `slas.rules.moves`, `messages.rows_to_tell`); only the order of
writing is ours. A test holds every such life against the rules again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from service_desk.slas.actions import promises_of
from service_desk.slas.queries import standards
from service_desk.slas.rules import ClockKind, ClockState, Promise, moves, remaining_seconds
from service_desk.tickets import rules

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from service_desk.flow.demo.field import FieldWork
    from service_desk.messages.actions import Recipient
    from service_desk.routing.rules import Decision
    from service_desk.slas.rules import Calendar

#: the timetable notes a broken promise within a minute
NOTED_AFTER = timedelta(seconds=31)
ENDING_WITHOUT_WORK = frozenset({"rejected", "duplicate"})


class Today(Exception):
    """The life has reached the present: what was to come has not happened."""


@dataclass(slots=True)
class Watch:
    """A clock's state with what its row keeps besides."""

    state: ClockState
    calendar: Calendar
    calendar_id: int
    sla_id: int
    remaining: int | None = None
    breached_at: datetime | None = None


class Life:
    """A ticket from its opening on. Attributes are the columns of `tickets`; `now` is the instant it has reached."""

    authority_id: int
    id: int
    reference: str
    service_code: str
    group_code: str
    is_hazard: bool
    is_sensitive: bool
    centre_id: int
    area_code: str | None
    triage_reason: str | None
    handler_kind: str
    unit_id: int | None
    lon: float | None
    lat: float | None
    address: str
    landmark: str
    summary: str
    search: str
    photo_count: int
    needs_place: bool
    due_at: datetime | None

    def __init__(self, values: Mapping[str, Any], opened_at: datetime, today: datetime) -> None:
        """values: columns as `open_ticket` gets them, and authority_id."""
        self.__dict__.update(values)
        self.now, self.today = opened_at, today
        self.status, self.is_open, self.holder_kind = "received", True, "centre"
        self.opened_at = self.holder_since = self.last_touch_at = opened_at
        self.last_touch, self.version, self.last_hash = "received", 0, b""
        self.assignee_id: int | None = None
        self.resolved_at: datetime | None = None
        self.closed_at: datetime | None = None
        self.outcome: str | None = None
        self.merged_into_id: int | None = None
        self.split_from_id: int | None = None
        self.order_state: str | None = None
        #: work orders by id, see demo.field
        self.orders: dict[int, FieldWork] = {}
        self.reopened_count, self.follower_count, self.has_news = 0, 1, False
        self.events: list[tuple[Any, ...]] = []
        self.remarks: list[tuple[Any, ...]] = []
        self.pauses: list[list[Any]] = []
        self.watches: list[Watch] = []
        self.routes: list[tuple[int, datetime, Decision]] = []
        #: (recipient, role, hash of the link, its nonce, since)
        self.followers: list[tuple[Recipient, str, bytes, bytes, datetime]] = []
        #: called with (word, seq, values) for each message the use-case would send
        self.on_tell: Callable[[str, int, dict[str, Any]], None] | None = None

    # --- time ------------------------------------------------------------------------------------------------------

    def at(self, instant: datetime) -> None:
        """Let time pass until the instant; broken promises are noted on the way. Raises Today when it is still to come."""
        end = min(instant, self.today)
        broken = [
            watch
            for watch in self.watches
            if watch.state.stopped_at is None
            and watch.state.paused_at is None
            and watch.breached_at is None
            and watch.state.due_at + NOTED_AFTER < end
        ]
        for watch in sorted(broken, key=lambda each: each.state.due_at):
            self._breach(watch)
        if instant >= self.today:
            raise Today
        self.now = max(instant, self.now)

    def _breach(self, watch: Watch) -> None:
        state = watch.state
        watch.breached_at = state.due_at
        touched = self.last_touch, self.last_touch_at
        self.now = max(self.now, state.due_at + NOTED_AFTER)
        data = {"clock": str(state.kind), "round": state.round, "due": state.due_at.isoformat()}
        self.note("breached", SYSTEM_KEY, data)
        self.last_touch, self.last_touch_at = touched

    # --- history ---------------------------------------------------------------------------------------------------

    def note(self, kind: str, who: tuple[str, int | None], data: dict[str, Any] | None = None) -> int:
        """Record a fact now. who: kind and id of the actor. Returns its number."""
        seq = self.version + 1
        holder = self.holder_kind
        holder_id = (
            self.centre_id
            if holder == "centre"
            else None
            if holder in {"resident", "nobody"}
            else self.unit_id
        )
        fact = rules.Fact(
            self.authority_id,
            self.id,
            seq,
            self.now,
            kind,
            who[0],
            who[1],
            self.status,
            holder,
            holder_id,
            data or {},
        )
        self.last_hash = rules.chain(self.last_hash, fact)
        self.events.append(
            (
                self.authority_id,
                self.id,
                seq,
                self.now,
                kind,
                who[0],
                who[1],
                self.status,
                holder,
                holder_id,
                data or {},
                self.last_hash,
            )
        )
        self.version = seq
        self.last_touch_at, self.last_touch = self.now, kind
        return seq

    def move(
        self,
        status: str,
        kind: str,
        who: tuple[str, int | None],
        data: dict[str, Any] | None = None,
        *,
        with_clocks: bool = True,
    ) -> int:
        """Move now, clocks with it. Returns the event's number. Raises AssertionError for a move the table forbids.

        with_clocks False: nobody of the centre has looked (a contractor's or resident's word moved an order).
        """
        before = self.status
        assert rules.may_move(before, status), (before, status)
        self.status, self.is_open = status, rules.is_open(status)
        if status == "resolved":
            self.resolved_at = self.now
        if status in rules.ENDED:
            self.closed_at = self.now
        if status == "reopened":
            self.reopened_count += 1
            self.resolved_at = self.closed_at = self.outcome = None
        holder = rules.holder_of(status, self.handler_kind)
        if holder != self.holder_kind:
            self.holder_kind, self.holder_since = holder, self.now
        seq = self.note(kind, who, data)
        if who[0] == "staff":
            self.has_news = False
        if with_clocks:
            self._follow(before)
        return seq

    def say(
        self, kind: str, seq: int, words: str, who: tuple[str, int | None], *, is_internal: bool = False
    ) -> None:
        """Keep words beside the event of that number."""
        self.remarks.append((seq, self.now, kind, is_internal, words, who[0], who[1]))

    def tell(self, word: str, seq: int, **values: Any) -> None:
        """Tell the followers, when messages are wanted."""
        if self.on_tell is not None:
            self.on_tell(word, seq, values)

    # --- clocks ----------------------------------------------------------------------------------------------------

    def promise(self) -> None:
        """Start the clocks of the opening."""
        sla = standards().sla(self.service_code)
        for each in promises_of(sla, is_hazard=self.is_hazard):
            self._start(each, sla.id, 0)

    def _start(self, promise: Promise, sla_id: int, round_: int) -> None:
        calendar_id, calendar = standards().calendar(promise.calendar_code, self.now)
        state = moves.start(promise, self.now, calendar)
        if round_:
            state = ClockState(
                state.kind, state.minutes, state.calendar_code, state.started_at, state.due_at, round=round_
            )
        self.watches.append(Watch(state, calendar, calendar_id, sla_id))

    def next_due(self) -> datetime | None:
        """Return the earliest promise not yet stopped."""
        return min(
            (each.state.due_at for each in self.watches if each.state.stopped_at is None), default=None
        )

    def stop(self, *kinds: str) -> None:
        """Freeze the running clocks of these kinds."""
        for watch in self.watches:
            if watch.state.stopped_at is None and watch.state.kind in kinds:
                self._keep(watch, moves.stop(watch.state, self.now, watch.calendar))
        self.due_at = self.next_due()

    def _keep(self, watch: Watch, state: ClockState) -> None:
        watch.state = state
        if state.result == "missed" and watch.breached_at is None:
            watch.breached_at = min(self.now, state.due_at)

    def _follow(self, before: str) -> None:
        status = self.status
        if before in rules.PAUSING and status not in rules.PAUSING:
            self._resume()
        if status in rules.ACKNOWLEDGING:
            self.stop("acknowledge")
        if status in rules.PAUSING:
            self._pause(f"{status}_for_resident")
        if status in {"resolved", "closed"}:
            self.stop("acknowledge", "make_safe", "resolve")
        if status in ENDING_WITHOUT_WORK or status == "reopened":
            for watch in self.watches:
                if watch.state.stopped_at is None:
                    self._keep(watch, moves.void(watch.state, self.now))
        if status == "reopened":
            self._restart()
        self.due_at = self.next_due()

    def _pause(self, reason: str) -> None:
        running = [
            each for each in self.watches if each.state.stopped_at is None and each.state.paused_at is None
        ]
        for watch in running:
            watch.remaining = remaining_seconds(watch.state, self.now, watch.calendar)
            watch.state = moves.pause(watch.state, self.now)
        if running:
            self.pauses.append([reason, self.now, None])

    def _resume(self) -> None:
        for watch in self.watches:
            if watch.state.stopped_at is None and watch.state.paused_at is not None:
                watch.state = moves.resume(watch.state, self.now, watch.calendar)
                watch.remaining = None
        for pause in self.pauses:
            pause[2] = pause[2] or self.now

    def _restart(self) -> None:
        sla = standards().sla(self.service_code)
        round_ = max(each.state.round for each in self.watches) + 1
        self._start(
            Promise(ClockKind.ACKNOWLEDGE, sla.acknowledge_minutes, sla.calendar_code), sla.id, round_
        )
        self._start(Promise(ClockKind.RESOLVE, sla.reopened_minutes, sla.calendar_code), sla.id, round_)


SYSTEM_KEY: tuple[str, int | None] = ("system", None)
