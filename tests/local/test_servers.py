"""The embedded servers keep what they acknowledged, whatever kills them."""

from __future__ import annotations

import os
import signal
import stat
import subprocess

import psycopg
import pytest
import redis

from service_desk.local.postgres import Postgres
from service_desk.local.processes import birth, wait_until
from service_desk.local.stack import embedded_servers
from service_desk.local.state import StateFolder, Trouble
from service_desk.local.valkey import Valkey


@pytest.fixture
def state(tmp_path):
    with StateFolder(tmp_path / "var") as folder:
        yield folder


@pytest.fixture
def postgres(state):
    server = Postgres(state, lasting=False)
    server.start()
    yield server
    server.stop()
    server.place.remove_aside()


def count_rows(server: Postgres) -> int:
    with psycopg.connect(server.url()) as connection:
        return connection.execute("SELECT count(*) FROM said").fetchone()[0]


def insert_rows(server: Postgres, rows: int) -> None:
    with psycopg.connect(server.url(), autocommit=True) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS said (id int)")
        for row in range(rows):
            connection.execute("INSERT INTO said VALUES (%s)", [row])


def test_committed_rows_survive_a_killed_postgres(postgres):
    insert_rows(postgres, 300)
    os.kill(postgres.child.process.pid, signal.SIGKILL)
    postgres.child.process.wait()
    postgres.start()
    assert count_rows(postgres) == 300


def test_a_server_left_by_a_killed_launcher_is_replaced(postgres, state):
    insert_rows(postgres, 5)
    left_over = postgres.child.process.pid
    successor = Postgres(state, lasting=False)
    successor.start()
    try:
        assert postgres.child.process.wait(1) == 0
        assert successor.child.process.pid != left_over
        assert count_rows(successor) == 5
    finally:
        successor.stop()


def test_a_stale_pid_file_does_not_stop_postgres(postgres):
    insert_rows(postgres, 3)
    lines = (postgres.data / "postmaster.pid").read_text().splitlines()
    postgres.stop()
    # The pid was given to another program of the same user: PostgreSQL alone would refuse to start.
    somebody_else = subprocess.Popen(["sleep", "60"], cwd="/", **postgres.place.as_user)
    try:
        (postgres.data / "postmaster.pid").write_text("\n".join([str(somebody_else.pid), *lines[1:], ""]))
        postgres.start()
        assert count_rows(postgres) == 3
        assert somebody_else.poll() is None
    finally:
        somebody_else.kill()
        somebody_else.wait()


def test_a_half_made_cluster_is_made_anew(state):
    server = Postgres(state, lasting=False)
    (server.place.home / "data.new" / "base").mkdir(parents=True)
    try:
        server.start()
        assert server.is_ready()
    finally:
        server.stop()
        server.place.remove_aside()


def test_the_owner_of_the_schema_is_no_superuser(postgres):
    with psycopg.connect(postgres.url()) as connection:
        role = connection.execute(
            "SELECT rolsuper, rolcreaterole, rolbypassrls FROM pg_roles WHERE rolname = current_user"
        )
        assert role.fetchone() == (False, True, False)
        extensions = {row[0] for row in connection.execute("SELECT extname FROM pg_extension")}
        assert {"pg_trgm", "btree_gist"} <= extensions
        connection.execute("CREATE ROLE keshet_app NOLOGIN")


def test_lost_passwords_are_a_sentence_not_a_traceback(postgres, state):
    postgres.stop()
    (state.path / "secrets.json").unlink()
    with pytest.raises(Trouble, match="does not let us in"):
        postgres.start()


def test_hebrew_sorts_and_nobody_enters_without_password(postgres):
    with psycopg.connect(postgres.url()) as connection:
        words = connection.execute(
            "SELECT string_agg(w, '' ORDER BY w) FROM unnest(ARRAY['ת','א','ק']) w"
        ).fetchone()
        assert words == ("אקת",)
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(postgres.url().replace("keshet:", "keshet:wrong", 1))


def test_acknowledged_jobs_survive_a_killed_valkey(state):
    server = Valkey(state)
    server.start()
    try:
        client = redis.Redis.from_url(server.url)
        for job in range(200):
            client.rpush("jobs", job)
        os.kill(server.child.process.pid, signal.SIGKILL)
        server.child.process.wait()
        server.start()
        client = redis.Redis.from_url(server.url)
        assert client.llen("jobs") == 200
        assert client.config_get("maxmemory-policy")["maxmemory-policy"] == "noeviction"
        client.close()
    finally:
        server.stop()


def test_each_test_worker_gets_a_copy_of_a_template(tmp_path):
    with embedded_servers(tmp_path / "servers") as servers:
        with psycopg.connect(servers.create_database("template_keshet"), autocommit=True) as connection:
            connection.execute("CREATE TABLE streets AS SELECT 697 AS number")
        with psycopg.connect(servers.create_database("worker_1", template="template_keshet")) as connection:
            assert connection.execute("SELECT number FROM streets").fetchone() == (697,)
        pids = [servers.postgres.child.process.pid, servers.valkey.child.process.pid]
    assert wait_until(lambda: not any(birth(pid) for pid in pids), 2)


def test_secrets_are_readable_by_their_owner_alone(state):
    state.secret("secret_key")
    assert stat.S_IMODE((state.path / "secrets.json").stat().st_mode) == 0o600
    assert len(state.secret("secret_key")) >= 32
    assert state.secret("secret_key") == StateFolder(state.path).secret("secret_key")
