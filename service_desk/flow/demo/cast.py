"""Who acts: clerks of the centres, residents with invented numbers, followers with their links, and what they were told."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import func, select

from service_desk import config
from service_desk.city import kept
from service_desk.extensions import db
from service_desk.flow.demo import mix
from service_desk.flow.telling import values_of
from service_desk.messages import actions as messages
from service_desk.messages import rules as message_rules
from service_desk.people.models import ApiKey, Membership, Resident
from service_desk.people.rules import digest, link_token
from service_desk.work import new_id, tenant_id

if TYPE_CHECKING:
    import random
    from datetime import datetime

    from service_desk.flow.demo.copying import Sheets
    from service_desk.flow.demo.life import Life
    from service_desk.tickets.models import Ticket

#: numbers of the demo's residents begin so; nothing is ever sent to them, since the demo needs the sandbox
PREFIX = "+97250555"
MOST_RESIDENTS = 9_900


@dataclass(slots=True)
class Person:
    """A resident of the demo, or nobody with a phone (id None). locale and channel: as chosen last."""

    id: int | None
    phone: str
    name: str
    locale: str
    channel: str


class Cast:
    """Draws people and keeps the rows about them."""

    def __init__(self, chance: random.Random, words: dict[str, Any], sheets: Sheets, total: int) -> None:
        """total: tickets to come; about two tickets come from one number."""
        self._chance, self._words, self._sheets = chance, words, sheets
        self._languages, self._shares = list(mix.LANGUAGES), list(mix.LANGUAGES.values())
        self._people: list[Person] = []
        taken = select(func.count()).where(
            Resident.authority_id == tenant_id(), Resident.phone.startswith(PREFIX)
        )
        self._taken = int(db.session.execute(taken).scalar_one())
        self._wanted = max(int(total * mix.WITH_PHONE / 2), 3)
        self._clerks = self._staff()
        self._key = db.session.scalar(
            select(ApiKey.id).where(ApiKey.authority_id == tenant_id(), ApiKey.name == "demo")
        )
        self._secret = config.current().secret_key
        self._base = kept.public_base_url()

    def _staff(self) -> dict[int, list[int]]:
        query = select(Membership.centre_id, Membership.staff_id).where(
            Membership.authority_id == tenant_id(), Membership.role.in_(("clerk", "manager"))
        )
        found: dict[int, list[int]] = {}
        for centre_id, staff_id in db.session.execute(query.order_by(Membership.staff_id)):
            found.setdefault(centre_id, []).append(staff_id)
        return found

    def clerk(self, centre_id: int) -> tuple[str, int | None]:
        """Draw who acts for a centre: its clerk, or now and then its manager."""
        held = self._clerks.get(centre_id)
        return ("staff", held[-1 if self._chance.random() < 0.2 else 0]) if held else ("system", None)

    def filer(self, channel: str, centre_id: int) -> tuple[str, int | None]:
        """Return who opens a report that came by this door."""
        if channel in {"phone", "walk_in"}:
            return self.clerk(centre_id)
        return ("api", self._key) if channel == "open311" else ("resident", None)

    def person(self, now: datetime) -> Person:
        """Draw somebody, with a phone or without; a new number's row is kept."""
        chance = self._chance
        if chance.random() >= mix.WITH_PHONE:
            return Person(None, "", "", self.language(), "none")
        room = len(self._people) + self._taken < MOST_RESIDENTS
        if self._people and (not room or chance.random() > self._wanted / (self._wanted + len(self._people))):
            return chance.choice(self._people)
        if not room:
            return Person(None, "", "", self.language(), "none")
        draw = chance.random()
        channel = (
            "none"
            if draw < mix.NO_MESSAGES
            else "whatsapp"
            if draw < mix.NO_MESSAGES + mix.ON_WHATSAPP
            else "sms"
        )
        name = chance.choice(self._words["names"]) if chance.random() < 0.4 else ""
        made = Person(
            new_id(), f"{PREFIX}{len(self._people) + self._taken:04d}", name, self.language(), channel
        )
        self._people.append(made)
        row: tuple[Any, ...] = (
            tenant_id(),
            made.id,
            made.phone,
            made.name,
            made.locale,
            made.channel,
            [],
            None,
            now,
        )
        self._sheets.add("residents", row)
        return made

    def language(self) -> str:
        """Draw a language."""
        return self._chance.choices(self._languages, self._shares)[0]

    def follow(self, life: Life, person: Person, role: str) -> messages.Recipient:
        """Let the person follow the ticket; returns how she is told. Her row is written by `keep`."""
        nonce = secrets.token_bytes(16)
        token = link_token(self._secret, tenant_id(), nonce)
        recipient = messages.Recipient(
            new_id(), person.id, person.locale, person.channel, person.phone, (), f"{self._base}/t/{token}"
        )
        life.followers.append((recipient, role, digest(token), nonce, life.now))
        return recipient

    def keep_followers(self, life: Life) -> None:
        """Write the ticket's followers; those of a merged one follow the ticket that stayed."""
        ticket_id = life.merged_into_id or life.id
        for person, role, hashed, nonce, at in life.followers:
            shown = "follower" if life.merged_into_id else role
            channel = person.channel if person.address else "none"
            self._sheets.add(
                "followers",
                (
                    tenant_id(),
                    person.follower_id,
                    ticket_id,
                    person.resident_id,
                    shown,
                    person.locale,
                    channel,
                    hashed,
                    nonce,
                    at,
                    None,
                ),
            )

    def tell(
        self, life: Life, word: str, seq: int, values: dict[str, Any], people: list[messages.Recipient]
    ) -> None:
        """Write the messages of an event, in the state in which a year has left them."""
        ticket = cast("Ticket", life)
        for row in messages.rows_to_tell(ticket, word, seq, people, values_of(ticket, **values), life.now):
            if row["state"] == "pending":
                self._settle(row)
            self._sheets.add_mapping(
                "messages",
                row | {"attempt": row.get("attempt", 0), "reconciled": 0, "is_possible_duplicate": False},
            )
            if row["state"] != "skipped":
                self._attempt(row)

    def _settle(self, row: dict[str, Any]) -> None:
        draw = self._chance.random()
        state = (
            "undelivered"
            if draw < 0.012 and row["channel"] == "sms"
            else "read"
            if row["channel"] == "whatsapp" and draw < 0.75
            else "delivered"
        )
        claimed = row["created_at"] + timedelta(seconds=self._chance.randrange(1, 9))
        row |= {
            "state": state,
            "attempt": 1,
            "attempt_token": message_rules.attempt_token(tenant_id(), secrets.token_urlsafe(24)),
            "claimed_at": claimed,
            "lease_until": None,
            "next_try_at": None,
            "reason": "lost" if state == "undelivered" else None,
            "provider_id": f"SBX{row['id']:x}-1",
            "error_code": "30003" if state == "undelivered" else None,
            "settled_at": claimed + timedelta(seconds=self._chance.randrange(1, 40)),
        }

    def _attempt(self, row: dict[str, Any]) -> None:
        done = (
            tenant_id(),
            row["attempt_token"],
            row["id"],
            1,
            row["claimed_at"],
            row["claimed_at"] + timedelta(seconds=1),
            "accepted",
            row["provider_id"],
            None,
        )
        self._sheets.add("attempts", done)
