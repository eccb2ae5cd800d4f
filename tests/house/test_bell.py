"""The doorbell: rung at once, never a thousand times a second, and never forgotten."""

from __future__ import annotations

import time

import pytest

from service_desk.app import _Bell


def test_many_rings_of_one_moment_are_two(monkeypatch):
    # longer than a busy machine may stand still among the rings
    monkeypatch.setattr(_Bell, "QUIET_SECONDS", 1.0)
    heard = []
    bell = _Bell(lambda job, ids: heard.append((job, ids)))
    for _ in range(100):
        bell("deliver", (1,))
    assert heard == [("deliver", (1,))]
    end = time.monotonic() + 10
    while len(heard) < 2 and time.monotonic() < end:
        time.sleep(0.02)
    time.sleep(bell.QUIET_SECONDS * 2)
    assert heard == [("deliver", (1,))] * 2


def test_another_authority_is_rung_at_once():
    heard = []
    bell = _Bell(lambda job, ids: heard.append(ids))
    bell("deliver", (1,))
    bell("deliver", (2,))
    assert heard == [(1,), (2,)]


def test_a_silent_queue_is_told_to_whoever_rings():
    def silent(_job, _ids):
        raise OSError("away")

    with pytest.raises(OSError, match="away"):
        _Bell(silent)("deliver", (1,))
