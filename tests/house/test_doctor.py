"""The doctor finds what was broken on purpose, and says how to mend it."""

from __future__ import annotations

import os
import secrets

import pytest
from sqlalchemy import text

from service_desk import commands
from service_desk.flow.doctor import examine


@pytest.fixture
def environ(founded, settings, servers):
    """What the service is told."""
    return {
        "DATABASE_URL": servers.database_url,
        "REDIS_URL": servers.redis_url,
        "SECRET_KEY": secrets.token_hex(32),
        "KESHET_DEMO": "1",
        "PUBLIC_BASE_URL": "http://localhost",
        "PHOTO_DIR": str(settings.photo_dir),
    }


def level(environ, what):
    return {finding.level for finding in examine(environ) if finding.what == what}


def test_a_healthy_installation_has_nothing_to_mend_in_its_servers(environ):
    found = [
        str(each)
        for each in examine(environ)
        if each.level != "ok" and each.what not in {"Translations", "Browser files"}
    ]
    assert found == []


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"SECRET_KEY": "short"}, "settings"),
        ({"SECRET_KEY": "a" * 40}, "SECRET_KEY"),
        ({"DATABASE_URL": ""}, "settings"),
        ({"DATABASE_URL": "postgresql://nobody:nothing@127.0.0.1:9/none"}, "Database"),
        ({"REDIS_URL": "redis://127.0.0.1:9/0"}, "Queue"),
        ({"KESHET_DEMO": "0"}, "PUBLIC_BASE_URL"),
        ({"PHOTO_DIR": "/proc/keshet"}, "Photo folder"),
        ({"MESSAGE_TRANSPORT": "pigeon"}, "settings"),
        ({"SESSION_HOURS": "many"}, "settings"),
        ({"MESSAGE_TRANSPORT": "twilio", "TWILIO_ACCOUNT_SID": "AC1", "TWILIO_AUTH_TOKEN": "t", "TWILIO_CONTENT_SIDS": "/nowhere.json"}, "Messages"),
    ],
)  # fmt: skip
def test_a_wrong_setting_fails_with_advice(environ, change, what):
    wrong = [each for each in examine(environ | change) if each.level == "FAIL" and each.what == what]
    assert wrong
    assert all(each.mend for each in wrong)


@pytest.mark.parametrize(
    ("breaking", "mending", "what"),
    [
        (
            "ALTER TABLE remarks DISABLE ROW LEVEL SECURITY",
            "ALTER TABLE remarks ENABLE ROW LEVEL SECURITY",
            "Tenants",
        ),
        (
            "GRANT UPDATE ON ticket_events TO keshet_app",
            "REVOKE UPDATE ON ticket_events FROM keshet_app",
            "History",
        ),
        ("UPDATE alembic_version SET version_num = '0000'", None, "Schema"),
    ],
)
def test_a_broken_schema_fails(environ, owner, breaking, mending, what):
    with owner.begin() as connection:
        before = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
        connection.execute(text(breaking))
    try:
        assert level(environ, what) == {"FAIL"}
    finally:
        with owner.begin() as connection:
            connection.execute(text(mending or f"UPDATE alembic_version SET version_num = '{before}'"))
    assert level(environ, what) == {"ok"}


def test_short_holidays_are_a_warning(environ, owner):
    with owner.connect() as connection:
        transaction = connection.begin()
        connection.execute(text("UPDATE calendar_days SET day = day - 3650"))
        transaction.commit()
    try:
        assert level(environ, "Calendar of rehovot") == {"warn"}
    finally:
        with owner.begin() as connection:
            connection.execute(text("UPDATE calendar_days SET day = day + 3650"))


def test_the_command_ends_with_one_when_something_fails(app, environ, monkeypatch):
    for name in list(os.environ):
        if name in environ:
            monkeypatch.delenv(name)
    done = app.test_cli_runner().invoke(commands.doctor, [])
    assert done.exit_code == 1
    assert "FAIL  settings: SECRET_KEY" in done.output
