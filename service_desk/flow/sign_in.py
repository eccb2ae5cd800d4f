"""A staff member signs in or out, or is recognised by the session."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from service_desk import clock, config
from service_desk.intake.rules import clean_text
from service_desk.people import actions as people
from service_desk.people import queries
from service_desk.people.rules import Actor
from service_desk.work import transaction

if TYPE_CHECKING:
    from service_desk.people.rules import Saved

#: how stale «last seen» may be before it is written again: a page is a read, not a write
SEEN_EVERY = timedelta(minutes=5)
EMAIL_CHARS = 200


def sign_in(email: str, password: str) -> str | None:
    """Return a fresh session's token, or None. Wrong address and wrong password look and take the same."""
    now = clock.now()
    with transaction():
        staff = queries.staff_by_email(clean_text(email, EMAIL_CHARS), is_locked=True)
        fits = people.check_password(staff, password, now)
        people.note_access(Actor("staff", staff.id if staff else None), None, "login", now, is_allowed=fits)
        return people.start_session(staff, now, config.current().session_hours) if fits and staff else None


def recognise(token: str, *, is_use: bool = True) -> tuple[Actor, str, tuple[Saved, ...], int] | None:
    """Return who holds the session, her language, saved filters and unseen digests, or None when it ended or was idle for too long.

    is_use: False for what a page asks by itself: an open page must not keep a session alive that nobody uses.
    """
    now = clock.now()
    found = queries.staff_of_session(
        token, now, now - timedelta(minutes=config.current().session_idle_minutes)
    )
    if found is None:
        return None
    actor, locale, seen, saved, unseen = found
    if is_use and now - seen > SEEN_EVERY:
        with transaction():
            people.touch_session(token, now)
    return actor, locale, saved, unseen


def sign_out(token: str) -> None:
    """End the session on the server."""
    with transaction():
        people.end_session(token)
