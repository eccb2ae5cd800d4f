"""The pages of a report's steps: where, «is it known already?», details, each with what was typed so far in it."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from flask import render_template
from flask_babel import gettext as _

from service_desk.city.queries import city_map
from service_desk.desks.filters import by_language
from service_desk.desks.resident import usual_times
from service_desk.desks.resident.lookups import offers
from service_desk.desks.resident.sayings import centre_name, problem, whose_move, why_undecided
from service_desk.intake.rules import PHOTO_LIMIT
from service_desk.tickets import queries as tickets

if TYPE_CHECKING:
    from service_desk.catalog.rules import Question, ServiceType
    from service_desk.desks.resident.typed import Typed
    from service_desk.routing.rules import Placed

#: reasons that choosing from a list of what was perhaps meant can end
OPEN_CHOICES = frozenset({"several_streets", "no_street", "unknown_street"})


def ask_where(service: ServiceType, typed: Typed, found: Placed | None = None) -> str:
    """Return the page that asks where it is. found: what was understood of an answer that did not decide, to say why."""
    city = city_map()
    candidates = (
        [city.centre_of_area(code) for code in found.candidates if code in city.areas] if found else []
    )
    is_outside = found is not None and found.method == "outside"
    # Outside is no mistake of hers: the page says it once, with what can be done.
    problems = []
    if found and not is_outside:
        problems = [("line", why_undecided(found.reason))]
    return render_template(
        "resident/where.html",
        service=service,
        typed=typed,
        found=found,
        candidates=[(each, centre_name(each.id)) for each in candidates],
        problems=problems,
        offers=offers(typed.get("line")) if found and found.reason in OPEN_CHOICES else [],
    )


def take_offer(typed: Typed) -> None:
    """Take the line that was chosen from the list under the question, with everything it stands for."""
    for each in offers(typed.get("line")):
        if each["label"] == typed.get("offer"):
            typed.values |= {"line": each["label"]} | {name: str(said) for name, said in each["fill"].items()}
            return


def known_near(service: ServiceType, found: Placed) -> list[dict[str, Any]]:
    """Return open reports of the same type around the place, unless the type is private."""
    if (
        service.is_sensitive
        or not service.is_public
        or found.lon is None
        or found.lat is None
        or not service.known_radius_m
    ):
        return []
    near = tickets.nearby(service.code, found.lon, found.lat, service.known_radius_m)
    return [
        {"ticket": ticket, "metres": round(metres / 10) * 10, "tag": whose_move(ticket)}
        for ticket, metres in near
    ]


def ask_details(
    service: ServiceType,
    typed: Typed,
    found: Placed | None = None,
    problems: dict[str, str] | None = None,
    lost: int = 0,
) -> str:
    """Return the page of the details. problems: {field: code}; lost: photos that have to be chosen again."""
    city = city_map()
    handler = city.centre_of_area(found.area_code) if found and found.area_code else None
    typed.values["key"] = typed.get("key") or secrets.token_hex(16)
    return render_template(
        "resident/details.html",
        service=service,
        typed=typed,
        found=found,
        centre=handler,
        centre_words=centre_name(handler.id) if handler else "",
        near=[
            centre_name(city.centre_of_area(code).id) for code, _metres in (found.neighbours if found else ())
        ],
        errors={name: problem(code) for name, code in (problems or {}).items()},
        summary_rows=[
            (name, _labelled(service, name, problem(code))) for name, code in (problems or {}).items()
        ],
        lost=lost,
        photo_limit=PHOTO_LIMIT,
        usual_time=usual_times.of_type(service.code, handler.id if handler else None),
        standard=usual_times.standard_of(service.code),
        question_options=_options,
    )


def _options(question: Question) -> list[tuple[str, str, str]]:
    return [(option.key, by_language(dict(option.text)), "") for option in question.options]


def _labelled(service: ServiceType, name: str, sentence: str) -> str:
    question = next((each for each in service.questions if f"answer_{each.code}" == name), None)
    labels = {"phone": _("Mobile phone"), "text": _("What happened, in your words")}
    label = by_language(dict(question.text)) if question else labels.get(name, name)
    return _("%(field)s: %(problem)s", field=label.rstrip("?؟፧ "), problem=sentence)
