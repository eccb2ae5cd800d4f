"""Pages of what-if: tried, shown, applied, dropped; what cannot be used comes back beside its field."""

import io
import json
import re
from datetime import timedelta

import pytest

from service_desk import clock
from service_desk.city import kept
from service_desk.city.queries import city_map
from service_desk.extensions import db
from service_desk.flow.contract_area_form import areas_of, contracts_in_force
from service_desk.reports.models import Proposal

RING = [[34.800, 31.890], [34.806, 31.890], [34.806, 31.896], [34.800, 31.896], [34.800, 31.890]]
BOX = json.dumps({"type": "Polygon", "coordinates": [RING]})


@pytest.fixture
def mayor(client, counted):
    counted()
    client.sign_in("mayor@rehovot.example")
    return client


def drawn(**more):
    return {"key": "k" * 32, "target": "K5", "drawn": BOX, "title": "", **more}


def made(client, kind="boundary", **form):
    client.get(f"/mayor/proposals/new/{kind}")
    answer = client.post(f"/mayor/proposals/new/{kind}", drawn() | form if kind == "boundary" else form)
    assert answer.status_code == 303, answer.get_data(as_text=True)[:2000]
    return answer.location


def text_of(client, path):
    return client.get(f"{path}?lang=en").get_data(as_text=True)


def test_a_drawn_border_is_tried_once_kept_and_shown_with_both_maps(mayor):
    where = made(mayor)
    page = text_of(mayor, where)
    assert "would have gone to another centre" in page
    assert page.count('<svg class="mp"') == page.count('<path class="mp-ground"') - 1 == 2
    assert "dunams" in page
    assert made(mayor) == where, "the same form sent twice makes one proposal"
    assert db.session.query(Proposal).count() == 1
    assert "Border of centres" in text_of(mayor, "/mayor/proposals")


def test_a_file_does_what_drawing_does(mayor):
    mayor.get("/mayor/proposals/new/boundary")
    file = (io.BytesIO(BOX.encode()), "ground.geojson")
    answer = mayor.post(
        "/mayor/proposals/new/boundary",
        drawn(drawn="", file=file, title="צפון המרכז"),
        content_type="multipart/form-data",
    )
    assert answer.status_code == 303
    assert "צפון המרכז" in text_of(mayor, answer.location)


def test_today_s_areas_as_a_file_change_nothing_and_say_so(mayor):
    areas = mayor.get("/desk/areas.json").get_data(as_text=True)
    mayor.get("/mayor/proposals/new/boundary")
    page = mayor.post("/mayor/proposals/new/boundary?lang=en", drawn(drawn=areas))
    assert page.status_code == 422
    assert "belongs to that centre already" in page.get_data(as_text=True)


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"drawn": ""}, "This is needed."),
        ({"target": ""}, "This is needed."),
        ({"target": "K99"}, "This is needed."),
        ({"drawn": "{"}, "not GeoJSON"),
        ({"drawn": BOX.replace("34.8", "33.8")}, "outside the city"),
    ],
)
def test_what_cannot_be_tried_comes_back_beside_its_field_with_what_was_typed(mayor, form, sentence):
    mayor.get("/mayor/proposals/new/boundary")
    page = mayor.post("/mayor/proposals/new/boundary?lang=en", drawn(title="Kept words", **form))
    shown = page.get_data(as_text=True)
    assert page.status_code == 422
    assert sentence in shown
    assert "Kept words" in shown
    assert "k" * 32 in shown
    assert db.session.query(Proposal).count() == 0


def test_each_kind_has_its_form_and_its_result(mayor):
    form = mayor.get("/mayor/proposals/new/sla?lang=en&service=RD-POTHOLE").get_data(as_text=True)
    assert re.search(r'name="resolve"[^>]*value="[0-9.]+"', form)
    page = text_of(
        mayor,
        made(
            mayor, "sla", key="s", service="RD-POTHOLE", resolve="300", reopened="12,5", calendar="business"
        ),
    )
    assert "300 hours" in page
    assert "12.5 hours" in page
    form = mayor.get("/mayor/proposals/new/hours?lang=en&centre=5").get_data(as_text=True)
    assert re.search(r'name="day_0"[^>]*value="\d\d:\d\d-', form)
    page = text_of(mayor, made(mayor, "hours", key="h", centre="5", day_0="08:00-12:00"))
    assert "found the door closed" in page
    form = mayor.get("/mayor/proposals/new/contract_area?lang=en&contract=C-WASTE-N-1").get_data(as_text=True)
    assert form.count(" checked") == len(proposals_areas())
    page = text_of(
        mayor,
        made(mayor, "contract_area", key="c", contract="C-WASTE-N-1", areas="K1", given_to="C-WASTE-S-1"),
    )
    assert "gone to another contractor" in page
    assert text_of(mayor, "/mayor/proposals").count("<tr>") == 4


