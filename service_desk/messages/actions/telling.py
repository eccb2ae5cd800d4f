"""Telling the people who follow a ticket: one row a person, written with the event itself, in one statement."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import update

from service_desk import config, work
from service_desk.city import kept
from service_desk.extensions import db
from service_desk.messages import rules, whatsapp_words, wording
from service_desk.messages.actions.timing import QUIET, allowed_from
from service_desk.messages.approvals import can_use
from service_desk.messages.channels import offered
from service_desk.messages.models import Message
from service_desk.messages.rules.choosing import Choice, Wish, choose
from service_desk.messages.rules.hours import is_urgent
from service_desk.messages.rules.segments import segments
from service_desk.people.rules import link_token
from service_desk.work import put, put_and_get

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Table

    from service_desk.messages.models import Preference
    from service_desk.people.models import Resident
    from service_desk.tickets.models import Follower, Ticket

_TOLD_ONCE = "ON CONFLICT (authority_id, dedupe_key) DO NOTHING RETURNING id, state"


@dataclass(frozen=True)
class Recipient:
    """Who is told, and how. address: E.164, '' without a phone; link: the person's private page.

    channel: as asked for with this request; wish: what she asked for once for all, which goes before it.
    """

    follower_id: int
    resident_id: int | None
    locale: str
    channel: str
    address: str
    stopped: tuple[str, ...]
    link: str
    wish: Wish | None = None
    last_inbound_at: datetime | None = None


def recipient(
    follower: Follower, resident: Resident | None, preference: Preference | None = None
) -> Recipient:
    """Put together what a message needs of a follower and the person behind it (None: no phone was left)."""
    settings = config.current()
    token = link_token(settings.secret_key, follower.authority_id, follower.token_nonce)
    return Recipient(
        follower_id=follower.id,
        resident_id=follower.resident_id,
        locale=preference.locale if preference else follower.locale,
        channel=follower.channel,
        address=resident.phone if resident else "",
        stopped=tuple(resident.stopped or ()) if resident else (),
        link=f"{kept.public_base_url()}/t/{token}",
        wish=wish_of(preference),
        last_inbound_at=resident.last_inbound_at if resident else None,
    )


def wish_of(preference: Preference | None) -> Wish | None:
    """Return a person's wish as a value; None: she said nothing."""
    if preference is None:
        return None
    return Wish(preference.channel, preference.locale, preference.email, preference.is_any_hour)


def tell(
    ticket: Ticket,
    event: str,
    seq: int,
    recipients: Sequence[Recipient],
    values: Mapping[str, Any],
    now: datetime,
) -> list[int]:
    """Write one message to each recipient about event number seq of the ticket; older pending ones give way to it.

    values: see wording.render (reference and link are added here). Two statements for any number of people.
    Returns the ids of the rows to send; the same fact told again returns none.
    """
    rows = rows_to_tell(ticket, event, seq, recipients, values, now)
    supersede(ticket.id, event, seq, [row["follower_id"] for row in rows], now)
    return insert_rows(rows)


def rows_to_tell(
    ticket: Ticket,
    event: str,
    seq: int,
    recipients: Sequence[Recipient],
    values: Mapping[str, Any],
    now: datetime,
) -> list[dict[str, Any]]:
    """Return the message rows, rendered, without a query. Whoever is not written to gets a row that says why."""
    return [_row(ticket, event, seq, person, values, now) for person in recipients]


def insert_rows(rows: Sequence[Mapping[str, Any]]) -> list[int]:
    """Write the rows in one statement; a fact already told is left as it is. Returns the ids that are to be sent."""
    if not rows:
        return []
    written = put_and_get(cast("Table", Message.__table__), rows, _TOLD_ONCE)
    return [row.id for row in written if row.state == "pending"]


def put_first(rows: Sequence[Mapping[str, Any]]) -> list[int]:
    """Write the rows about a ticket that this very work opens: nothing can have been told before, so nothing is asked back.

    Within `work.gather` they go with the ticket, in one statement. Returns the ids that are to be sent.
    """
    if rows:
        put(cast("Table", Message.__table__), rows)
    return [row["id"] for row in rows if row["state"] == "pending"]


