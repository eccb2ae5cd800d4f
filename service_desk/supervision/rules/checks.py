"""What an inspector answered at a stop: checklist answers, findings, and when it was. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

ANSWERS = ("ok", "bad", "na")
#: an entry that comes later than this (h) is dated by its arrival
LATEST_HOURS = 24
#: a visit this far (m) from its stop's place is not taken for the finding's own place
NEAR_STOP_M = 300.0


@dataclass(frozen=True)
class Item:
    """One line of a checklist. service_code: type of the ticket that a finding opens, or None.

    answers: of that type's questions; danger: those that a finding marked dangerous gives instead, empty when it cannot be.
    """

    code: str
    label: Mapping[str, str]
    service_code: str | None
    answers: Mapping[str, Any]
    danger: Mapping[str, Any]


def read_item(data: Mapping[str, Any]) -> Item:
    """Return the item that an element of a checklist's `items` describes. Raises KeyError."""
    return Item(
        data["code"],
        data["label"],
        data.get("service_code"),
        data.get("answers") or {},
        data.get("danger") or {},
    )


def problems_of(items: Sequence[Item], answers: Mapping[str, str]) -> dict[str, str]:
    """Return {field: code} of what is missing or unknown: every item needs an answer."""
    return {f"check_{item.code}": "answer_missing" for item in items if answers.get(item.code) not in ANSWERS}


def result_of(answers: Mapping[str, str]) -> str:
    """Return the stop's result: a finding when anything is bad."""
    return "finding" if "bad" in answers.values() else "ok"


def looked_at(said: datetime | None, ahead_seconds: int | None) -> datetime | None:
    """Return when somebody looked, by our clock, however late her phone says so; None when that cannot be told."""
    if said is None or ahead_seconds is None:
        return None
    try:
        return said.astimezone(UTC) - timedelta(seconds=ahead_seconds)
    except OverflowError:
        return None


def happened(said: datetime | None, ahead_seconds: int | None, since: datetime, now: datetime) -> datetime:
    """Return when a visit was: by the phone's clock set right, never in the future, never before `since`.

    said: by the phone, aware; None or older than a day: now. ahead_seconds: how much the phone's clock is ahead of ours.
    """
    if said is None:
        return now
    try:
        at = said.astimezone(UTC) - timedelta(seconds=ahead_seconds or 0)
    except OverflowError:
        return now
    if at > now or now - at > timedelta(hours=LATEST_HOURS):
        return now
    return max(at, min(since, now))
