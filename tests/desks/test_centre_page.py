"""The public page of a centre: the overview's numbers, what was promised in public, and nobody's name."""

import re
import sys
from datetime import timedelta
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent.parent / "community"))

from visit_stage import commitment, mayor, today, visit

from service_desk.community import queries
from service_desk.community.rules import Act
from service_desk.desks.mayor import overview_figures
from service_desk.desks.resident import centre_page
from service_desk.flow import count_figures, merge, receive
from service_desk.flow.act_on_commitment import act_on_commitment
from service_desk.flow.demo import seed_past
from service_desk.people.rules import Actor
from service_desk.reports.measures import MEASURES
from service_desk.reports.rules import usual_days
from service_desk.reports.sums import CITY
from service_desk.reports.values import Value

RESIDENT = Actor("resident", 1)


@pytest.fixture(autouse=True)
def fresh(app):
    """Figures read anew: those of another test are not shown here."""
    centre_page.forget()
    overview_figures.forget()
    yield
    centre_page.forget()
    overview_figures.forget()


def test_the_page_shows_the_overview_s_numbers(app, city):
    seed_past(tickets=300, months=2, lean=True)
    count_figures.rebuild()
    days = usual_days(today())
    overview = overview_figures.figures(days, today())
    span = centre_page._read(days)
    for code in centre_page.TABLE:
        for key in (*city.centres, CITY):
            assert span.value(code, key) == overview.shown.value(code, key), (code, key)


@pytest.mark.parametrize("language", ["he", "ar", "ru", "en", "am"])
def test_everybody_reads_every_centre_in_five_languages(client, language):
    for number in range(1, 8):
        page = client.get(f"/centres/{number}?lang={language}")
        assert page.status_code == 200
        assert f'data-centre="{number}"' in page.get_data(as_text=True)
    assert client.get("/centres/8").status_code == 404


def test_it_takes_few_statements_and_none_for_figures_seen_a_moment_ago(client, statements):
    client.get("/centres/5")
    centre_page.forget()
    statements.clear()
    client.get("/centres/5")
    assert len(statements) <= 5, statements
    statements.clear()
    client.get("/centres/5")
    assert len(statements) <= 3, statements


@pytest.mark.parametrize(("days", "shown"), [("90", 90), ("365", 365), ("7", 30), ("x", 30), ("", 30)])
def test_the_period_is_one_of_three(client, days, shown):
    body = client.get(f"/centres/5?days={days}&lang=en").get_data(as_text=True)
    assert re.search(rf"The last {shown} whole days", body)


def test_few_cases_are_said_as_few():
    with_few = {
        code: centre_page.public_value(code, Value(3, 3)) for code in ("received", "done", "per_1000")
    }
    assert len(set(with_few.values())) == 1
    assert "3" not in with_few["done"]
    assert MEASURES["done"].unit == "cases"


def test_public_commitments_stand_there_without_names_and_private_ones_do_not(client, city):
    shown = visit(city)
    commitment(shown, words="תאורה בשביל")
    commitment(shown, words="עניין פנימי", is_public=False)
    commitment(visit(city, is_public=False), words="מפגיש לא ציבורי")
    withdrawn = commitment(shown, words="לוח מודעות")
    act_on_commitment(withdrawn, 1, Act("withdrawn", "הוחלט אחרת"), mayor())
    body = client.get("/centres/5?lang=en").get_data(as_text=True)
    assert "תאורה בשביל" in body
    assert "Still open" in body
    assert "Withdrawn" in body
    for private in ("עניין פנימי", "מפגיש לא ציבורי", "ועד הבית", "הוחלט אחרת"):
        assert private not in body
    assert "תאורה בשביל" not in client.get("/centres/2").get_data(as_text=True)


def test_the_next_public_meeting_is_announced(client, city):
    visit(city, day=today() + timedelta(days=9), title="ישיבה קרובה")
    visit(city, day=today() + timedelta(days=9), title="פנימית", is_public=False)
    body = client.get("/centres/5").get_data(as_text=True)
    assert "ישיבה קרובה" in body
    assert "פנימית" not in body


def test_a_resident_reads_on_her_page_what_was_promised_about_her_report(client, city, said):
    received = receive.receive_report(said(), RESIDENT)
    made = commitment(visit(city), reference=received.reference, words="תיקון עד החג", is_public=False)
    body = client.get(f"/t/{received.token}?lang=en").get_data(as_text=True)
    assert "תיקון עד החג" in body
    assert "Promised at the meeting of" in body
    assert "ועד הבית" not in body
    later = today() + timedelta(days=70)
    act_on_commitment(made, 1, Act("moved", "סיבה פנימית", later), mayor())
    body = client.get(f"/t/{received.token}?lang=en").get_data(as_text=True)
    assert "First promised by" in body
    assert "סיבה פנימית" not in body
    act_on_commitment(made, 2, Act("kept"), mayor())
    assert "Kept" in client.get(f"/t/{received.token}?lang=en").get_data(as_text=True)


def test_a_promise_moves_along_with_a_merge_and_back(client, city, said, clerk):
    first = receive.receive_report(said(), RESIDENT)
    second = receive.receive_report(said(phone="+972502345679"), RESIDENT)
    commitment(visit(city), reference=first.reference, words="תיקון עד החג")
    merge.merge_ticket(first.ticket_id, None, second.reference, clerk)
    assert "תיקון עד החג" in client.get(f"/t/{second.token}").get_data(as_text=True)
    merge.unmerge_ticket(first.ticket_id, None, clerk)
    assert "תיקון עד החג" not in client.get(f"/t/{second.token}").get_data(as_text=True)
    assert "תיקון עד החג" in client.get(f"/t/{first.token}").get_data(as_text=True)


def test_a_number_of_a_merged_request_links_the_main_one(city, said, clerk):
    first = receive.receive_report(said(), RESIDENT)
    second = receive.receive_report(said(phone="+972502345679"), RESIDENT)
    merge.merge_ticket(first.ticket_id, None, second.reference, clerk)
    made = commitment(visit(city), reference=first.reference)
    assert queries.commitment_or_404(made).commitment.ticket_id == second.ticket_id
