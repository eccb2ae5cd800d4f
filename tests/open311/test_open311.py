"""Open311 GeoReport v2, as a program of a third party meets it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta
from xml.etree import ElementTree as ET

import pytest

from service_desk import clock, config, work
from service_desk.desks.open311.formats import as_xml
from service_desk.desks.open311.keys import KEYS
from service_desk.extensions import db
from service_desk.intake import queries as said_before
from service_desk.people import actions, queries
from service_desk.tickets import queries as tickets
from service_desk.work import moments

V2 = "/open311/v2"
POTHOLE = {
    "api_key": "demo",
    "service_code": "RD-POTHOLE",
    "address_string": "טשרניחובסקי 62",
    "description": "בור עמוק, דני 050-7654321",
    "attribute[position]": "lane",
    "first_name": "דני",
    "last_name": "כהן",
    "phone": "0507654321",
    "email": "danny@example.com",
    "device_id": "device-77",
    "account_id": "account-77",
}


@pytest.fixture
def api(app):
    """A program: no cookies, no pages."""
    KEYS.forget()
    yield app.test_client(use_cookies=False)
    KEYS.forget()


@pytest.fixture
def post(api):
    """Post a report; keyword arguments replace or (None) remove its fields."""

    def send(extension="json", headers=None, **fields):
        data = {
            name.replace("attribute_", "attribute["): value
            for name, value in (POTHOLE | fields).items()
            if value is not None
        }
        return api.post(f"{V2}/requests.{extension}", data=data, headers=headers)

    return send


def ticket_of(reference):
    with work.tenant(1):
        found = tickets.by_reference(reference)
        db.session.expunge_all()
        return found


def only(response):
    body = json.loads(response.data)
    assert isinstance(body, list)
    assert len(body) == 1, body
    return body[0]


def error_of(response):
    return only(response)["code"], only(response)["description"]


def test_discovery_names_the_endpoint_in_both_formats(api):
    told = json.loads(api.get("/open311/discovery.json").data)
    assert told["endpoints"][0]["url"].endswith(V2)
    root = ET.fromstring(api.get(f"{V2}/discovery.xml").data)
    assert [each.text for each in root.findall("endpoints/endpoint/formats/format")] == [
        "text/xml",
        "application/json",
    ]


def test_the_service_list_has_every_type_in_the_asked_language(api):
    listed = json.loads(api.get(f"{V2}/services.json?lang=en").data)
    assert len(listed) == 70
    pothole = next(each for each in listed if each["service_code"] == "RD-POTHOLE")
    assert (pothole["metadata"], pothole["type"]) == (True, "realtime")
    assert "pothole" in pothole["service_name"].lower()
    root = ET.fromstring(api.get(f"{V2}/services.xml").data)
    assert len(root.findall("service/service_code")) == 70


def test_a_definition_gives_the_questions(api):
    told = json.loads(api.get(f"{V2}/services/RD-POTHOLE.json?lang=en").data)
    position = next(each for each in told["attributes"] if each["code"] == "position")
    assert position["datatype"] == "singlevaluelist"
    assert "lane" in [value["key"] for value in position["values"]]
    root = ET.fromstring(api.get(f"{V2}/services/RD-POTHOLE.xml").data)
    assert root.find("attributes/attribute/values/value/key") is not None


def test_the_accept_header_decides_without_an_ending(api):
    assert api.get(f"{V2}/services", headers={"Accept": "application/json"}).mimetype == "application/json"
    assert api.get(f"{V2}/services").content_type == "text/xml; charset=utf-8"


def test_a_post_opens_the_ticket_of_its_address(api, post, city):
    answer = post()
    assert answer.status_code == 201, answer.data
    made = only(answer)
    assert "קש" in made["service_notice"]
    shown = only(api.get(f"{V2}/requests/{made['service_request_id']}.json"))
    ticket = ticket_of(made["service_request_id"])
    assert shown["extended_attributes"] == {"centre": "K5", "routing": "address"}
    assert shown["agency_responsible"] == city.centres[ticket.centre_id].name["he"]
    assert shown["status"] == "open"
    assert datetime.fromisoformat(shown["expected_datetime"]).utcoffset().total_seconds() in {7200, 10800}
    assert shown["address"] == "טשרניחובסקי 62"
    assert ticket.channel == "open311"


def test_no_answer_carries_personal_data(api, post):
    made = only(post())
    for path in (f"{V2}/requests/{made['service_request_id']}", f"{V2}/requests"):
        for extension in ("json", "xml"):
            body = api.get(f"{path}.{extension}").get_data(as_text=True)
            for secret in ("דני", "כהן", "7654321", "danny", "device-77", "account-77", "בור עמוק"):
                assert secret not in body
            assert made["service_request_id"] in body


def test_a_typed_line_that_is_no_street_of_ours_is_not_published(api, post):
    made = only(post(address_string="aaa bbb 7654321"))
    shown = only(api.get(f"{V2}/requests/{made['service_request_id']}.json"))
    assert shown["address"] is None
    assert shown["extended_attributes"] == {"centre": None, "routing": "triage"}


def test_a_house_number_that_is_not_known_is_triage_as_any_undecided_place(api, post):
    made = only(post(address_string="הרצל 150"))
    shown = only(api.get(f"{V2}/requests/{made['service_request_id']}.json"))
    assert shown["extended_attributes"] == {"centre": None, "routing": "triage"}
    assert ticket_of(made["service_request_id"]).triage_reason == "number_unknown"


def test_a_pin_in_the_enclave_is_outside_and_undecided(api, post):
    made = only(post(address_string=None, lat="31.887366", long="34.800083"))
    xml = ET.fromstring(api.get(f"{V2}/requests/{made['service_request_id']}.xml").data)
    assert xml.find("request/extended_attributes/routing").text == "outside"
    assert not xml.find("request/extended_attributes/centre").text
    assert xml.find("request/lat").text == "31.8874"


def test_an_address_id_leads_to_its_street(api, post):
    first = only(api.get(f"{V2}/requests/{only(post())['service_request_id']}.json"))
    again = only(post(address_string=None, address_id=first["address_id"]))
    assert (
        only(api.get(f"{V2}/requests/{again['service_request_id']}.json"))["address_id"]
        == first["address_id"]
    )


@pytest.mark.parametrize(
    ("fields", "status", "words"),
    [
        ({"api_key": None}, 403, "api_key"),
        ({"api_key": "wrong"}, 403, "api_key"),
        ({"service_code": None}, 400, "service_code was not provided"),
        ({"service_code": "NO-SUCH"}, 404, "service_code provided was not found"),
        ({"jurisdiction_id": "nowhere.example"}, 404, "jurisdiction_id provided was not found"),
        ({"address_string": None}, 400, "was not provided"),
        ({"address_string": None, "lat": "31.9"}, 400, "together"),
        ({"lat": "north", "long": "34.8"}, 400, "lat"),
        ({"lat": "nan", "long": "34.8"}, 400, "lat"),
        ({"lat": "91", "long": "34.8"}, 400, "lat"),
        ({"address_id": "1;DROP"}, 400, "address_id"),
        ({"address_string": None, "address_id": "999999999"}, 400, "address_id"),
        ({"phone": "not a phone"}, 400, "phone"),
        ({"attribute[position]": "moon"}, 400, "attribute[position]"),
        ({"attribute[nothing]": "1"}, 400, "attribute[nothing]"),
    ],
)
def test_a_wrong_report_is_refused_in_the_specification_s_shape(post, fields, status, words):
    answer = post(**fields)
    assert answer.status_code == status
    code, description = error_of(answer)
    assert code == status
    assert words in description
    root = ET.fromstring(post("xml", **fields).data)
    assert (root.tag, root.find("error/code").text) == ("errors", str(status))


def test_every_wrong_attribute_is_named_at_once(post):
    answer = post(**{"attribute[position]": "moon", "attribute[extra]": "x"})
    assert len(json.loads(answer.data)) == 2


def test_the_same_idempotency_key_is_one_report(post):
    headers = {"Idempotency-Key": "abc"}
    first, second = only(post(headers=headers)), only(post(headers=headers))
    assert first == second
    assert post(headers=headers, description="something else").status_code == 400


def test_a_token_leads_to_its_request(api, post):
    made = only(post())
    found = only(api.get(f"{V2}/tokens/{made['token']}.json"))
    assert found == {"service_request_id": made["service_request_id"], "token": made["token"]}
    forged = made["token"][:-1] + ("A" if made["token"][-1] != "A" else "B")
    assert api.get(f"{V2}/tokens/{forged}.json").status_code == 404
    assert api.get(f"{V2}/tokens/שלום.xml").status_code == 404


def test_a_media_address_is_kept_as_words_and_never_opened(app, post):
    made = only(post(media_url="http://127.0.0.1:9/secret.jpg"))
    ticket = ticket_of(made["service_request_id"])
    with work.tenant(1):
        assert said_before.reports_of(ticket.id)[0].text.endswith("\nhttp://127.0.0.1:9/secret.jpg")
        assert said_before.photos_of(ticket.id) == []


def test_a_sensitive_request_can_be_made_and_is_never_shown(api, post):
    made = only(post(service_code="ADM-COMPLAINT", **{"attribute[position]": None}))
    assert api.get(f"{V2}/requests/{made['service_request_id']}.json").status_code == 404
    listed = api.get(f"{V2}/requests.json?service_request_id={made['service_request_id']}")
    assert json.loads(listed.data) == []
    assert json.loads(api.get(f"{V2}/requests.json").data) == []


def test_the_list_filters_by_code_status_date_and_page(api, post):
    pothole = only(post())["service_request_id"]

    def ids(query):
        answer = api.get(f"{V2}/requests.json?{query}")
        assert answer.status_code == 200, answer.data
        return [each["service_request_id"] for each in json.loads(answer.data)]

    assert ids("service_code=RD-POTHOLE,LT-OUT") == [pothole]
    assert ids("service_code=LT-OUT") == []
    assert ids("status=open") == ids("status=open,closed") == ids("status=open&status=closed") == [pothole]
    assert ids("status=closed") == []
    assert ids("end_date=2020-01-01") == []
    assert ids("page=2") == []
    assert ids("page_size=1") == [pothole]
    assert ids(f"service_request_id={pothole},1,abc&status=closed") == [pothole]
    assert ids("service_request_id=" + ",".join(["1"] * 5000)) == []
    assert ids("service_request_id=%00,٣٤٣٣٦٣٦") == []


@pytest.mark.parametrize(
    "query",
    [
        "status=done", "start_date=yesterday", "page=0", "page=x", "page=99999999999999999999", "page_size=-1",
        "start_date=2020-01-01T00:00:00Z&end_date=2021-01-01T00:00:00Z",
        "start_date=2021-01-01T00:00:00Z&end_date=2020-12-31T00:00:00Z",
        "end_date=0001-01-01T00:00:00Z", "start_date=9999-12-31T23:59:59Z",
    ],
)  # fmt: skip
def test_a_wrong_filter_is_refused_and_never_an_error_of_ours(api, query):
    assert api.get(f"{V2}/requests.json?{query}").status_code in {200, 400}
    if "date" not in query:
        assert error_of(api.get(f"{V2}/requests.json?{query}"))[0] == 400


def test_an_offset_s_plus_that_became_a_space_is_mended(api, post):
    post()
    day = timedelta(days=1)
    since, until = (
        clock.local(each).replace(microsecond=0).isoformat()
        for each in (clock.now() - day, clock.now() + day)
    )
    assert "+0" in since
    found = api.get(f"{V2}/requests.json?start_date={since}&end_date={until}")
    assert len(json.loads(found.data)) == 1


def test_the_jurisdiction_selects_the_authority(api, post):
    made = only(post())["service_request_id"]
    assert api.get(f"{V2}/requests/{made}.json?jurisdiction_id=rehovot.muni.il").status_code == 200
    assert api.get(f"{V2}/requests/{made}.json?jurisdiction_id=nzc.org.il").status_code == 404
    assert only(api.get(f"{V2}/services.json?jurisdiction_id=nowhere")) == {
        "code": 404,
        "description": "jurisdiction_id provided was not found",
    }


def test_unknown_things_are_not_found_in_the_specification_s_shape(api):
    for path in ("services/NO", "requests/1", "requests/4821937", "tokens/1", "nothing", "services.html"):
        answer = api.get(f"{V2}/{path}.json" if "." not in path else f"{V2}/{path}")
        assert answer.status_code == 404
        assert b"<html" not in answer.data


def test_any_page_may_read_but_not_write(api, post):
    assert api.get(f"{V2}/services.json").headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Origin" not in api.get(f"{V2}/services.json?api_key=demo").headers
    assert "Access-Control-Allow-Origin" not in post().headers


def test_control_characters_never_reach_the_xml(api):
    root = ET.fromstring(as_xml("request", {"description": "a\x00\x1b\u202eb<&>"}))
    assert root.find("description").text == "ab<&>"


def test_a_revoked_key_is_refused_within_seconds(app, post):
    with work.transaction():
        key = actions.make_api_key("to be revoked", clock.now())
    assert post(api_key=key).status_code == 201
    with work.tenant(1), work.transaction():
        actions.revoke_api_key(queries.api_key(key).id, clock.now())
    KEYS.forget()
    assert post(api_key=key).status_code == 403


def test_a_key_that_writes_too_much_rests(post, monkeypatch):
    monkeypatch.setattr(moments, "ticks", lambda: 1000.0)  # no minute ends in between
    usual = config.current()
    config.use(replace(usual, open311_posts_per_minute=1))
    try:
        assert post().status_code == 201
        assert post().status_code == 429
    finally:
        config.use(usual)


def test_a_post_takes_at_most_twelve_statements(post, statements):
    post()
    statements.clear()
    assert post().status_code == 201
    assert len(statements) <= 12, statements


def test_a_list_takes_two_statements(api, post, statements):
    post()
    statements.clear()
    api.get(f"{V2}/requests.json")
    assert len(statements) <= 2, statements


def test_what_the_house_refuses_is_said_in_an_interface_s_words(api, post):
    answers = [
        api.put(f"{V2}/requests.json"),
        post(description="x" * 1_100_000),
        api.get(f"{V2}/nothing.json"),
        api.get(f"{V2}/requests/%00.json"),
    ]
    assert [error_of(each)[0] for each in answers] == [405, 413, 404, 404]
    assert [each.status_code for each in answers] == [405, 413, 404, 404]
    assert "method" in error_of(answers[0])[1]
    assert "1 MB" in error_of(answers[1])[1]
