"""Letters with booklets: one per reader and booklet. Claimed, sent, settled; tried again; given up in the open.

`trouble` says what is known of an unsent letter: a mail server's code, a word of ours, or SENDING while somebody has it.
A letter whose earlier try may have arrived carries it on (AGAIN, UNKNOWN), so that what may be there twice is counted:
once it is sent its trouble is TWICE, otherwise none.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import func, select, text, update

from service_desk.errors import NotFound
from service_desk.extensions import db
from service_desk.people.models import Staff
from service_desk.reports.models import Booklet, Letter
from service_desk.reports.rules.booklets import LEASE, next_try
from service_desk.work import new_id, put, tenant_id

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from sqlalchemy import Table

SENDING, AGAIN, UNKNOWN, TWICE = "sending", "sending_again", "unknown", "maybe_twice"
#: so many lines of letters that could not be sent are shown
MOST_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Claimed:
    """A letter to be sent now. tries: this one counted; is_again: an earlier try may have arrived."""

    id: int
    tries: int
    is_again: bool
    email: str
    locale: str
    booklet_id: int


@dataclass(frozen=True, slots=True)
class Line:
    """A letter in a list. next_try_at None and sent_at None: given up."""

    id: int
    staff_id: int
    reader: str
    booklet_id: int
    centre_id: int
    month: date
    created_at: datetime
    next_try_at: datetime | None
    tries: int
    sent_at: datetime | None
    trouble: str | None


def write(booklet_id: int, staff_ids: Iterable[int], now: datetime) -> int:
    """Write a letter to each reader, once however often it is asked. Returns to how many."""
    rows = [
        {
            "authority_id": tenant_id(),
            "id": new_id(),
            "staff_id": each,
            "booklet_id": booklet_id,
            "created_at": now,
            "next_try_at": now,
            "tries": 0,
        }
        for each in staff_ids
    ]
    if rows:
        put(cast("Table", Letter.__table__), rows, "ON CONFLICT DO NOTHING")
    return len(rows)


def has_due(now: datetime) -> bool:
    """Say whether a letter is to be sent now. One statement."""
    due = select(Letter.id).where(
        Letter.authority_id == tenant_id(), Letter.sent_at.is_(None), Letter.next_try_at <= now
    )
    return bool(db.session.scalar(select(due.exists())))


_CLAIM = f"""
UPDATE letters l SET tries = l.tries + 1, next_try_at = :until,
  trouble = CASE WHEN l.trouble IN ('{SENDING}', '{AGAIN}', '{UNKNOWN}') THEN '{AGAIN}' ELSE '{SENDING}' END
FROM staff s
WHERE l.authority_id = :here AND s.authority_id = l.authority_id AND s.id = l.staff_id AND l.id = (
  SELECT id FROM letters WHERE authority_id = :here AND sent_at IS NULL AND next_try_at <= :now
  ORDER BY next_try_at, id LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING l.id, l.tries, l.trouble = '{AGAIN}', s.email, s.locale, l.booklet_id
"""  # noqa: S608 — words of our own


def claim(now: datetime) -> Claimed | None:
    """Take the letter that waits longest, so that nobody else sends it; None when none is due. One statement.

    It is free again after LEASE, should whoever took it be gone.
    """
    row = db.session.execute(
        text(_CLAIM), {"here": tenant_id(), "now": now, "until": now + LEASE}
    ).one_or_none()
    return Claimed(*row) if row else None


def mark_sent(letter: Claimed, now: datetime) -> bool:
    """Write down that it was handed over. Returns False when somebody else has taken it since."""
    trouble = TWICE if letter.is_again else None
    return _settle(letter, sent_at=now, next_try_at=None, trouble=trouble)


def put_back(letter: Claimed, now: datetime, code: str, *, is_unknown: bool, is_final: bool = False) -> str:
    """Write down that it did not go, and when it goes again. Returns put_back, unknown or given_up.

    is_unknown: it may have arrived; is_final: nothing would come of another try.
    """
    again = None if is_final else next_try(letter.tries, now)
    trouble = UNKNOWN if is_unknown or letter.is_again else code
    _settle(letter, next_try_at=again, trouble=trouble)
    return "given_up" if again is None else "unknown" if is_unknown else "put_back"


def _settle(letter: Claimed, **values: object) -> bool:
    done = db.session.execute(
        update(Letter)
        .where(Letter.authority_id == tenant_id(), Letter.id == letter.id, Letter.tries == letter.tries)
        .where(Letter.sent_at.is_(None))
        .values(**values)
    )
    return bool(getattr(done, "rowcount", 0))


def doubt_all() -> None:
    """Mark every unsent letter as one that may have arrived: a restored backup does not know what left after it was made."""
    db.session.execute(
        update(Letter)
        .where(Letter.authority_id == tenant_id(), Letter.sent_at.is_(None))
        .values(trouble=UNKNOWN)
    )


def try_again(letter_id: int, now: datetime) -> None:
    """Let a letter that was given up go again. Raises NotFound when it is none of those."""
    found = db.session.scalar(
        select(Letter)
        .where(
            Letter.authority_id == tenant_id(),
            Letter.id == letter_id,
            Letter.sent_at.is_(None),
            Letter.next_try_at.is_(None),
        )
        .with_for_update()
    )
    if found is None:
        raise NotFound
    found.tries, found.next_try_at = 0, now


def unsent() -> list[Line]:
    """Return the letters that wait or were given up, those given up first. One statement."""
    query = (
        _lines().where(Letter.sent_at.is_(None)).order_by(Letter.next_try_at.desc().nulls_first(), Letter.id)
    )
    return [Line(*row) for row in db.session.execute(query.limit(MOST_SHOWN))]


def own_sent(staff_id: int, limit: int = 12) -> list[Line]:
    """Return the letters that went to this person, newest first. One statement."""
    query = _lines().where(Letter.staff_id == staff_id, Letter.sent_at.is_not(None))
    return [Line(*row) for row in db.session.execute(query.order_by(Letter.sent_at.desc()).limit(limit))]


def _lines() -> Any:
    same_booklet = (Booklet.authority_id == Letter.authority_id) & (Booklet.id == Letter.booklet_id)
    same_staff = (Staff.authority_id == Letter.authority_id) & (Staff.id == Letter.staff_id)
    return (
        select(
            Letter.id, Letter.staff_id, Staff.name, Letter.booklet_id, Booklet.centre_id, Booklet.month, Letter.created_at,
            Letter.next_try_at, Letter.tries, Letter.sent_at, Letter.trouble,
        )
        .join(Booklet, same_booklet)
        .join(Staff, same_staff)
        .where(Letter.authority_id == tenant_id())
    )  # fmt: skip


def counts() -> dict[str, int]:
    """Return how many letters stand how: waiting, given_up, sent, maybe_twice. One statement."""
    query = select(
        func.count().filter(Letter.sent_at.is_(None), Letter.next_try_at.is_not(None)),
        func.count().filter(Letter.sent_at.is_(None), Letter.next_try_at.is_(None)),
        func.count().filter(Letter.sent_at.is_not(None)),
        func.count().filter(Letter.trouble == TWICE),
    ).where(Letter.authority_id == tenant_id())
    row = db.session.execute(query).one()
    return dict(zip(("waiting", "given_up", "sent", "maybe_twice"), map(int, row), strict=True))


def address_of(staff_id: int) -> str:
    """Return where letters to this person go. Raises NotFound."""
    found = db.session.scalar(
        select(Staff.email).where(Staff.authority_id == tenant_id(), Staff.id == staff_id)
    )
    if found is None:
        raise NotFound
    return found
