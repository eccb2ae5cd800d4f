"""What the city's processes are told, and when a step is left out."""

from __future__ import annotations

from pathlib import Path

import pytest

from service_desk.local import metrics
from service_desk.local.plan import digest_of, environment, keshet_plan
from service_desk.local.state import StateFolder


@pytest.fixture
def state(tmp_path):
    with StateFolder(tmp_path / "var") as folder:
        yield folder


def told(state, **given):
    return environment(state, "postgresql://db", "redis://queue", 8123, given)


def test_processes_are_told_where_everything_is(state):
    env = told(state)
    assert (env["DATABASE_URL"], env["REDIS_URL"]) == ("postgresql://db", "redis://queue")
    assert env["PUBLIC_BASE_URL"] == "http://127.0.0.1:8123"
    assert env["KESHET_DEMO"] == "1"
    assert Path(env["PHOTO_DIR"]) == state.path / "photos"
    assert Path(env["PROMETHEUS_MULTIPROC_DIR"]) == state.path / "metrics"
    assert len(env["SECRET_KEY"]) >= 32


def test_what_the_operator_sets_himself_wins(state):
    env = told(
        state,
        PUBLIC_BASE_URL="https://rehovot.example",
        KESHET_DEMO="0",
        PHOTO_DIR="/srv/photos",
        HOME="/home/op",
    )
    assert env["PUBLIC_BASE_URL"] == "https://rehovot.example"
    assert env["KESHET_DEMO"] == "0"
    assert env["PHOTO_DIR"] == "/srv/photos"
    assert env["HOME"] == "/home/op"


def test_web_listens_on_this_machine_alone(state):
    plan = keshet_plan(Path("/checkout"), told(state), 8123)
    assert "127.0.0.1:8123" in plan.web.argv
    assert [service.name for service in plan.helpers] == ["worker", "timers"]
    assert all("8123" in address for _who, address in plan.addresses)


def test_a_changed_file_changes_the_digest_and_bytecode_does_not(tmp_path):
    (tmp_path / "migrations").mkdir()
    (tmp_path / "migrations" / "0001.py").write_text("one")
    before = digest_of(tmp_path, "migrations/**/*.py*")
    (tmp_path / "migrations" / "__pycache__").mkdir()
    (tmp_path / "migrations" / "__pycache__" / "0001.pyc").write_text("compiled")
    assert digest_of(tmp_path, "migrations/**/*.py*") == before
    (tmp_path / "migrations" / "0002.py").write_text("two")
    assert digest_of(tmp_path, "migrations/**/*.py*") != before


def test_figures_are_kept_in_memory_and_removed_at_the_end(state, tmp_path):
    memory = tmp_path / "shm"
    memory.mkdir()
    metrics.make_fresh(state, memory)
    first = Path(told(state)["PROMETHEUS_MULTIPROC_DIR"])
    assert first.parent == memory
    metrics.make_fresh(state, memory)
    assert not first.exists()
    metrics.remove(state)
    assert list(memory.iterdir()) == []
    metrics.make_fresh(state, tmp_path / "no such memory")
    assert (state.path / "metrics").is_dir()
