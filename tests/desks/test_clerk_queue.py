"""The queue: what is due first, for whom, within its statements."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import text

from service_desk.catalog.queries import catalogue
from service_desk.desks.clerk import queue_page
from service_desk.desks.clerk.door import counts_kept
from service_desk.flow.hand_over import hand_over
from service_desk.flow.receive import receive_report
from service_desk.flow.work_on import ask_resident, assign_ticket
from service_desk.people.rules import Actor


@pytest.fixture
def report(said):
    """Receive a report; keyword arguments replace its parts."""
    return lambda **parts: receive_report(said(**parts), Actor("resident"))


def make_late(owner, ticket_id: int, by: timedelta = timedelta(hours=3)) -> None:
    """Let the promise of a ticket have passed."""
    with owner.begin() as connection:
        connection.execute(
            text(
                "UPDATE tickets SET due_at = now() - :by, opened_at = now() - interval '9 days' WHERE id = :id"
            ),
            {"by": by, "id": ticket_id},
        )


def test_queue_asks_for_a_login(client):
    assert client.get("/desk/").status_code == 302


def test_queue_shows_own_centre_grouped_by_due_time(client, report, owner):
    late, today = report(), report(phone=None)
    make_late(owner, late.ticket_id)
    client.sign_in("clerk5@rehovot.example")
    page = client.get("/desk/?lang=en").get_data(as_text=True)
    assert page.index("Late by 3:00") < page.index(f"/desk/t/{today.ticket_id}")
    assert page.index(f"/desk/t/{late.ticket_id}") < page.index(f"/desk/t/{today.ticket_id}")
    assert '<b class="bad">' in page


def test_queue_takes_four_statements(client, report, statements):
    for _ in range(3):
        report(phone=None)
    client.sign_in("clerk5@rehovot.example")
    client.get("/desk/")
    counts_kept.forget()
    statements.clear()
    assert client.get("/desk/?view=late&type=RD-POTHOLE").status_code == 200
    assert len(statements) <= 4, statements


def test_each_view_and_filter_answers(client, report, clerk):
    group = catalogue().types["RD-POTHOLE"].group_code
    mine, asked = report(), report(phone="+972501112233")
    assign_ticket(mine.ticket_id, 1, clerk, clerk.id)
    ask_resident(asked.ticket_id, 1, clerk, "איזה בור?")
    client.sign_in("clerk5@rehovot.example")
    shows = {
        "view=mine": mine, "view=waiting": asked, "type=RD-POTHOLE&status=assigned": mine, f"type=group:{group}": mine,
        "status=waiting": asked, "channel=web&area=K5": mine, "q=טשרניחובסקי": mine,
    }  # fmt: skip
    for query, found in shows.items():
        page = client.get(f"/desk/?{query}").get_data(as_text=True)
        assert f"/desk/t/{found.ticket_id}" in page, query
    for query in ("view=late", "view=triage", "view=news", "status=closed", "channel=phone", "q=אינשם"):
        assert f"/desk/t/{mine.ticket_id}" not in client.get(f"/desk/?{query}").get_data(as_text=True), query


def test_nonsense_in_the_address_is_not_asked(client, report):
    found = report()
    client.sign_in("clerk5@rehovot.example")
    page = client.get("/desk/?view=%00&centre=99&type=x&status=y&after=zzz~-1&area=&channel=fax")
    assert f"/desk/t/{found.ticket_id}" in page.get_data(as_text=True)


def test_more_than_a_page_goes_on_where_it_ended(client, report, monkeypatch):
    monkeypatch.setattr(queue_page, "PAGE", 2)
    ids = {report(phone=None).ticket_id for _ in range(5)}
    client.sign_in("clerk5@rehovot.example")
    seen, path = [], "/desk/"
    for _ in range(3):
        page = client.get(path).get_data(as_text=True)
        seen += [int(each) for each in re.findall(r'data-ticket="(\d+)"', page)]
        found = re.search(r'data-more href="([^"]+)"', page)
        path = found.group(1).replace("&amp;", "&") if found else ""
    assert len(seen) == len(set(seen)) == 5
    assert set(seen) == ids
    assert path == ""


def test_full_reference_leads_to_its_ticket(client, report):
    found = report()
    client.sign_in("clerk5@rehovot.example")
    answer = client.get(f"/desk/?q={found.reference}")
    assert answer.status_code == 302
    assert answer.location.endswith(f"/desk/t/{found.ticket_id}")


def test_phone_search_finds_and_is_put_on_record(client, report, owner):
    found = report(phone="+972502345678")
    client.sign_in("clerk5@rehovot.example")
    assert f"/desk/t/{found.ticket_id}" in client.get("/desk/?q=050-2345678").get_data(as_text=True)
    with owner.connect() as connection:
        assert (
            connection.execute(text("SELECT count(*) FROM access_log WHERE what = 'phone_search'")).scalar()
            == 1
        )


def test_other_centre_is_open_but_on_record(client, report, owner):
    found = report()
    client.sign_in("clerk2@rehovot.example")
    assert f"/desk/t/{found.ticket_id}" not in client.get("/desk/").get_data(as_text=True)
    assert f"/desk/t/{found.ticket_id}" in client.get("/desk/?centre=5").get_data(as_text=True)
    with owner.connect() as connection:
        rows = connection.execute(text("SELECT what, why FROM access_log WHERE what = 'queue'")).all()
    assert rows == [("queue", "outside_own_centres")]


def test_contractor_is_refused_at_the_desk_and_sees_own_work_only(client, report, city, clerk):
    held, other = report(), report(phone=None)
    hand_over(held.ticket_id, 1, clerk, unit_id=city.unit_by_code("C-ROADS").id)
    client.sign_in("contractor@rehovot.example")
    for path in (
        "/desk/",
        f"/desk/t/{held.ticket_id}",
        "/desk/new",
        "/desk/map",
        f"/desk/t/{held.ticket_id}/resolve",
    ):
        assert client.get(path).status_code == 403, path
    page = client.get("/contractor/?lang=en").get_data(as_text=True)
    assert "טשרניחובסקי" in page
    # whole numbers: four digits alone may stand in a token
    assert f"{held.reference[:3]}-{held.reference[-4:]}" in page
    assert f"{other.reference[:3]}-{other.reference[-4:]}" not in page
    assert "2345678" not in page


def test_mayor_reads_without_buttons(client, report):
    found = report()
    client.sign_in("mayor@rehovot.example")
    assert f"/desk/t/{found.ticket_id}" in client.get("/desk/").get_data(as_text=True)
    page = client.get(f"/desk/t/{found.ticket_id}").get_data(as_text=True)
    assert "/take" not in page
    assert "/reply" not in page
    assert client.post(f"/desk/t/{found.ticket_id}/take", {"seen": "1"}).status_code == 403
    assert client.post(f"/desk/t/{found.ticket_id}/phone/1").status_code == 403


def test_map_says_the_same_as_points_and_table(client, report):
    found = report()
    client.sign_in("clerk5@rehovot.example")
    assert f"/desk/t/{found.ticket_id}" in client.get("/desk/map").get_data(as_text=True)
    points = client.get("/desk/map.json").json["features"]
    assert [each["properties"]["number"] for each in points] == [5]
    assert len(client.get("/desk/areas.json").json["features"]) == 7


def test_paused_promise_does_not_run_late(client, report, owner, clerk):
    found = report()
    ask_resident(found.ticket_id, 1, clerk, "איזה בור?")
    with owner.begin() as connection:
        connection.execute(
            text(
                "UPDATE tickets SET due_at = now() - interval '1 hour', holder_since = now() - interval '1 day' WHERE id = :id"
            ),
            {"id": found.ticket_id},
        )
    client.sign_in("clerk5@rehovot.example")
    assert f"/desk/t/{found.ticket_id}" not in client.get("/desk/?view=late").get_data(as_text=True)
    page = client.get("/desk/?lang=en").get_data(as_text=True)
    assert "The clock stands still" in page
    assert 'data-group="none"' in page


def test_only_keys_that_do_something_are_named(client):
    pages = {}
    for who in ("clerk5", "roads", "mayor"):
        client.sign_in(f"{who}@rehovot.example")
        pages[who] = client.get("/desk/?lang=en").get_data(as_text=True)
    for words in ("Report by phone", "To the shift handover", "Assign to a colleague"):
        assert [words in page for page in pages.values()] == [True, False, False], words
    assert ["Begin work" in page for page in pages.values()] == [True, True, False]
    assert all("Between rows" in page and "Next row" in page for page in pages.values())
