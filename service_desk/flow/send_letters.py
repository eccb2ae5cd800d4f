"""Letters with booklets are sent: claimed one at a time, handed to the city's mail server, settled; never lost in between."""

from __future__ import annotations

import time
from collections import Counter
from typing import TYPE_CHECKING

from service_desk import clock, config
from service_desk.errors import NotAllowed
from service_desk.messages.channels import offered
from service_desk.messages.channels.contract import (
    Ambiguous,
    ChannelError,
    PermanentConfig,
    PermanentRecipient,
)
from service_desk.people.rules import may
from service_desk.reports import booklets, letters
from service_desk.telemetry import log, messages_settled
from service_desk.work import tenant_id, transaction

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from email.message import EmailMessage

    from service_desk.config import Settings
    from service_desk.messages.channels.contract import Carrier
    from service_desk.people.rules import Actor
    from service_desk.reports.letters import Claimed
    from service_desk.reports.models import Booklet

    #: puts a letter together: (booklet, address, language, id of the letter)
    Compose = Callable[[Booklet, str, str, int], EmailMessage]

SEND = "service_desk.jobs.send_letters"
#: no further letter is begun after so long (s); the next run goes on
SHIFT_SECONDS = 60.0
#: so many refusals in a row, and the mail server is left alone until the next run
PATIENCE = 3


def has_mail(settings: Settings) -> bool:
    """Say whether letters go anywhere: to a mail server, or to the sandbox."""
    return "email" in offered(settings)


def ring_letters() -> None:
    """Ask a worker to send what is due: drawing a booklet takes seconds, and the timetable waits for nothing."""
    now = clock.now()
    with transaction() as after:
        if has_mail(config.current()) and letters.has_due(now):
            after.ring(SEND, tenant_id())


def send_letters(
    carrier: Carrier,
    compose: Compose,
    *,
    now: Callable[[], datetime] = clock.now,
) -> dict[str, int]:
    """Send the letters that are due, one at a time. Returns how many ended how: sent, put_back, unknown, given_up.

    A letter is claimed and the claim committed before anything leaves: a worker that dies has the letter sent again
    after the lease, and that one is counted as a possible duplicate. Safe to run side by side.
    """
    counts: Counter[str] = Counter()
    began, refused = time.monotonic(), 0
    while refused < PATIENCE and time.monotonic() - began < SHIFT_SECONDS:
        with transaction():
            claimed = letters.claim(now())
        if claimed is None:
            break
        outcome = _send(carrier, compose, claimed, now)
        refused = 0 if outcome in ("sent", "given_up") else refused + 1
        counts[outcome] += 1
        messages_settled.labels(channel="letter", outcome=outcome).inc()
        if claimed.is_again:
            counts["possible_duplicate"] += 1
            messages_settled.labels(channel="letter", outcome="possible_duplicate").inc()
    return dict(counts)


def _send(
    carrier: Carrier,
    compose: Compose,
    claimed: Claimed,
    now: Callable[[], datetime],
) -> str:
    try:
        with transaction():
            booklet = booklets.taken_out(claimed.booklet_id)
        letter = compose(booklet, claimed.email, claimed.locale, claimed.id)
    except Exception as error:  # noqa: BLE001 — one letter that cannot be drawn stops no other; logged whole
        log.error("letter_not_drawn", letter_id=claimed.id, exc_info=error)
        with transaction():
            return letters.put_back(claimed, now(), "not_drawn", is_unknown=False)
    try:
        carrier.post(claimed.email, letter)
    except ChannelError as error:
        return _failed(claimed, error, now())
    with transaction():
        letters.mark_sent(claimed, now())
    return "sent"


def _failed(claimed: Claimed, error: ChannelError, now: datetime) -> str:
    """Write a refusal or a silence down; return the word to count."""
    if isinstance(error, PermanentConfig):
        # it may be mended by the time of the next try
        log.error("letter_misconfigured", letter_id=claimed.id, code=error.code)
    with transaction():
        return letters.put_back(
            claimed,
            now,
            error.code,
            is_unknown=isinstance(error, Ambiguous),
            is_final=isinstance(error, PermanentRecipient),
        )


def send_again(letter_id: int, actor: Actor) -> None:
    """Let a letter that was given up go again. Raises NotAllowed, NotFound."""
    if not may(actor, "see_figures"):
        raise NotAllowed
    now = clock.now()
    with transaction() as after:
        letters.try_again(letter_id, now)
        after.ring(SEND, tenant_id())
