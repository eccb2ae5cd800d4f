"""Which centre and which handler, and why."""

import pytest

from service_desk.catalog.queries import catalogue
from service_desk.intake.rules import SaidPlace
from service_desk.routing.queries import decide, place

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
    assert len(decision.placed.candidates) > 1
    assert decision.centre_id == city.default_centre.id


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
