"""What every test may ask for: a founded city on a real PostgreSQL, an app, a client that checks each page."""

from __future__ import annotations

import hashlib
import html.parser
import os
import re
import secrets
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from alembic import command
from alembic.config import Config
from flask_babel import refresh
from hypothesis import HealthCheck
from hypothesis import settings as examples
from sqlalchemy import create_engine, event, text

from service_desk import config, work
from service_desk.app import create_app
from service_desk.catalog.queries import catalogue
from service_desk.city import kept
from service_desk.city.queries import city_map
from service_desk.extensions import db, limiter
from service_desk.flow import count_figures
from service_desk.flow.found_city import found_city
from service_desk.intake.rules import Said, SaidPlace
from service_desk.local.stack import embedded_servers
from service_desk.people import queries
from service_desk.people.rules import Actor, Role
from service_desk.people.seed import DEMO_PASSWORD
from service_desk.reports import expected
from service_desk.reports.queries import forget_public
from service_desk.slas.queries import standards
from service_desk.work import ForAMoment, moments

sys.path.insert(0, str(Path(__file__).parent))

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flask import Flask
    from flask.testing import FlaskClient

#: the same examples in each run, however slow the machine: a change is judged by what it changes. Others, drawn anew:
#: make test ARGS="--hypothesis-profile=fresh"
examples.register_profile(
    "usual", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
examples.register_profile("fresh", deadline=None, suppress_health_check=[HealthCheck.too_slow])
examples.load_profile("usual")

ROOT = Path(__file__).resolve().parent.parent
#: emptied after each test, children first
HOT_TABLES = (
    "uncounted", "figures_cases", "figures_contractors", "figures_days", "figures_expected", "figures_now", "figures_orders",
    "figures_spreads", "figures_state", "hot_spots", "alerts", "proposals", "letters", "booklet_readers", "booklets",
    "commitment_events", "commitments", "visits",
    "preferences", "consents", "phone_codes", "conversations",
    "damages", "verifications", "proofs", "order_entries", "order_pauses", "order_clocks", "work_orders", "field_links", "statements",
    "round_stops", "rounds", "case_events", "case_photos", "cases", "escalations", "notices", "city_ladders", "saved_filters", "claims", "bulk_acts", "shift_handovers",
    "attempts", "receipts", "inbound", "messages", "photos", "reports", "routes", "clocks", "pauses", "remarks", "followers",
    "ticket_events", "day_anchors", "tickets", "residents", "access_log", "staff_sessions",
)  # fmt: skip


def pytest_configure(config: pytest.Config) -> None:
    """Compile the translations before any worker reads them: one that finds none speaks English to the end."""
    if not hasattr(config, "workerinput"):
        words = ("-q", "compile", "-d", str(ROOT / "service_desk" / "translations"))
        subprocess.run(
            (sys.executable, "-m", "babel.messages.frontend", *words), check=True, capture_output=True
        )


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[object]:
    """A real PostgreSQL and a real Valkey of this worker's own."""
    with embedded_servers(tmp_path_factory.mktemp("servers")) as running:
        yield running


@pytest.fixture(scope="session")
def settings(servers, tmp_path_factory):
    """Settings of a demo installation on the test servers, with no queue: tests look at what is rung."""
    os.environ["KESHET_CHEAP_HASHES"] = "1"
    return config.read(
        {
            "DATABASE_URL": servers.database_url,
            "SECRET_KEY": hashlib.sha256(
                b"tests"
            ).hexdigest(),  # what is drawn by it is drawn alike in each run
            "KESHET_DEMO": "1",
            "PUBLIC_BASE_URL": "http://localhost",
            "PHOTO_DIR": str(tmp_path_factory.mktemp("photos")),
            "LOG_LEVEL": "ERROR",
            "QUIET_HOURS": "0",  # tests of quiet hours switch them on
            "TRUSTED_HOSTS": "localhost,.localhost,127.0.0.1",
        }
    )


@pytest.fixture(scope="session")
def owner(servers):
    """An engine of the schema's owner, past row-level security: for looking and cleaning, never for acting."""
    engine = create_engine(servers.database_url.replace("postgresql://", "postgresql+psycopg://"))
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def founded(settings, owner) -> Iterator[Flask]:
    """The app on a migrated and seeded database. Its data stays as seeded: tests use `app`, which cleans up."""

    migrations = Config(str(ROOT / "migrations" / "alembic.ini"))
    migrations.set_main_option("sqlalchemy.url", settings.sqlalchemy_url.replace("%", "%%"))
    command.upgrade(migrations, "head")
    app = create_app(settings)
    app.config.update(TESTING=True, RATELIMIT_ENABLED=False)
    limiter.enabled = False  # it read its settings when the app was made
    with app.app_context():
        found_city("rehovot")
        found_city("ness-ziona")
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def app(founded, owner) -> Iterator[Flask]:
    """The app, in a context, working for Rehovot; what the test committed is removed after it."""
    # what a test before has changed by other hands, this process would see within seconds
    kept.forget()
    ForAMoment.forget_all()
    rung: list[tuple[str, tuple[int, ...]]] = []
    work.set_bell(lambda job, ids: rung.append((job, ids)))
    founded.extensions["rung"] = rung
    with founded.app_context(), work.tenant(1):
        yield founded
        db.session.remove()
    with owner.begin() as connection:
        for table in HOT_TABLES:
            connection.execute(text(f"DELETE FROM {table}"))
        # those a city begins with stay; what a test added goes
        connection.execute(text("DELETE FROM alert_rules WHERE created_by IS NOT NULL"))
        connection.execute(text("UPDATE alert_rules SET is_active = true WHERE NOT is_active"))
        if connection.execute(text("DELETE FROM contracts WHERE code LIKE 'test-%'")).rowcount:
            connection.execute(text("UPDATE authorities SET data_version = data_version + 1"))
            kept.forget()


@pytest.fixture
def counted(app) -> Callable[[], None]:
    """Make the figures current: call it when the test has made its past, and again after more has happened."""

    def make() -> None:
        if count_figures.needs_rebuild():
            count_figures.rebuild()
        while count_figures.count():
            pass
        forget_public()
        db.session.rollback()

    return make


@pytest.fixture
def rung(app) -> list[tuple[str, tuple[int, ...]]]:
    """What was rung after commits: (dotted job, ids)."""
    return app.extensions["rung"]


@pytest.fixture
def city(app):
    """The picture of Rehovot."""
    return city_map()


@pytest.fixture
def statements(app, monkeypatch) -> Iterator[list[str]]:
    """The SQL statements sent from here on, but for those that fall where they fall, whatever is being counted.

    What is kept of a city is read beforehand, and nothing that is kept for some seconds grows old meanwhile: else a page
    would cost one statement more whenever the seconds end between two looks. Fetching the next hundred ids is left out.
    """
    kept.authorities()
    stands_at = moments.ticks()
    monkeypatch.setattr(moments, "ticks", lambda: stands_at)
    for read in (city_map, catalogue, standards):  # kept in memory, whoever ran before
        read()
    expected.told("", None)
    db.session.rollback()
    seen: list[str] = []

    def note(_connection, _cursor, statement, _parameters, _context, _many):
        if "nextval(" not in statement:
            seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    yield seen
    event.remove(db.engine, "before_cursor_execute", note)


class _Page(html.parser.HTMLParser):
    """Collects what every page must have."""

    def __init__(self) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.problems: list[str] = []
        self.html: dict[str, str | None] = {}
        self.has_title = False
        self.labelled: set[str] = set()
        self.fields: list[tuple[str, dict[str, str | None]]] = []
        self._in_label = 0

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag == "html":
            self.html = given
        self.has_title = self.has_title or tag == "title"
        if given.get("id"):
            self.ids.append(str(given["id"]))
        if "style" in given or any(name.startswith("on") for name in given):
            self.problems.append(f"inline style or script on <{tag}>")
        if tag == "label":
            self._in_label += 1
            if given.get("for"):
                self.labelled.add(str(given["for"]))
        if (
            tag in {"input", "select", "textarea"}
            and given.get("type") not in {"hidden", "submit", "button"}
            and not self._in_label
        ):
            self.fields.append((tag, given))
        if tag == "form" and given.get("method", "get").lower() == "post" and not given.get("action"):
            self.problems.append("a form that does not say where it goes")

    def handle_endtag(self, tag):
        if tag == "label":
            self._in_label -= 1

    def check(self) -> list[str]:
        doubles = {each for each in self.ids if self.ids.count(each) > 1}
        found = [*self.problems, *(f"id twice: {each}" for each in doubles)]
        if not self.html.get("lang") or self.html.get("dir") not in {"rtl", "ltr"}:
            found.append("no lang or dir")
        if not self.has_title:
            found.append("no title")
        for tag, given in self.fields:
            if (
                given.get("id") not in self.labelled
                and not given.get("aria-label")
                and not given.get("aria-labelledby")
            ):
                found.append(f"<{tag} name={given.get('name')}> has no label")
        return found


def check_page(response) -> None:
    """Fail on a page without language, title, labels, or with inline code."""
    if response.mimetype != "text/html" or not response.data or 300 <= response.status_code < 400:
        return
    page = _Page()
    page.feed(response.get_data(as_text=True))
    assert page.check() == [], f"{response.request.path}: {page.check()}"
    assert "Content-Security-Policy" in response.headers


class CheckedClient:
    """A test client whose every page is checked, and whose forms carry the page's own CSRF token."""

    def __init__(self, client: FlaskClient) -> None:
        self.raw = client
        self.token = ""

    def get(self, path: str, **kwargs):
        refresh()  # the test's own app context would keep the language of the request before
        response = self.raw.get(path, **kwargs)
        check_page(response)
        found = (
            re.search(r'name="csrf_token"[^>]*value="([^"]+)"', response.get_data(as_text=True))
            if response.mimetype == "text/html"
            else None
        )
        self.token = found.group(1) if found else self.token
        return response

    def post(self, path: str, data: dict | None = None, **kwargs):
        if not self.token:
            self.get("/staff/login")
        refresh()
        response = self.raw.post(path, data={"csrf_token": self.token, **(data or {})}, **kwargs)
        check_page(response)
        return response

    def sign_in(self, email: str) -> None:

        self.get("/staff/login")
        response = self.post("/staff/login", {"email": email, "password": DEMO_PASSWORD})
        assert response.status_code == 302, "the demo login must work"


@pytest.fixture
def client(app) -> CheckedClient:
    """A browser without JavaScript: see CheckedClient."""
    return CheckedClient(app.test_client())


@pytest.fixture
def said():
    """Make a report as a resident would say it; keyword arguments replace its parts."""

    def make(**parts):
        usual = {
            "service_code": "RD-POTHOLE",
            "text": "בור עמוק מול תחנת האוטובוס",
            "place": SaidPlace("address", line="טשרניחובסקי 62"),
            "locale": "he",
            "channel": "web",
            "submission_key": secrets.token_hex(16),
            "answers": {"position": "lane"},
            "phone": "+972502345678",
            "contact": "sms",
        }
        return Said(**(usual | parts))

    return make


@pytest.fixture
def clerk(city):
    """A clerk of centre 5, as an actor."""
    staff = queries.staff_by_email("clerk5@rehovot.example")
    centre = next(each for each in city.centres.values() if each.number == 5)
    return Actor("staff", staff.id, staff.name, (Role("clerk", centre.id),))
