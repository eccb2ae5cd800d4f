"""On which ticket a person's message lands."""

from datetime import UTC, datetime, timedelta

from service_desk.messages.rules.placing import Followed, choose

DAY = datetime(2026, 11, 24, tzinfo=UTC)


def followed(ticket_id, *, is_open=True, is_asked=False, told=None):
    told_at = DAY + timedelta(hours=told) if told is not None else None
    return Followed(
        ticket_id, f"00{ticket_id}", is_open, is_asked, DAY + timedelta(minutes=ticket_id), told_at
    )


def test_the_ticket_that_it_names():
    assert choose([followed(1), followed(2, is_open=False)], "002") == 2


def test_the_only_open_one():
    assert choose([followed(1), followed(2, is_open=False, told=5)], None) == 1


def test_the_newest_that_waits_for_an_answer():
    assert (
        choose(
            [followed(1, is_asked=True, told=1), followed(2, is_asked=True, told=2), followed(3, told=9)],
            None,
        )
        == 2
    )


def test_the_open_one_last_written_about():
    assert choose([followed(1, told=3), followed(2, told=1), followed(3)], None) == 1


def test_a_closed_one_when_none_is_open():
    assert choose([followed(1, is_open=False, told=1), followed(2, is_open=False, told=2)], None) == 2


def test_another_persons_reference_is_not_followed():
    assert choose([followed(1)], "009") == 1


def test_none_when_nothing_is_followed():
    assert choose([], "001") is None