def proposals_areas():
    return areas_of(next(row for row in contracts_in_force() if row.code == "C-WASTE-N-1"))


def test_wrong_hours_and_weeks_are_named_beside_their_fields(mayor):
    mayor.get("/mayor/proposals/new/sla?service=RD-POTHOLE")
    page = mayor.post(
        "/mayor/proposals/new/sla?lang=en",
        {"service": "RD-POTHOLE", "resolve": "soon", "reopened": "1", "calendar": "business"},
    )
    assert page.status_code == 422
    assert 'id="resolve-error"' in page.get_data(as_text=True)
    page = mayor.post("/mayor/proposals/new/hours?lang=en", {"centre": "5", "day_0": "8 to noon"})
    assert page.status_code == 422
    assert "Hours are written like" in page.get_data(as_text=True)
    for kind in ("sla", "hours", "contract_area"):
        assert mayor.post(f"/mayor/proposals/new/{kind}", {}).status_code == 422
    assert mayor.get("/mayor/proposals/new/weather").status_code == 404


def test_a_manager_drafts_and_the_mayor_decides(mayor, client):
    client.sign_in("manager5@rehovot.example")
    where = made(client)
    page = text_of(client, where)
    assert "The mayor or an administrator decides" in page
    assert "Apply the proposal" not in page
    assert (
        client.post(f"{where}/apply", {"seen": "0", "since": "2100-01-01", "sure": "yes"}).status_code == 403
    )
    assert client.post(f"{where}/drop", {"seen": "0"}).status_code == 303
    assert "Dropped" in text_of(client, where)


def test_applying_asks_for_a_day_and_a_tick_and_says_when_the_data_moved(mayor, owner, app):
    where = made(mayor)
    page = mayor.post(f"{where}/apply?lang=en", {"seen": "0", "since": "2020-01-01"})
    assert page.status_code == 422
    shown = page.get_data(as_text=True)
    assert "Only today and days to come" in shown
    assert 'id="sure-error"' in shown
    with owner.begin() as connection:
        connection.exec_driver_sql("UPDATE authorities SET data_version = data_version + 1 WHERE id = 1")
    soon = clock.local(clock.now()).date() + timedelta(days=9)
    stale = mayor.post(f"{where}/apply?lang=en", {"seen": "0", "since": soon.isoformat(), "sure": "yes"})
    assert stale.status_code == 409
    assert "data changed meanwhile" in stale.get_data(as_text=True)
    kept.forget()
    assert mayor.post(f"{where}/replay", {"seen": "0"}).status_code == 303
    assert mayor.post(f"{where}/replay", {"seen": "0"}).status_code == 409, "somebody else replayed it"
    assert city_map().areas["K5"].valid_to is None


def test_the_pages_cost_a_known_number_of_statements(mayor, statements):
    where = made(mayor)
    cost = {}
    for path in ("/mayor/proposals", where, "/mayor/proposals/new/boundary"):
        mayor.get(path)
        statements.clear()
        mayor.get(path)
        # who is signed in, and the names of staff, are read every so often, whatever the page
        cost[path.replace(where, "one")] = len(
            [e for e in statements if "set_config" not in e and "staff" not in e]
        )
    assert cost == {"/mayor/proposals": 1, "one": 1, "/mayor/proposals/new/boundary": 0}


def test_a_clerk_and_a_passer_by_see_nothing(client, app):
    assert client.get("/mayor/proposals").status_code == 302
    client.sign_in("clerk5@rehovot.example")
    assert client.get("/mayor/proposals").status_code == 403
