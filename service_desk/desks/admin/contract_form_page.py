"""A contract's form, with its what-if and import.

Looking changes nothing; trying and importing are POSTs that store nothing; only «keep» stores.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, cast

from babel import Locale
from flask import flash, redirect, render_template, request, url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_login import current_user

from service_desk import clock
from service_desk.catalog.queries import catalogue
from service_desk.city.queries import city_map
from service_desk.contractors.rules import CLOCK_KINDS, METRICS, PROOF_KINDS
from service_desk.contractors.rules.contract import EVENT_METRICS, BadTerms, ContractTerms
from service_desk.desks import money, numbers
from service_desk.desks.admin import contract_files, contract_form, contract_view
from service_desk.desks.admin import contract_words as words
from service_desk.desks.admin.contracts_page import versions_or_404
from service_desk.desks.admin.keys_page import desk
from service_desk.errors import BadInput
from service_desk.flow.set_contract import ContractForm, check_contract, known, set_contract
from service_desk.flow.try_contract import try_contract
from service_desk.slas.queries import standards

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as Answer

    from service_desk.catalog.rules import ServiceType
    from service_desk.contractors.models import Contract
    from service_desk.desks.admin.contract_form import Typed
    from service_desk.people.rules import Actor
    from service_desk.slas.models import CalendarRow

#: what a new contract's form starts with
FRESH = {"duties": {}, "prices": [], "proofs": ["before", "after"], "needs_place": True, "calendar": "contractor"} | {
    "repeat_days": 30, "repeat_radius_m": 25, "place_radius_m": 150, "sample_percent": 20, "answer_days": 10, "cap_percent": 10,
}  # fmt: skip
#: paths that the form has a field or a group for
_FIELDS = frozenset(
    {*contract_form.LISTS, *contract_form.NUMBERS, "calendar", "needs_place", "monthly_fee_agorot", "prices"}
    | {"code", "unit", "version", "file"}
    | {f"duties.{kind}.{name}" for kind in CLOCK_KINDS for name in ("minutes", "hazard_minutes")}
    | {
        f"prices.{metric}.{name}"
        for metric in METRICS
        for name in ("amount_agorot", "unit", "grace_minutes", *contract_form.PRICE_NUMBERS)
    }
) - {"duties.make_safe.minutes"}


@desk.get("/admin/contracts/new", endpoint="new_contract")
def new_contract() -> str:
    """Show the empty form."""
    return _form_page({**contract_form.typed_of(FRESH), "valid_from": _next_month().isoformat()}, None, {})


@desk.post("/admin/contracts/new", endpoint="make_contract")
def make_contract() -> Any:
    """Try, import or keep a new contract."""
    return _act(None)


@desk.get("/admin/contracts/<code>/edit", endpoint="edit_contract")
def edit_contract(code: str) -> str:
    """Show the form with the last version's terms."""
    last = versions_or_404(code)[-1]
    typed = contract_form.typed_of(last.terms) | {f"name.{key}": value for key, value in last.name.items()}
    typed["valid_from"] = max(_next_month(), last.valid_from + timedelta(days=1)).isoformat()
    if last.valid_to:
        typed["valid_to"] = last.valid_to.isoformat()
    return _form_page(typed, last, {})


@desk.post("/admin/contracts/<code>/edit", endpoint="set_contract")
def change_contract(code: str) -> Any:
    """Try, import or keep the contract's next version."""
    return _act(versions_or_404(code)[-1])


def _act(last: Contract | None) -> str | tuple[str, int] | Answer:
    """Do what the pressed button says; with problems the form comes back as typed (422)."""
    typed = contract_form.typed_in(request.form)
    act = request.form.get("act", "try")
    if act == "import":
        return _imported(typed, last)
    try:
        form = _form(typed, last)
        if act == "keep":
            version = set_contract(form, _actor())
            flash(_("Version %(number)s is kept.", number=version))
            return redirect(url_for("admin.contract", code=form.code), 303)
        content = check_contract(form)
    except BadInput as error:
        problems = contract_form.at_fields(error.problems, typed)
        if last and problems.pop("code", None):
            # The code is not typed here: the form knew of no version of it.
            problems["version"] = "changed_meanwhile"
        return _form_page(typed, last, problems), 422
    found = try_contract(content.unit_id, content.terms, last.code if last else None, _actor())
    return _form_page(typed, last, {}, trial=contract_view.compared(found))


