"""The database goes away under somebody who is signed in: a page that says so, never a bare error."""

import pytest
from flask import g
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from service_desk import extensions
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
