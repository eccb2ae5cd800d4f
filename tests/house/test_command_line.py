"""The command line: what an operator meets when the database is away, or empty."""

import subprocess
import sys
from pathlib import Path

import pytest
from psycopg import errors
from sqlalchemy.exc import OperationalError

from service_desk import cli
from service_desk.local.state import free_port

COMMAND = Path(sys.executable).with_name("service-desk")
#: of a command that asks it nothing
DATABASE = "postgresql://keshet@nowhere.example/keshet"
KEY = "a key that only this test has, and long enough"


def run(url, *words, **more):
    env = {"SECRET_KEY": KEY, "DATABASE_URL": url, "PATH": "/usr/bin:/bin", **more}
    return subprocess.run([COMMAND, *words], env=env, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("words", [("history", "verify"), ("db", "upgrade")])
def test_a_database_that_is_away_is_one_sentence_without_its_password(words):
    done = run(f"postgresql://keshet:s3cret@127.0.0.1:{free_port()}/keshet", *words)
    assert done.returncode == 1
    assert "DATABASE_URL" in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert "s3cret" not in done.stderr


def test_an_empty_database_is_named_with_the_command_that_fills_it(servers):
    done = run(servers.create_database("never_laid_out"), "seed", "rehovot")
    assert done.returncode == 1
    assert "service-desk db upgrade" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_queue_at_a_socket_file_is_a_setting_like_any_other():
    done = run(DATABASE, "demo-logins", REDIS_URL="unix:///nowhere/queue.sock?db=1")
    assert (done.returncode, done.stderr) == (0, "")


def failing(cause):
    """A command line whose command meets this error of the database."""

    def command(**_names):
        raise OperationalError("SELECT", {}, cause)

    return command


@pytest.mark.parametrize(
    "cause", [errors.OperationalError("no answer"), errors.AdminShutdown(), errors.ConnectionFailure()]
)
def test_a_database_that_goes_away_under_a_command_is_said_to_be_away(monkeypatch, capsys, cause):
    monkeypatch.setattr(cli, "group", failing(cause))
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 1
    assert "does not answer" in capsys.readouterr().err


@pytest.mark.parametrize("kind", [errors.QueryCanceled, errors.LockNotAvailable, errors.DiskFull])
def test_a_database_that_answers_is_never_said_to_be_away(monkeypatch, capsys, kind):
    monkeypatch.setattr(cli, "group", failing(kind()))
    with pytest.raises(OperationalError):
        cli.main()
    assert capsys.readouterr().err == ""
