"""A line to the database that is lost in the middle of a request: «try again», and not a second failure on top."""

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from service_desk.errors import NotFound
from service_desk.extensions import db


@pytest.mark.parametrize(
    ("error", "status"),
    [(OperationalError("connect", None, psycopg.OperationalError("refused")), 503), (NotFound(), 404)],
)
def test_a_line_lost_amid_a_request_is_no_second_failure(app, servers, error, status):
    with app.test_request_context("/"):
        pid = db.session.scalar(text("SELECT pg_backend_pid()"))
        with psycopg.connect(servers.superuser_url, autocommit=True) as stranger:
            stranger.execute("SELECT pg_terminate_backend(%s, 10000)", [pid])
        response = app.make_response(app.handle_user_exception(error))
        assert response.status_code == status
        assert db.session.scalar(text("SELECT 1")) == 1, "and the next look finds another line"
