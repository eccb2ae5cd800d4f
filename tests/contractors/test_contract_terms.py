"""What a contract may say: each impossible term has its code, and what is possible is read back as it was."""

import json

import pytest
from hypothesis import given
from random_lives import plain, terms_json

from service_desk.contractors.rules.contract import BadTerms, ContractTerms, Duty, Known

EVERYTHING = Known()


def problems(data, known=EVERYTHING):
    with pytest.raises(BadTerms) as caught:
        ContractTerms.from_json(data, known)
    return caught.value.problems


def price(**parts):
    return {"metric": "complete", "unit": "day", "amount_agorot": 100} | parts


@given(terms_json())
def test_terms_are_read_back_as_they_were_written(data):
    terms = ContractTerms.from_json(data)
    assert ContractTerms.from_json(json.loads(json.dumps(terms.to_json()))) == terms


def duties(**parts):
    return plain(duties=plain()["duties"] | parts)


@pytest.mark.parametrize(
    ("data", "path", "code"),
    [
        ("not terms", "", "not_an_object"),
        (plain(colour="red"), "colour", "unknown_field"),
        (plain(domains=[]), "domains", "required"),
        (plain(domains=["roads", "roads"]), "domains", "twice"),
        (plain(domains="roads"), "domains", "not_a_list"),
        (plain(areas=[]), "areas", "required"),
        (plain(areas=["K1", "K1"]), "areas", "twice"),
        (plain(calendar=""), "calendar", "required"),
        (plain(duties={}), "duties.complete.minutes", "required"),
        (plain(duties=[]), "duties", "not_an_object"),
        (duties(dance={"minutes": 1}), "duties.dance", "unknown_field"),
        (duties(accept={"minutes": 0}), "duties.accept.minutes", "too_small"),
        (duties(accept={"minutes": -5}), "duties.accept.minutes", "too_small"),
        (duties(accept={"minutes": "soon"}), "duties.accept.minutes", "not_whole"),
        (duties(accept={"minutes": 1.5}), "duties.accept.minutes", "not_whole"),
        (duties(accept={"minutes": True}), "duties.accept.minutes", "not_whole"),
        (duties(accept={}), "duties.accept.minutes", "required"),
        (duties(complete={"minutes": 600_000}), "duties.complete.minutes", "too_large"),
        (duties(arrive={"minutes": 5000}), "duties.complete.minutes", "before_the_duty_ahead"),
        (
            duties(complete={"minutes": 5000, "by_service": {"X": 100}}),
            "duties.complete.by_service.X",
            "before_the_duty_ahead",
        ),
        (
            duties(make_safe={"hazard_minutes": 20}),
            "duties.make_safe.hazard_minutes",
            "before_the_duty_ahead",
        ),
        (duties(make_safe={"minutes": 240}), "duties.make_safe.minutes", "hazards_only"),
        (duties(make_safe={}), "duties.make_safe.hazard_minutes", "required"),
        (plain(prices=[price(), price()]), "prices.1.metric", "twice"),
        (plain(prices=[price(metric="rudeness")]), "prices.0.metric", "unknown"),
        (plain(prices=[price(unit="week")]), "prices.0.unit", "unknown"),
        (plain(prices=[price(amount_agorot=0)]), "prices.0.amount_agorot", "too_small"),
        (plain(prices=[price(amount_agorot=None)]), "prices.0.amount_agorot", "required"),
        (plain(prices=[price(grace_minutes=-1)]), "prices.0.grace_minutes", "too_small"),
        (plain(prices=[price(allowance=-1)]), "prices.0.allowance", "too_small"),
        (plain(prices=[price(step_percent=50)]), "prices.0.step_max_percent", "less_than_step"),
        (plain(prices=[price(step_percent=1001)]), "prices.0.step_percent", "too_large"),
        (plain(prices=[price(metric="quality")]), "prices.0.unit", "by_case_only"),
        (
            plain(prices=[price(metric="quality", unit="case", grace_minutes=5)]),
            "prices.0.grace_minutes",
            "no_length",
        ),
        (plain(prices=["free"]), "prices.0", "not_an_object"),
        (
            plain(duties={"complete": {"minutes": 60}}, prices=[price(metric="arrive")]),
            "prices.0.metric",
            "no_such_duty",
        ),
        (
            plain(repeat_days=0, prices=[price(metric="repeat", unit="case")]),
            "prices.0.metric",
            "needs_repeat_days",
        ),
        (
            plain(proofs=[], needs_place=False, prices=[price(metric="evidence", unit="case")]),
            "prices.0.metric",
            "needs_proofs",
        ),
        (plain(proofs=["selfie"]), "proofs", "unknown"),
        (plain(proofs=[]), "needs_place", "needs_proofs"),
        (plain(needs_place="yes"), "needs_place", "not_yes_or_no"),
        (plain(place_radius_m=1), "place_radius_m", "too_small"),
        (plain(repeat_radius_m=0), "repeat_radius_m", "too_small"),
        (plain(sample_percent=101), "sample_percent", "too_large"),
        (plain(answer_days=0), "answer_days", "too_small"),
        (plain(cap_percent=101), "cap_percent", "too_large"),
        (plain(cap_percent=0), "cap_percent", "nothing_to_take_from"),
        (plain(monthly_fee_agorot=0), "monthly_fee_agorot", "nothing_to_take_from"),
    ],
)
def test_an_impossible_term_is_refused_at_its_field(data, path, code):
    assert problems(data).get(path) == code


def test_codes_that_the_city_does_not_have_are_refused():
    known = Known(frozenset({"lighting"}), frozenset({"K1"}), frozenset({"office"}), frozenset({"X"}))
    data = plain(areas=["K9"])
    assert problems(data, known) == {
        "domains": "unknown",
        "areas": "unknown",
        "calendar": "unknown",
        "duties.complete.by_service.RD-SIGN": "unknown",
    }


def test_all_problems_are_named_at_once():
    found = problems(plain(calendar=None, answer_days=0, prices=[price(unit="week", amount_agorot=-1)]))
    assert set(found) == {"calendar", "answer_days", "prices.0.unit", "prices.0.amount_agorot"}


def test_a_hazards_duty_runs_day_and_night_and_a_types_own_minutes_go_before_the_usual():
    terms = ContractTerms.from_json(plain())
    assert terms.duty("complete", is_hazard=True, service_code="RD-SIGN") == Duty(1440, "24x7")
    assert terms.duty("complete", is_hazard=False, service_code="RD-SIGN") == Duty(2000, "contractor")
    assert terms.duty("complete", is_hazard=False, service_code="RD-KERB") == Duty(4320, "contractor")
    assert terms.duty("make_safe", is_hazard=False, service_code="RD-KERB") is None


def test_a_hazard_without_minutes_of_its_own_is_held_to_the_usual_ones():
    terms = ContractTerms.from_json(plain(duties={"complete": {"minutes": 600}}))
    assert terms.duty("complete", is_hazard=True, service_code="X") == Duty(600, "contractor")
    assert terms.duty("accept", is_hazard=True, service_code="X") is None


def test_a_contract_for_some_areas_covers_no_place_outside_them():
    some, whole = (ContractTerms.from_json(plain(areas=areas)) for areas in (["K1"], None))
    assert [some.covers("roads", area) for area in ("K1", "K2", None)] == [True, False, False]
    assert [whole.covers("roads", area) for area in ("K1", None)] == [True, True]
    assert not whole.covers("lighting", "K1")


def test_the_cap_is_a_part_of_the_monthly_fee():
    assert ContractTerms.from_json(plain(monthly_fee_agorot=12_345, cap_percent=10)).cap_agorot == 1234
