"""The city's own words for messages: what is in force, every version there was, and the writes of who edits them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select, update

from service_desk.city.actions import note_change
from service_desk.city.kept import Kept
from service_desk.extensions import db
from service_desk.messages.models import Wording
from service_desk.people.models import Staff
from service_desk.work import new_id, tenant_id

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

Place = tuple[str, str, str]


def _read() -> Mapping[Place, str]:
    mine = (Wording.authority_id == tenant_id(), Wording.valid_to.is_(None))
    rows = db.session.execute(
        select(Wording.event, Wording.channel, Wording.locale, Wording.body).where(*mine)
    )
    return {(row.event, row.channel, row.locale): row.body for row in rows}


_kept = Kept(_read)


def in_force() -> Mapping[Place, str]:
    """Return {(event, channel, language): the city's own words}; what is not there goes by the words of the house.

    Those for WhatsApp are what the city wants: what is sent is decided by `for_whatsapp` and the approvals.
    """
    return _kept.get()


def _read_whatsapp() -> Mapping[tuple[str, str], tuple[tuple[int, str], ...]]:
    mine = (Wording.authority_id == tenant_id(), Wording.channel == "whatsapp")
    query = select(
        Wording.event, Wording.locale, Wording.version, Wording.body, Wording.valid_from, Wording.valid_to
    )
    found: dict[tuple[str, str], list[tuple[int, str]]] = {}
    followed_at: dict[tuple[str, str], datetime | None] = {}
    for row in db.session.execute(query.where(*mine).order_by(Wording.version.desc())):
        place = (row.event, row.locale)
        if followed_at.get(place) != row.valid_to:
            continue  # the words of the house held after it
        found.setdefault(place, []).append((row.version, row.body))
        followed_at[place] = row.valid_from
    return {place: tuple(versions) for place, versions in found.items()}


_kept_whatsapp = Kept(_read_whatsapp)


def for_whatsapp() -> Mapping[tuple[str, str], tuple[tuple[int, str], ...]]:
    """Return {(event, language): ((version, words), …)}: what the city wants, then what each took the place of.

    The first that WhatsApp has approved is sent; versions from before the words of the house held again are not there.
    """
    return _kept_whatsapp.get()


def history(event: str, channel: str, locale: str) -> list[tuple[Wording, str]]:
    """Return every version, newest first, with the name of who wrote it."""
    who = (Staff.authority_id == Wording.authority_id) & (Staff.id == Wording.created_by)
    query = (
        select(Wording, func.coalesce(Staff.name, ""))
        .outerjoin(Staff, who)
        .where(*_at(event, channel, locale))
        .order_by(Wording.version.desc())
    )
    return list(db.session.execute(query).tuples())


def keep(event: str, channel: str, locale: str, body: str, now: datetime, staff_id: int | None) -> int:
    """Put new words in force; those before stay readable. Returns the version's number."""
    number = next_number(event, channel, locale)
    end(event, channel, locale, now)
    db.session.add(
        Wording(
            authority_id=tenant_id(),
            id=new_id(),
            event=event,
            channel=channel,
            locale=locale,
            version=number,
            body=body,
            valid_from=now,
            created_by=staff_id,
        )
    )
    db.session.flush()  # two editors at once: the second meets the unique version here
    return number


def next_number(event: str, channel: str, locale: str) -> int:
    """Return the number that the next version gets; its form carries it, so that two editors do not undo each other."""
    last = db.session.scalar(select(func.max(Wording.version)).where(*_at(event, channel, locale)))
    return (last or 0) + 1


def end(event: str, channel: str, locale: str, now: datetime) -> None:
    """Take the city's words out of force: the words of the house hold again."""
    still = (*_at(event, channel, locale), Wording.valid_to.is_(None))
    db.session.execute(
        update(Wording).where(*still).values(valid_to=now).execution_options(synchronize_session=False)
    )
    note_change()


def _at(event: str, channel: str, locale: str) -> tuple[Any, ...]:
    return (
        Wording.authority_id == tenant_id(),
        Wording.event == event,
        Wording.channel == channel,
        Wording.locale == locale,
    )