def _imported(typed: Typed, last: Contract | None) -> str | tuple[str, int]:
    """Fill the form with an uploaded file's terms and say what is wrong with them; nothing is stored."""
    upload = request.files.get("file")
    try:
        terms = contract_files.terms_in(upload.stream.read(contract_files.MOST_BYTES + 1) if upload else b"")
    except BadInput as error:
        return _form_page(typed, last, error.problems), 422
    kept = {
        name: value
        for name, value in typed.items()
        if name in ("code", "unit", "valid_from", "valid_to") or name.startswith("name.")
    }
    filled = kept | contract_form.typed_of(terms)
    try:
        ContractTerms.from_json(terms, known())
    except BadTerms as error:
        return _form_page(
            filled, last, contract_form.at_fields(error.problems, filled), is_imported=True
        ), 422
    return _form_page(filled, last, {}, is_imported=True)


def _form(typed: Typed, last: Contract | None) -> ContractForm:
    """Return the typed contract. Raises BadInput for dates that are none."""
    return ContractForm(
        code=last.code if last else typed.get("code", ""),
        unit_id=last.unit_id if last else numbers.whole(typed.get("unit", "")),
        name={key: typed.get(f"name.{key}", "") for key in contract_form.LANGUAGES},
        terms=contract_form.terms_of(typed),
        valid_from=_date("valid_from", typed),
        valid_to=_date("valid_to", typed),
        seen_version=numbers.whole(typed.get("seen", "0"), digits=4) or 0,
    )


def _next_month() -> date:
    """Return the first day of next month: a version that begins there leaves no month under two."""
    today = clock.local(clock.now()).date()
    return (today.replace(day=1) + timedelta(days=32)).replace(day=1)


def _date(name: str, typed: Typed) -> date | None:
    try:
        return date.fromisoformat(typed[name]) if typed.get(name) else None
    except ValueError as error:
        raise BadInput({name: "not_a_date"}) from error


def _form_page(
    typed: Typed,
    last: Contract | None,
    problems: dict[str, str],
    *,
    trial: Any = None,
    is_imported: bool = False,
) -> str:
    """Return the form. problems: {field: code}; trial: the months compared; is_imported: a file filled it."""
    offered = _offered(typed)
    shown = {f"duties.complete.by_service.{each.code}" for each in offered}
    return render_template(
        "admin/contract_form.html",
        typed=typed,
        last=last,
        problems={field: words.problem(code) for field, code in problems.items()},
        links=[_link(*each) for each in problems.items()],
        trial=trial,
        is_imported=is_imported,
        contractors=[unit for unit in city_map().units.values() if unit.kind == "contractor"],
        calendars=_calendars(typed.get("calendar", "")),
        domains=sorted(
            {each.contractor_domain for each in catalogue().types.values() if each.contractor_domain}
        ),
        areas=city_map().areas.values() if len(city_map().centres) > 1 else (),
        services=offered,
        hidden=[name for name in typed if ".by_service." in name and name not in shown],
        duties=CLOCK_KINDS,
        metrics=METRICS,
        events=EVENT_METRICS,
        proofs=[kind for kind in PROOF_KINDS if kind != "other"],
        languages=contract_form.LANGUAGES,
        language_names={
            code: Locale.parse(code).get_display_name(get_locale()) for code in contract_form.LANGUAGES
        },
        words=words,
        money=money,
    )


def _link(field: str, code: str) -> tuple[str, str]:
    """Return (where, words) of a problem, for the list above the form."""
    if _has_field(field):
        return field, words.named_problem(field, code)
    return "file-box", f"{field}: {words.problem(code)}"


def _has_field(field: str) -> bool:
    """Say whether the form has a field of that path; a file may name what no contract has."""
    return field.startswith(("duties.complete.by_service.", "name", "valid_")) or field in _FIELDS


def _offered(typed: Typed) -> list[ServiceType]:
    """Return the types of the chosen domains, and those that have a time of their own."""
    chosen = set(typed.get("domains", "").split(","))
    return [
        each
        for each in catalogue().types.values()
        if each.contractor_domain in chosen or typed.get(f"duties.complete.by_service.{each.code}")
    ]


def _calendars(chosen: str) -> list[CalendarRow]:
    """Return the calendars worth offering: not the centres' opening hours, unless one is chosen."""
    centres = set(city_map().areas)
    return [row for row in standards().in_force.values() if row.code == chosen or row.code not in centres]


def _actor() -> Actor:
    return cast("Actor", current_user.actor)
