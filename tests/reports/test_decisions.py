"""What waits for a decision is counted as long as it waits, by one statement, and the overview leads to where it is decided."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from service_desk.desks.mayor import overview_page
from service_desk.extensions import db
from service_desk.reports.decisions import NEWS_DAYS, Decisions, decisions
from service_desk.reports.models import Alert, Proposal

NOW = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
TODAY = date(2026, 11, 20)


@pytest.fixture(autouse=True)
def a_friday_morning(app):
    overview_page.forget()
    with time_machine.travel(NOW):
        yield
    overview_page.forget()


def _proposal(state: str, n: int) -> Proposal:
    return Proposal(
        authority_id=1, kind="hours", title="שעות", content={}, result={}, state=state,
        created_at=NOW, created_by=1, submission_key=f"{state}{n}",
    )  # fmt: skip


def _alert(day: date, n: int) -> Alert:
    return Alert(authority_id=1, rule_id=n, centre_id=0, service_code="", day=day, at=NOW, found={})


def test_nothing_waits_in_a_new_city(app, statements):
    assert decisions(TODAY) == Decisions(0, 0, 0, 0)
    assert len([each for each in statements if "damages" in each or "alerts" in each]) == 1


def test_drafts_wait_and_what_was_decided_does_not(app):
    db.session.add_all(
        [_proposal("draft", 1), _proposal("draft", 2), _proposal("applied", 1), _proposal("dropped", 1)]
    )
    db.session.commit()
    assert decisions(TODAY).proposals == 2


def test_alerts_are_news_for_a_week(app):
    days = [TODAY, TODAY - timedelta(days=NEWS_DAYS - 1), TODAY - timedelta(days=NEWS_DAYS)]
    db.session.add_all([_alert(day, n) for n, day in enumerate(days)])
    db.session.commit()
    assert decisions(TODAY).alerts == 2
    assert decisions(TODAY + timedelta(days=30)).alerts == 0


def test_the_overview_leads_to_what_waits(client, app):
    db.session.add_all([_proposal("draft", 1), _alert(TODAY, 1)])
    db.session.commit()
    client.sign_in("mayor@rehovot.example")
    body = client.get("/mayor/?lang=en").get_data(as_text=True)
    waiting = body[body.index('class="m-wait"') : body.index("</section>", body.index('class="m-wait"'))]
    links = re.findall(r'<a href="([^"]+)"><b[^>]*><bdi>(\d+)</bdi></b> ([^<]+)</a>', waiting)
    assert [(number, name) for _href, number, name in links] == [
        ("1", "alert this week"),
        ("1", "proposed change"),
    ]
    assert [href for href, _number, _name in links] == ["/mayor/alerts", "/mayor/proposals"]
