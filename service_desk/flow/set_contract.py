"""An administrator keeps a contract's next version, or the first of a new contract."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from service_desk import clock
from service_desk.catalog.queries import catalogue
from service_desk.city import kept
from service_desk.city.queries import city_map
from service_desk.contractors.actions.contracts import ContractContent, keep_version
from service_desk.contractors.queries import contracts
from service_desk.contractors.rules.contract import BadTerms, ContractTerms, Known
from service_desk.errors import BadInput, NotAllowed
from service_desk.intake.rules import clean_text
from service_desk.people import actions as people
from service_desk.people.rules import Actor, may
from service_desk.slas.queries import standards
from service_desk.slas.rules import CalendarError
from service_desk.work import transaction

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from service_desk.contractors.models import Contract

CODE_CHARS, NAME_CHARS = 40, 120
_CODE = re.compile(r"[\w.-]+")


@dataclass(frozen=True)
class ContractForm:
    """A contract as typed. code None: taken from the version that was seen. terms: JSON as `ContractTerms` reads it.

    seen_version: the last version when the page was opened, 0 for a new contract.
    """

    code: str
    unit_id: int | None
    name: Mapping[str, str]
    terms: Mapping[str, Any]
    valid_from: date | None
    valid_to: date | None = None
    seen_version: int = 0


def known() -> Known:
    """Return the codes that a contract of this city may name."""
    types = catalogue().types.values()
    return Known(
        domains=frozenset(each.contractor_domain for each in types if each.contractor_domain),
        areas=frozenset(city_map().areas),
        calendars=frozenset(standards().in_force),
        services=frozenset(each.code for each in types),
    )


def check_contract(form: ContractForm) -> ContractContent:
    """Return the content that the form says, every problem gathered. Nothing is stored. Raises BadInput."""
    problems: dict[str, str] = {}
    terms = None
    try:
        terms = ContractTerms.from_json(dict(form.terms), known())
    except BadTerms as error:
        problems |= error.problems
    problems |= _calendar_problem(terms)
    code, name = clean_text(form.code, CODE_CHARS), _names(form.name)
    unit = city_map().units.get(form.unit_id or 0)
    versions = contracts.versions_of(code) if code else []
    problems |= _code_problem(code, versions, form.seen_version)
    if unit is None or unit.kind != "contractor":
        problems["unit"] = "required"
    if not name.get("he"):
        problems["name"] = "required"
    if form.valid_from is None:
        problems["valid_from"] = "required"
    elif versions and form.valid_from < clock.local(clock.now()).date():
        # Orders were issued in those days by the version before.
        problems["valid_from"] = "in_the_past"
    if problems or terms is None or unit is None or form.valid_from is None:
        raise BadInput(problems)
    return ContractContent(code, unit.id, name, terms, form.valid_from, form.valid_to, form.seen_version)


def set_contract(form: ContractForm, actor: Actor) -> int:
    """Keep the form's content as the contract's next version and return its number; older orders go on under theirs.

    Raises NotAllowed, BadInput (also when somebody else kept a version meanwhile, or another contract overlaps).
    """
    if not may(actor, "manage_contracts"):
        raise NotAllowed
    content = check_contract(form)
    now = clock.now()
    with transaction():
        version = keep_version(content, now, actor).version
        people.note_access(actor, None, "contract_set", now, why=f"{content.code} {version}")
    kept.forget()
    return version


def _code_problem(code: str, versions: Sequence[Contract], seen_version: int) -> dict[str, str]:
    if not code:
        return {"code": "required"}
    if not _CODE.fullmatch(code) or code == "new":
        # It is a part of the page's address.
        return {"code": "bad_code"}
    if versions and seen_version == 0:
        return {"code": "taken"}
    if versions and versions[-1].version != seen_version:
        return {"version": "changed_meanwhile"}
    return {}


def _calendar_problem(terms: ContractTerms | None) -> dict[str, str]:
    """Refuse a calendar that never opens, or ends: nothing would ever fall due."""
    if terms is None or terms.calendar not in standards().in_force:
        return {}
    try:
        table = standards().calendar(terms.calendar)[1].table
        table.due(int(clock.now().timestamp()), 60 * max(_all_minutes(terms)))
    except CalendarError:
        return {"calendar": "never_opens"}
    return {}


def _all_minutes(terms: ContractTerms) -> list[int]:
    rows = terms.duties.values()
    return [minutes for row in rows for minutes in (row.minutes, *row.by_service.values()) if minutes]


def _names(name: Mapping[str, str]) -> dict[str, str]:
    cleaned = {language: clean_text(words, NAME_CHARS) for language, words in name.items()}
    return {language: words for language, words in cleaned.items() if words}
