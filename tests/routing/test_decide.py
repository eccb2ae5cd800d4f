"""Which centre and which handler, and why."""

import pytest

from service_desk.catalog.queries import catalogue
from service_desk.city.rules import Resolved
from service_desk.intake.rules import SaidPlace
from service_desk.routing.queries import decide, place
from service_desk.routing.rules import why_undecided

INSIDE_K5 = {"lon": 34.7965, "lat": 31.8868}


def _centre(city, decision) -> int:
    return city.centres[decision.centre_id].number


def test_a_pin_decides_by_point_in_polygon(app, city):
    inside = city.areas["K3"].geometry
    spot = next(each for each in city.centres.values() if each.number == 3)
    decision = decide(SaidPlace("pin", lon=spot.lon, lat=spot.lat), catalogue().type("RD-POTHOLE"))
    assert inside
    assert (_centre(city, decision), decision.placed.method, decision.triage_reason) == (3, "pin", None)


def test_an_address_with_a_number_is_found_as_people_write_it(app, city):
    for line in ("טשרניחובסקי 62", "רח' טשרניחובסקי 62 דירה 4, רחובות"):
        decision = decide(SaidPlace("address", line=line), catalogue().type("RD-POTHOLE"))
        assert (_centre(city, decision), decision.placed.method) == (5, "address"), line


def test_a_street_in_several_areas_asks_instead_of_guessing(app, city):
    decision = decide(SaidPlace("address", line="הרצל"), catalogue().type("RD-POTHOLE"))
    assert decision.is_triage
    assert decision.triage_reason == "several_areas"
    assert len(decision.placed.candidates) > 1
    assert decision.centre_id == city.default_centre.id


def test_a_house_number_that_decides_nothing_is_a_reason_of_its_own_and_is_kept_with_the_route(app, city):
    herzl = city.addresses.match("הרצל")[0].street_code
    street = decide(SaidPlace("address", line="הרצל"), catalogue().type("RD-POTHOLE"))
    for said in (
        SaidPlace("address", line="הרצל 150"),
        SaidPlace("address", street_code=herzl, house_no=150),
    ):
        decision = decide(said, catalogue().type("RD-POTHOLE"))
        assert (decision.placed.method, decision.triage_reason) == ("triage", "number_unknown")
        assert decision.why()["place"]["reason"] == decision.why()["triage"] == "number_unknown"
        assert decision.placed.candidates == street.placed.candidates
        assert decision.centre_id == street.centre_id


@pytest.mark.parametrize(
    ("reason", "house_no", "code"),
    [
        ("several_areas", 150, "number_unknown"),
        ("thin_evidence", 150, "number_unknown"),
        ("several_areas", None, "several_areas"),
        ("thin_evidence", None, "thin_evidence"),
        ("number_in_two_areas", 150, "number_in_two_areas"),
        ("no_points", 150, "no_points"),
        ("several_streets", 150, "several_streets"),
    ],
)
def test_only_a_reason_that_asks_for_a_number_becomes_another_where_one_was_given(reason, house_no, code):
    assert why_undecided(Resolved("address", reason, house_no=house_no)) == code


def test_gibton_is_outside_though_rehovot_surrounds_it(app, city):
    decision = decide(SaidPlace("pin", lon=34.800083, lat=31.887366), catalogue().type("RD-POTHOLE"))
    assert (decision.placed.method, decision.triage_reason) == ("outside", "outside_boundary")


def test_what_needs_no_place_is_not_undecided(app):
    decision = decide(SaidPlace(), catalogue().type("ADM-ARNONA"))
    assert decision.triage_reason is None
    assert decision.placed.method == "chosen"


@pytest.mark.parametrize(
    "code", ["RD-POTHOLE", "SAN-HOUSE", "LGT-LAMP", "WTR-BURST", "ADM-INFO", "SOC-WELFARE"]
)
def test_every_decision_names_its_handler_and_why(app, city, code):
    spot = next(each for each in city.centres.values() if each.number == 4)
    decision = decide(SaidPlace("pin", lon=spot.lon, lat=spot.lat), catalogue().type(code))
    assert decision.why()["handler"]["rule"] in {"type", "contractor", "unit"}
    assert (decision.unit_id is None) == (decision.handler_kind == "centre")


