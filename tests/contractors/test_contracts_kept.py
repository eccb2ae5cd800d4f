"""Contracts as they are kept: versions, overlaps, and who may set one."""

import dataclasses
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import text

from service_desk import clock, work
from service_desk.city import kept
from service_desk.contractors.actions.contracts import keep_version
from service_desk.contractors.queries import contracts
from service_desk.contractors.rules.contract import ContractTerms
from service_desk.errors import BadInput, NotAllowed, NotFound
from service_desk.flow.set_contract import ContractForm, check_contract, set_contract

pytestmark = pytest.mark.usefixtures("contract_shelf")


def today():
    return clock.local(clock.now()).date()


def form_of(filed, **parts):
    """The form of the contract's last version, to hold from tomorrow."""
    last = contracts.versions_of(filed)[-1]
    usual = {
        "code": filed,
        "unit_id": last.unit_id,
        "name": last.name,
        "terms": last.terms,
        "valid_from": today() + timedelta(days=1),
        "seen_version": last.version,
    }
    return ContractForm(**(usual | parts))


def problems(form, actor):
    with pytest.raises(BadInput) as caught:
        set_contract(form, actor)
    return caught.value.problems


def test_every_contractor_of_a_new_city_has_a_contract_from_the_year_before(city):
    found = contracts.all_in_force(clock.now())
    assert {city.units[row.unit_id].code for row in found} == {
        "C-ROADS",
        "C-WASTE-N",
        "C-WASTE-S",
        "C-LIGHT",
        "C-GREEN",
    }
    assert all(row.valid_from == date(today().year - 1, 1, 1) for row in found)


def test_a_contract_is_found_by_work_and_area(city):
    found = [contracts.contract_for("waste_collection", area, at=clock.now()) for area in ("K1", "K4", None)]
    assert [row and city.units[row.unit_id].code for row in found] == ["C-WASTE-N", "C-WASTE-S", None]
    assert contracts.contract_for("welfare", "K1", at=clock.now()) is None


def test_a_contract_of_another_contractor_is_not_found(city):
    light = city.unit_by_code("C-LIGHT").id
    assert contracts.contract_for("roads", "K1", light, at=clock.now()) is None
    assert contracts.contract_for("lighting", "K1", light, at=clock.now()).unit_id == light


def test_no_contract_holds_before_it_begins():
    assert contracts.contract_for("roads", "K1", at=datetime(2001, 1, 1, tzinfo=UTC)) is None


def test_finding_a_contract_in_memory_takes_no_statement(city, statements):
    contracts.contract_for("roads", "K1", at=clock.now())
    del statements[:]
    contracts.contract_for("roads", "K1", at=clock.now())
    assert statements == []


def test_a_new_version_ends_the_one_before_on_its_first_day(admin):
    terms = contracts.versions_of("C-ROADS-1")[-1].terms | {"sample_percent": 33}
    assert set_contract(form_of("C-ROADS-1", terms=terms), admin) == 2
    first, second = contracts.versions_of("C-ROADS-1")
    assert first.valid_to == second.valid_from == today() + timedelta(days=1)
    assert contracts.terms_of(second.id).sample_percent == 33
    assert contracts.contract_for("roads", None, at=clock.now()).version == 1
    assert contracts.contract_for("roads", None, at=clock.now() + timedelta(days=2)).version == 2


def test_an_ended_version_can_still_be_read(admin):
    first = contracts.versions_of("C-ROADS-1")[0]
    set_contract(form_of("C-ROADS-1"), admin)
    assert contracts.by_id(first.id).version == 1
    with pytest.raises(NotFound):
        contracts.by_id(5)


def test_keeping_a_contract_is_noted_in_the_access_log(admin, owner):
    set_contract(form_of("C-LIGHT-1"), admin)
    with owner.connect() as connection:
        rows = connection.execute(
            text("SELECT staff_id, why FROM access_log WHERE what = 'contract_set'")
        ).all()
    assert [tuple(row) for row in rows] == [(admin.id, "C-LIGHT-1 2")]


