"""The parts of a work order's card: what came from the field, what was checked, its pictures, its damages."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from flask import url_for
from flask_babel import gettext as _

from service_desk.desks import money
from service_desk.desks.clerk import order_words
from service_desk.desks.clerk.door import staff_names
from service_desk.desks.contractor import words as field_words
from service_desk.desks.filters import on_day

if TYPE_CHECKING:
    from collections.abc import Sequence

    from service_desk.contractors.queries.files import Row


@dataclass(frozen=True, slots=True)
class FieldLine:
    """One entry of the contractor in words. remark: why it does not count as it was said, '' when it does."""

    what: str
    happened: str
    said: str
    remark: str


@dataclass(frozen=True, slots=True)
class CheckLine:
    """One verification. colour: of its tag. photos: {src, href} of what was seen."""

    state: str
    colour: str
    why: str
    when: str
    said: str
    photos: list[dict[str, str]]


def photos(
    order_id: int, proofs: Sequence[Row]
) -> tuple[tuple[dict[str, str], dict[str, str]] | None, list[dict[str, str]]]:
    """Return the newest before and after as a pair, when there are both, and the other pictures."""
    newest = {each["kind"]: each for each in proofs}
    chosen = [newest[kind] for kind in ("before", "after") if kind in newest]
    both = len(chosen) == 2
    rest = [_shot(order_id, each) for each in proofs if not (both and each in chosen)]
    return ((_shot(order_id, chosen[0]), _shot(order_id, chosen[1])) if both else None), rest


def _shot(order_id: int, proof: Row) -> dict[str, str]:
    who = str(field_words.PHOTO.get(proof["kind"], proof["kind"]))
    taken = on_day(proof["taken_at"])
    metres = proof["distance_m"]
    detail = (
        _("%(when)s, without a place", when=taken)
        if metres is None
        else _("%(when)s, %(m)s m from the point", when=taken, m=round(metres))
    )
    return photo_of(order_id, proof["photo_id"]) | {"alt": who, "who": who, "detail": detail}


def photo_of(order_id: int, photo_id: int) -> dict[str, str]:
    """Return where a photo of an order is, small and whole."""
    where: dict[str, Any] = {"order_id": order_id, "photo_id": photo_id}
    return {
        "src": url_for("clerk.order_photo", **where, size="small"),
        "href": url_for("clerk.order_photo", **where),
    }


def line(entry: Row) -> FieldLine:
    """Return an entry in words, with what keeps it from counting as it was said."""
    data = entry["data"]
    remarks = [str(order_words.DOUBT[each]) for each in data.get("doubts", ()) if each in order_words.DOUBT]
    if entry["outcome"] in order_words.OUTCOME:
        remarks.insert(0, str(order_words.OUTCOME[entry["outcome"]]))
    reason = field_words.REFUSAL.get(data.get("reason") or "")
    happened = on_day(entry["happened_at"])
    if remarks:
        happened = _(
            "%(when)s, received %(then)s", when=happened, then=on_day(entry["received_at"], inside=True)
        )
    return FieldLine(
        what=str(field_words.ENTRY.get(entry["kind"], entry["kind"])),
        happened=happened,
        said=" · ".join(str(part) for part in (reason, entry["words"]) if part),
        remark=" ".join(remarks),
    )


def check(order_id: int, row: Row) -> CheckLine:
    """Return a verification in words."""
    word, colour = order_words.CHECK[row["state"]]
    by = staff_names().get(row["decided_by"] or 0, "")
    at = on_day(row["decided_at"] or row["asked_at"])
    finding = field_words.FINDING.get(row["finding"] or "")
    return CheckLine(
        state=str(
            order_words.DOUBTED if row["is_failed_until_decided"] and row["state"] == "asked" else word
        ),
        colour=colour,
        why=str(order_words.WHY_CHECKED.get(row["why"], row["why"])),
        when=_("%(when)s, %(who)s", when=at, who=by) if by else at,
        said=" · ".join(str(part) for part in (finding, row["words"]) if part),
        photos=[photo_of(order_id, each) for each in row["photo_ids"] or ()],
    )


def damages_of(events: Sequence[Any], order_id: int) -> list[tuple[int, Any, tuple[Any, str]]]:
    """Return (damage id, metric in words, (state, colour)) of an order's proposed damages, from the ticket's history.

    A breach that grew over several months is a damage in each: those say when they began, or they would read alike.
    """
    found: dict[int, dict[str, Any]] = {}
    for event in events:
        if event.kind.startswith("damage_") and event.data.get("order") == order_id:
            known = found.setdefault(event.data["damage"], {"state": "proposed"})
            known["metric"] = event.data.get("metric") or known.get("metric", "")
            known["since"] = event.data.get("breached_at") or known.get("since")
            known["state"] = event.data.get("decision") or event.data.get("answer") or known["state"]
    often = Counter(each["metric"] for each in found.values())
    return [
        (damage_id, _breach(each, is_alone=often[each["metric"]] == 1), money.STATE[each["state"]])
        for damage_id, each in found.items()
    ]


def _breach(known: dict[str, Any], *, is_alone: bool) -> Any:
    what = money.METRIC.get(known["metric"], "")
    if is_alone or not known["since"]:
        return what
    when = on_day(datetime.fromisoformat(known["since"]), inside=True)
    return _("%(what)s, from %(when)s", what=what, when=when)