def test_a_contractor_is_chosen_by_domain_and_area(app, city):
    service = catalogue().type("SAN-HOUSE")
    units = {}
    for number in (1, 7):
        spot = next(each for each in city.centres.values() if each.number == number)
        units[number] = city.units[decide(SaidPlace("pin", lon=spot.lon, lat=spot.lat), service).unit_id].code
    assert units == {1: "C-WASTE-N", 7: "C-WASTE-S"}


def test_no_type_of_the_catalogue_is_without_a_handler(app, city):
    spot = next(each for each in city.centres.values() if each.number == 2)
    said = SaidPlace("pin", lon=spot.lon, lat=spot.lat)
    assert [code for code, service in catalogue().types.items() if decide(said, service).is_triage] == []


def test_a_pin_near_a_border_names_the_neighbour(app, city):
    ring = city.areas["K2"].geometry["coordinates"]
    ring = ring[0] if city.areas["K2"].geometry["type"] == "Polygon" else ring[0][0]
    found = {place(SaidPlace("pin", lon=lon, lat=lat)).neighbours for lon, lat in ring[:20]}
    assert any(found), "some corner of an inner area lies within 30 m of another area"


@pytest.mark.parametrize(
    ("line", "method", "address"),
    [
        ("בית החולים קפלן", "place", "בית חולים קפלן"),
        ("בית ספר ויצמן", "place", "בית ספר - ויצמן"),
        ("טשרניחובסקי62", "address", "טשרניחובסקי 62"),
        ("ויצמן", "triage", "ויצמן"),
        ("הרצל 150", "triage", "הרצל 150"),
    ],
)
def test_a_typed_line_is_the_place_or_the_street_it_names_best(city, line, method, address):
    found = place(SaidPlace("address", line=line))
    assert (found.method, found.address) == (method, address)


def test_a_neighbourhood_is_no_point_whoever_names_one_is_asked(city):
    names = [spot.name["he"] for spot in city.places.values() if spot.kind == "neighbourhood"]
    assert "שכונת דניה" in names
    assert {place(SaidPlace("address", line=name)).method for name in names} <= {"triage", "street"}
    for line in ("שכונת דניה", "קרית משה"):
        assert place(SaidPlace("address", line=line)).method == "triage", line


def test_a_decided_street_is_where_it_is_whatever_it_stands_near(city):
    spots = [spot.name["he"] for spot in city.places.values() if len(spot.name["he"].split()) >= 3]
    streets = ("נגבה", "ההגנה", "בן גוריון", "חבד")
    lines = [f"{street} ליד {spot}" for street in streets for spot in spots]
    decided = [line for line in lines if city.addresses.resolve(line).area_code]
    assert len(decided) > len(lines) / 2
    for line in decided:
        found = place(SaidPlace("address", line=line))
        assert (found.method, found.area_code) == ("street", city.addresses.resolve(line).area_code), line


def test_a_place_whose_name_holds_the_name_of_a_street_is_that_place(city):
    for line in ("מכון ויצמן למדע", "בית ספר - סמילנסקי", "הפקולטה לחקלאות, האוניברסיטה העברית"):
        assert place(SaidPlace("address", line=line)).method == "place", line


@pytest.mark.parametrize(
    ("line", "is_of_a_house"),
    [
        ("הרצל 150", True),
        ("הרצל150", True),
        ("הרצל 150, קומה 2, 050-1234567", True),
        ("הרצל", False),
        ("הרצל, קומה 3", False),
        ("הרצל 050-1234567", False),
        ("הרצל, +972 50 123 4567", False),
        ("הרצל 08-939-2222", False),
        ("הרצל, ליד התחנה של קו 14", False),
    ],
)
def test_a_floor_a_telephone_or_a_bus_line_is_no_house_number(city, line, is_of_a_house):
    found = place(SaidPlace("address", line=line))
    assert found.reason == ("number_unknown" if is_of_a_house else "several_areas")