def test_two_contracts_of_a_contractor_for_the_same_work_and_place_overlap(admin):
    form = form_of("C-ROADS-1", code="C-ROADS-2", seen_version=0)
    assert problems(form, admin) == {"domains": "overlaps"}
    narrower = ContractTerms.from_json(form.terms)
    narrower = dataclasses.replace(narrower, domains=("roads",), areas=("K1",)).to_json()
    assert problems(dataclasses.replace(form, terms=narrower), admin) == {"domains": "overlaps"}


def test_contracts_for_other_work_or_after_the_first_has_ended_do_not_overlap(admin):
    other = form_of("C-ROADS-1").terms | {"domains": ["gardening"]}
    assert set_contract(form_of("C-ROADS-1", code="C-ROADS-2", seen_version=0, terms=other), admin) == 1
    end = today() + timedelta(days=30)
    set_contract(form_of("C-LIGHT-1", valid_to=end), admin)
    assert set_contract(form_of("C-LIGHT-1", code="C-LIGHT-2", seen_version=0, valid_from=end), admin) == 1


@pytest.mark.parametrize(
    ("parts", "field", "code"),
    [
        ({"code": " "}, "code", "required"),
        ({"seen_version": 0}, "code", "taken"),
        ({"seen_version": 7}, "version", "changed_meanwhile"),
        ({"unit_id": None}, "unit", "required"),
        ({"unit_id": 12}, "unit", "required"),
        ({"name": {"he": " ", "en": "Roads"}}, "name", "required"),
        ({"valid_from": None}, "valid_from", "required"),
        ({"valid_from": date(2020, 1, 1)}, "valid_from", "in_the_past"),
        ({"valid_to": date(2020, 1, 1)}, "valid_to", "not_after_the_start"),
        ({"terms": {}}, "calendar", "required"),
    ],
)
def test_what_cannot_be_kept_is_refused_at_its_field(admin, parts, field, code):
    assert problems(form_of("C-ROADS-1", **parts), admin)[field] == code


def test_a_contract_stays_with_its_contractor(admin, city):
    form = form_of("C-ROADS-1", unit_id=city.unit_by_code("C-GREEN").id)
    assert problems(form, admin)["unit"] == "other_contractor"


def test_a_version_cannot_begin_before_the_one_it_follows(admin):
    set_contract(form_of("C-ROADS-1", valid_from=today() + timedelta(days=40)), admin)
    assert problems(form_of("C-ROADS-1"), admin) == {"valid_from": "not_after_the_last_version"}


def test_codes_of_the_contract_must_be_the_citys(admin):
    terms = form_of("C-ROADS-1").terms | {"areas": ["K99"], "calendar": "moon"}
    assert problems(form_of("C-ROADS-1", terms=terms), admin) == {"areas": "unknown", "calendar": "unknown"}


def test_a_calendar_that_never_opens_is_refused(admin, owner, app):
    change = text(
        "UPDATE calendars SET windows = CAST(:windows AS jsonb) WHERE authority_id = 1 AND code = 'office'"
    )
    with owner.begin() as connection:
        before = connection.execute(
            text("SELECT windows::text FROM calendars WHERE authority_id = 1 AND code = 'office'")
        ).scalar()
        connection.execute(change, {"windows": "[]"})
        connection.execute(text("UPDATE authorities SET data_version = data_version + 1"))
    kept.forget()
    try:
        terms = form_of("C-ROADS-1").terms | {"calendar": "office"}
        assert problems(form_of("C-ROADS-1", terms=terms), admin) == {"calendar": "never_opens"}
    finally:
        with owner.begin() as connection:
            connection.execute(change, {"windows": before})
            connection.execute(text("UPDATE authorities SET data_version = data_version + 1"))
        kept.forget()


def test_a_version_kept_meanwhile_by_another_process_is_noticed_in_the_database(admin):
    form = form_of("C-ROADS-1")
    content = check_contract(form)
    set_contract(form, admin)
    late = dataclasses.replace(content, valid_from=form.valid_from + timedelta(days=9))
    with pytest.raises(BadInput) as caught, work.transaction():
        keep_version(late, clock.now(), admin)
    assert caught.value.problems == {"version": "changed_meanwhile"}


def test_only_an_administrator_may_keep_a_contract(clerk):
    with pytest.raises(NotAllowed):
        set_contract(form_of("C-ROADS-1"), clerk)
