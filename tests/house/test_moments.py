"""What is kept for some seconds: asked once, per authority, and let go in time."""

from __future__ import annotations

import pytest

from service_desk.work import ForAMoment, moments, tenant


@pytest.fixture
def age(app, monkeypatch):
    """A clock that goes only when told: age(seconds)."""
    shown = [100.0]
    monkeypatch.setattr(moments, "ticks", lambda: shown[0])

    def go(seconds: float) -> None:
        shown[0] += seconds

    return go


@pytest.fixture
def asked():
    """What was loaded, in order; asked.load(value) gives a loader that notes itself."""

    class Asked(list):
        def load(self, value):
            return lambda: self.append(value) or value

    return Asked()


def test_within_the_seconds_it_is_asked_once_and_after_them_again(age, asked):
    kept = ForAMoment(5.0)
    assert [kept.get("a", asked.load(1)), kept.get("a", asked.load(2))] == [1, 1]
    age(4.9)
    assert kept.get("a", asked.load(3)) == 1
    age(0.1)
    assert kept.get("a", asked.load(4)) == 4
    assert asked == [1, 4]


def test_each_authority_and_key_has_its_own(age, asked):
    kept = ForAMoment(5.0)
    kept.get("a", asked.load("here"))
    with tenant(2):
        assert kept.get("a", asked.load("there")) == "there"
    assert kept.get("b", asked.load("other")) == "other"
    assert kept.get("a", asked.load("again")) == "here"


def test_the_oldest_makes_room(age, asked):
    kept = ForAMoment(5.0, room=2)
    for key in "abc":
        kept.get(key, asked.load(key))
    assert [kept.get("c", asked.load("C")), kept.get("b", asked.load("B"))] == ["c", "b"]
    assert kept.get("a", asked.load("A")) == "A"


def test_what_cannot_be_loaded_any_more_is_not_kept(age, asked):
    kept = ForAMoment(5.0)
    kept.get("a", asked.load(1))
    age(6.0)
    with pytest.raises(ZeroDivisionError):
        kept.get("a", lambda: 1 // 0)
    age(-6.0)
    assert kept.get("a", asked.load(2)) == 2


def test_all_forget_at_once(age, asked):
    first, second = ForAMoment(5.0), ForAMoment(60.0)
    first.get("a", asked.load(1))
    second.get("a", asked.load(2))
    ForAMoment.forget_all()
    assert [first.get("a", asked.load(3)), second.get("a", asked.load(4))] == [3, 4]
