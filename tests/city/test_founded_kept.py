"""A city is served as soon as it has a centre, whether or not one of them is named its default."""

import pytest

from service_desk.city import kept
from service_desk.city.models import Authority


@pytest.fixture
def without_default(app, monkeypatch) -> Authority:
    """Rehovot as it would be if nobody had named the centre that keeps what could not be routed."""
    row = kept.authority()
    values = {each.name: getattr(row, each.name) for each in Authority.__table__.columns}
    bare = Authority(**(values | {"default_centre_id": None}))
    monkeypatch.setattr(kept, "_with_centres", set())
    monkeypatch.setattr(kept, "authorities", lambda: (bare,))
    return bare


def test_a_city_without_a_default_centre_is_served(client, without_default, monkeypatch):
    forgotten = []
    monkeypatch.setattr(kept, "forget", lambda: forgotten.append(1))
    for _ in range(2):
        assert client.get("/").status_code == 200
    assert not forgotten


def test_whether_it_has_a_centre_is_asked_once_and_of_a_city_with_a_default_never(
    without_default, statements
):
    assert kept.is_founded(Authority(id=1, default_centre_id=7))
    assert statements == []
    assert kept.is_founded(without_default)
    assert any("centres" in each for each in statements)
    del statements[:]
    assert kept.is_founded(without_default)
    assert statements == []


def test_an_authority_without_any_centre_is_still_being_founded_each_time_it_is_asked(app, statements):
    bare = Authority(id=99, default_centre_id=None)
    assert not kept.is_founded(bare)
    del statements[:]
    assert not kept.is_founded(bare)
    assert statements