def supersede(ticket_id: int, event: str, seq: int, follower_ids: Collection[int], now: datetime) -> int:
    """Retire older, still pending messages of the ticket to these people. Returns how many. Questions stay."""
    if event in rules.KEPT or seq <= 1 or not follower_ids:
        return 0
    older = (
        update(Message)
        .where(
            Message.authority_id == work.tenant_id(),
            Message.ticket_id == ticket_id,
            Message.follower_id.in_(follower_ids),
            Message.state == "pending",
            Message.event_seq < seq,
            Message.event.not_in(rules.KEPT),
        )
        .values(state="superseded", reason="newer_message", next_try_at=None, settled_at=now)
        .execution_options(synchronize_session=False)
    )
    return int(db.session.execute(older).rowcount)  # type: ignore[attr-defined]  # an UPDATE has a count


def _row(
    ticket: Ticket, event: str, seq: int, person: Recipient, values: Mapping[str, Any], now: datetime
) -> dict[str, Any]:
    choice = choose(
        person.channel,
        person.wish,
        phone=person.address,
        locale=person.locale,
        offered=offered(config.current()),
        stopped=person.stopped,
    )
    choice = _sayable(choice, event, person, now)
    reason = _why_not(choice, person)
    words, kept_beside = ("", {}) if reason else _words(ticket, event, choice.channel, person, values)
    urgent = is_urgent(
        event,
        choice.channel,
        is_hazard=ticket.is_hazard,
        is_any_hour=person.wish is not None and person.wish.is_any_hour,
        last_inbound_at=person.last_inbound_at,
        now=now,
    )
    start = now if urgent or reason else allowed_from(now)
    return {
        "authority_id": ticket.authority_id,
        "id": work.new_id(),
        "ticket_id": ticket.id,
        "event_seq": seq,
        "event": event,
        "resident_id": person.resident_id,
        "follower_id": person.follower_id,
        "channel": choice.channel,
        "address": choice.address,
        "locale": person.locale,
        "body": words,
        "template_values": kept_beside,
        "dedupe_key": rules.dedupe_key(event, ticket.id, seq, person.follower_id, choice.channel),
        "state": "skipped" if reason else "pending",
        "reason": reason or (QUIET if start > now else None),
        "created_at": now,
        "next_try_at": None if reason else start,
        "settled_at": now if reason else None,
        "expires_at": rules.expires_at(event, start),
        "segments": segments(words)[1] if words and choice.channel == "sms" else None,
        "channel_reason": choice.reason,
        "is_urgent": urgent,
    }


def _sayable(choice: Choice, event: str, person: Recipient, now: datetime) -> Choice:
    """Return the choice; SMS when WhatsApp would take neither free words now nor a template of this event and language."""
    if (
        choice.channel != "whatsapp"
        or rules.may_use_free_words(person.last_inbound_at, now)
        or can_use(whatsapp_words.present(event, person.locale)[0])
    ):
        return choice
    return Choice("sms", choice.address, "template_not_approved")


def _why_not(choice: Choice, person: Recipient) -> str | None:
    """Return the reason not to write, in the row's words; None: write."""
    if choice.channel == "none" and choice.reason != "nothing_asked":
        return choice.reason
    return rules.why_skip(has_phone=bool(choice.address), channel=choice.channel, stopped=person.stopped)


def _words(
    ticket: Ticket, event: str, channel: str, person: Recipient, values: Mapping[str, Any]
) -> tuple[str, dict[str, Any]]:
    """Return the body and what stands beside it. A sensitive ticket never names its topic."""
    facts = {
        **values,
        "reference": ticket.reference,
        "link": person.link,
        "is_sensitive": ticket.is_sensitive,
    }
    return words_of(event, channel, person.locale, facts)


def words_of(event: str, channel: str, locale: str, facts: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """Return a message's words on a channel, and what its row keeps beside them. facts: see wording.render."""
    if channel == "whatsapp":
        return wording.render_both(event, locale, facts)
    if channel == "email":
        return wording.render_letter(event, locale, facts)
    return wording.render(event, channel, locale, facts), {}
