"""A person says how she wants to hear from the city, or that she does not."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from service_desk import clock, config, work
from service_desk.errors import BadInput, NotFound
from service_desk.flow.enter import who_visits
from service_desk.messages import actions as messages
from service_desk.messages import queries
from service_desk.messages.actions import consenting
from service_desk.messages.actions.consenting import NEWS, SERVICE
from service_desk.messages.channels import offered
from service_desk.messages.rules.choosing import SPOKEN, Wish
from service_desk.tickets.queries import followed

if TYPE_CHECKING:
    from service_desk.people.models import Resident
    from service_desk.tickets.models import Follower, Ticket

#: one address, loosely: only a letter that arrives proves it
_EMAIL = re.compile(r"[^\s@,;<>\"]{1,64}@[^\s@,;<>\"]{1,180}\.[^\s@.,;<>\"]{2,60}")
CHANNELS = ("sms", "whatsapp", "voice", "email", "none")
MOST_TICKETS = 50


@dataclass(frozen=True)
class Hearing:
    """What the page shows of a person: how she hears, whether she wants news, and what she follows, newest first."""

    phone: str
    wish: Wish
    wants_news: bool
    followed: list[tuple[Ticket, Follower]]


def see_hearing(token: str) -> Hearing:
    """Read the page behind a code. Raises NotFound when the visit is over."""
    resident = _visitor(token)
    preference = queries.preference_of(resident.id)
    wish = messages.wish_of(preference) or Wish(resident.channel, resident.locale)
    return Hearing(
        resident.phone, wish, queries.has_agreed(resident.id, NEWS), followed(resident.id, MOST_TICKETS)
    )


def can_have(channel: str, locale: str) -> bool:
    """Say whether this installation can write to a person by the channel in her language."""
    if channel == "none":
        return True
    return channel in offered(config.current()) and (channel != "voice" or locale in SPOKEN)


def choose_hearing(token: str, wish: Wish, *, wants_news: bool, words: str) -> None:
    """Keep her wish, and write down each yes or no that it changes. words: what the page asked, in her language.

    Raises NotFound when the visit is over, BadInput for what cannot be.
    """
    now, wish = clock.now(), _checked(wish)
    with work.transaction():
        resident = _visitor(token)
        before = queries.preference_of(resident.id)
        was = before.channel if before else resident.channel
        consenting.keep_preference(resident.id, wish, now)
        if wish.channel == "none":
            if was != "none" or before is None:
                consenting.note_consent(
                    resident.id, was, SERVICE, now, is_given=False, source="page", words=words
                )
        elif before is None or was != wish.channel or wish.channel in resident.stopped:
            messages.resume(resident.id, wish.channel)
            consenting.note_consent(
                resident.id, wish.channel, SERVICE, now, is_given=True, source="page", words=words
            )
        if queries.has_agreed(resident.id, NEWS) != wants_news:
            consenting.note_consent(
                resident.id, wish.channel, NEWS, now, is_given=wants_news, source="page", words=words
            )


def stop_everything(token: str, words: str) -> None:
    """No message of any kind from now on. Raises NotFound when the visit is over."""
    hearing = see_hearing(token)
    wish = Wish("none", hearing.wish.locale, hearing.wish.email)
    choose_hearing(token, wish, wants_news=False, words=words)


def _checked(wish: Wish) -> Wish:
    """Return the wish with a tidy address. Raises BadInput."""
    problems: dict[str, str] = {}
    email = wish.email.strip().lower()
    if wish.locale not in config.LOCALES:
        problems["locale"] = "not_option"
    if wish.channel not in CHANNELS:
        problems["channel"] = "not_option"
    elif not can_have(wish.channel, wish.locale):
        problems["channel"] = "channel_not_here"
    if email and not _EMAIL.fullmatch(email):
        problems["email"] = "email_unreadable"
    elif wish.channel == "email" and not email:
        problems["email"] = "required"
    if problems:
        raise BadInput(problems)
    return Wish(wish.channel, wish.locale, email, wish.is_any_hour)


def _visitor(token: str) -> Resident:
    resident = who_visits(token)
    if resident is None:
        raise NotFound
    return resident
