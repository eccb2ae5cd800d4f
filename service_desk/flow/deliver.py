"""Send what is due: ask about the unknown first, then claim, send several at once with no connection held, settle."""

from __future__ import annotations

import random
import time
from collections import Counter
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import TYPE_CHECKING

from service_desk import clock, config, work
from service_desk.flow import reconcile
from service_desk.flow.telling import DELIVER
from service_desk.messages import actions as messages
from service_desk.messages import queries
from service_desk.messages.channels import channel_for
from service_desk.messages.channels.contract import (
    Ambiguous,
    ChannelError,
    PermanentConfig,
    PermanentRecipient,
    Retryable,
    Sent,
)
from service_desk.telemetry import budget_spent, log, messages_settled

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from service_desk.messages.channels.contract import Channel, Envelope

#: So many in a row without a yes, and the provider is left alone until the sweep rings again.
_PATIENCE = 3
#: calls to the provider at the same time, once it has said yes often enough
_WIDEST = 32
#: answers that come within so short a time (s) are written down together
_TOGETHER_SECONDS = 0.02
#: no new message is taken up after so long (s): a worker that is asked to stop is soon done
_SHIFT_SECONDS = 15.0
_NOT_YES = frozenset({"put_back", "unknown", "misconfigured"})


def deliver_messages(
    authority_id: int,
    limit: int = 1000,
    *,
    channel: Channel | None = None,
    now: Callable[[], datetime] = clock.now,
) -> dict[str, int]:
    """Drain one authority's due messages, at most `limit`. Safe to run twice and side by side.

    Returns how many ended how: accepted, put_back, given_up, unknown, skipped, and what reconciling found. When the
    limit or the shift's end was reached the bell is rung again, so one long queue does not keep a worker for itself.
    Should the worker or the database go, rows stay in sending, to be asked about when their lease is over.
    """
    channel = channel or channel_for(config.current())
    with work.tenant(authority_id):
        found = reconcile.reconcile_messages(channel, min(limit, 50), now)
        left = _left_today(now())
        shift = _Shift(channel, now, limit if left is None else min(limit, left or limit), is_spent=left == 0)
        shift.work()
        if shift.has_more:
            with work.transaction() as after:
                after.ring(DELIVER, authority_id)
    return dict(Counter(found) + shift.counts)


def _left_today(now: datetime) -> int | None:
    """Return how many more messages the city may hand over on this day of its own; None: it set no limit."""
    most = config.current().messages_per_day
    if not most:
        return None
    midnight = clock.local(now).replace(hour=0, minute=0, second=0, microsecond=0)
    left = most - queries.tries_since(midnight, most)
    budget_spent.set(left == 0)
    if left == 0:
        log.warning("budget_spent", most=most)
    return left


class _Shift:
    """One worker's turn at the outbox: few calls at first, more with each yes, none after too many in a row without one.

    The provider is called by threads that cannot reach the database; what they bring back is settled here.
    """

    def __init__(
        self, channel: Channel, now: Callable[[], datetime], limit: int, *, is_spent: bool = False
    ) -> None:
        self.channel, self.now, self.left, self.is_spent = channel, now, limit, is_spent
        self.counts: Counter[str] = Counter()
        self.has_more = False
        self._width, self._failures = _PATIENCE, 0
        self._end = time.monotonic() + _SHIFT_SECONDS

    def work(self) -> None:
        """Claim, send and settle until nothing is due or the turn is over."""
        in_air: dict[Future[Sent | ChannelError], Envelope] = {}
        with ThreadPoolExecutor(_WIDEST, "send") as threads:
            while True:
                in_air |= {
                    threads.submit(_send, self.channel, envelope): envelope
                    for envelope in self._claim(self._width - len(in_air))
                }
                if not in_air:
                    return
                done, _others = wait(in_air, _TOGETHER_SECONDS)
                if not done:
                    done, _others = wait(in_air, return_when=FIRST_COMPLETED)
                self._settle([(in_air.pop(each), each.result()) for each in done])

    def _claim(self, count: int) -> list[Envelope]:
        """Take so many more messages, as far as the turn allows; commit before any of them leaves."""
        count = min(count, self.left)
        if count <= 0 or self._failures >= _PATIENCE:
            return []
        if time.monotonic() >= self._end:
            self.has_more = True
            return []
        taken: list[Envelope] = []
        ended = count
        while ended and not taken and self.left > 0:
            with work.transaction():
                taken, ended = messages.claim_due(
                    self.now(), min(count, self.left), only_pressing=self.is_spent
                )
            self.counts["skipped"] += ended
            self.left -= ended + len(taken)
        self.has_more = self.left <= 0
        return taken

    def _settle(self, answers: list[tuple[Envelope, Sent | ChannelError]]) -> None:
        """Write down what came of some attempts, in one transaction."""
        instant = self.now()
        accepted = [(envelope, answer) for envelope, answer in answers if isinstance(answer, Sent)]
        with work.transaction():
            messages.mark_all_accepted(accepted, instant)
            outcomes = [(envelope, "accepted") for envelope, _ in accepted]
            outcomes += [
                (envelope, _settle_failure(envelope, answer, instant))
                for envelope, answer in answers
                if isinstance(answer, ChannelError)
            ]
        for envelope, outcome in outcomes:
            self._count(envelope, outcome)

    def _count(self, envelope: Envelope, outcome: str) -> None:
        self.counts[outcome] += 1
        self._failures = self._failures + 1 if outcome in _NOT_YES else 0
        self._width = _PATIENCE if outcome in _NOT_YES else min(self._width + 1, _WIDEST)
        messages_settled.labels(channel=envelope.channel, outcome=outcome).inc()
        if envelope.is_possible_duplicate:
            messages_settled.labels(channel=envelope.channel, outcome="possible_duplicate").inc()


def _send(channel: Channel, envelope: Envelope) -> Sent | ChannelError:
    """Call the provider, in a thread of its own; its refusal is an answer too, and so is a fault of ours in the middle."""
    try:
        return channel.send(envelope)
    except ChannelError as error:
        return error
    except Exception as error:  # noqa: BLE001 — one bad message stops no other; the error is logged whole
        log.error("message_crashed", message_id=envelope.message_id, exc_info=error)
        return Ambiguous("crash")


def _settle_failure(envelope: Envelope, error: ChannelError, now: datetime) -> str:
    """Write down a refusal or a silence, within the caller's transaction; return the word to count."""
    match error:
        case Retryable():
            draw = random.random()  # noqa: S311 — spreads retries, keeps no secret
            messages.put_back(
                envelope, now, code=error.code, wait_seconds=error.retry_after_seconds, draw=draw
            )
            return "put_back"
        case Ambiguous():
            messages.mark_unknown(envelope, now, code=error.code)
            return "unknown"
        case PermanentRecipient():
            messages.give_up(envelope, now, code=error.code, reason="recipient")
            return "given_up"
        case PermanentConfig():
            messages.give_up(envelope, now, code=error.code, reason="config")
            log.error(
                "message_misconfigured",
                message_id=envelope.message_id,
                channel=envelope.channel,
                code=error.code,
            )
            return "misconfigured"
    raise error
