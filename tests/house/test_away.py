"""The database goes away under somebody who is signed in: a page that says so, never a bare error."""

import pytest
from flask import g
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from service_desk import extensions, work
from service_desk.city import kept
from service_desk.city.models import Authority
from service_desk.extensions import db
from service_desk.flow import sign_in


def _gone(*_args):
    raise OperationalError("SELECT", {}, ConnectionRefusedError())


@pytest.mark.parametrize("path", ["/desk/", "/"])
def test_a_signed_in_clerk_gets_the_page_that_says_try_again(client, monkeypatch, path):
    client.sign_in("clerk5@rehovot.example")
    monkeypatch.setattr(sign_in.queries, "staff_of_session", _gone)
    g.pop("_login_user", None)  # the test's own context would keep who was signed in before
    g.pop("is_unrecognised", None)
    response = client.get(path)
    assert response.status_code == 503
    assert response.headers["Retry-After"] == "30"
    assert "<html" in response.get_data(as_text=True)


@pytest.mark.parametrize("rested_seconds", [0.0, 60.0])
def test_a_connection_whose_server_went_away_is_not_taken_from_the_pool(
    app, city, owner, monkeypatch, rested_seconds
):
    assert db.session.scalar(text("SELECT 1")) == 1
    db.session.remove()  # it rests in the pool
    with owner.connect() as other:
        # until they have ended: whoever is only asked to end says nothing yet
        other.execute(
            text(
                "SELECT pg_terminate_backend(pid, 20000) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND usename = current_user AND datname = current_database()"
            )
        )
    monkeypatch.setattr(extensions, "RESTED_SECONDS", extensions.RESTED_SECONDS - rested_seconds)
    assert db.session.scalar(text("SELECT 1")) == 1


@pytest.mark.parametrize("path", ["/", "/staff/login", "/open311/v2/services.xml", "/nowhere"])
@pytest.mark.parametrize("rows", [(), (Authority(id=99, slug="rehovot", hosts=[]),)])
def test_until_a_city_is_founded_the_reader_is_asked_to_try_again(app, monkeypatch, path, rows):
    monkeypatch.setattr(kept, "authorities", lambda: rows)
    response = app.test_client().get(path)
    assert response.status_code == 503
    assert response.headers["Retry-After"] == "30"
    assert app.test_client().get("/healthz").status_code == 200


@pytest.mark.parametrize("is_founded", [True, False])
def test_what_is_refused_early_is_a_page_for_a_signed_in_clerk_too(client, monkeypatch, is_founded):
    client.sign_in("clerk5@rehovot.example")
    g.pop("_login_user", None)  # as a request of its own finds it
    work.set_tenant(None)
    if not is_founded:
        monkeypatch.setattr(kept, "authorities", tuple)
    response = client.post("/report/SAN-LITTER/send", data={"csrf_token": "of yesterday"})
    assert response.status_code == (400 if is_founded else 503)
    assert "<html" in response.get_data(as_text=True)
