"""On which request a person's words land."""

from datetime import UTC, datetime, timedelta

import pytest

from service_desk.messages.rules import which
from service_desk.messages.rules.which import Mine
from service_desk.tickets.rules import reference_of, shown

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def mine(number, *, status="assigned", is_open=True, service="RD-POTHOLE", told_hours=None):
    told_at = NOW - timedelta(hours=told_hours) if told_hours is not None else None
    opened_at = NOW - timedelta(days=40, minutes=number)
    topic = {"he": "בור בכביש", "en": "Pothole"}
    return Mine(number, reference_of(number), is_open, status, service, opened_at, told_at, topic)


def place(listed, text="עדיין כאן", meant=()):
    return which.place(listed, text, meant, NOW)


def test_the_request_that_it_names():
    listed = [mine(1), mine(2, is_open=False, status="closed")]
    assert place(listed, f"לגבי {shown(reference_of(2))}: שוב").ticket_id == 2


def test_another_persons_reference_is_not_followed():
    assert place([mine(1)], shown(reference_of(9))).ticket_id == 1


def test_the_only_open_one():
    assert place([mine(1)]) == which.Placing("remark", 1)


def test_the_one_that_waits_for_an_answer():
    assert place([mine(1, told_hours=1), mine(2, status="waiting", told_hours=5)]).ticket_id == 2


def test_the_only_one_spoken_of_lately():
    assert place([mine(1, told_hours=3), mine(2, told_hours=200)]).ticket_id == 1


def test_the_only_one_of_the_matter_that_it_speaks_of():
    listed = [mine(1, told_hours=1), mine(2, service="WS-BIN", told_hours=1)]
    assert place(listed, meant=("WS-BIN",)).ticket_id == 2


def test_what_is_not_clear_is_asked():
    found = place([mine(1, told_hours=1), mine(2, told_hours=2)])
    assert (found.kind, [one.ticket_id for one in found.candidates]) == ("ask", [1, 2])


def test_another_matter_than_the_open_one_is_asked():
    assert place([mine(1)], "פח מלא", ("WS-BIN",)).kind == "ask"


def test_nothing_followed_and_what_ended_long_ago_begin_anew():
    assert place([]).kind == "new"
    assert place([mine(1, is_open=False, status="closed", told_hours=24 * 30)]).kind == "new"


@pytest.mark.parametrize(
    ("text", "kind"),
    [("כן, תוקן", "done"), ("עדיין לא", "not_done"), ("2", "done"), ("3", "not_done"), ("نعم، تم", "done"),
     ("ليس بعد", "not_done"), ("да, исправлено", "done"), ("ещё нет", "not_done"), ("not yet", "not_done"),
     ("yes, fixed", "done"), ("አዎ ተስተካክሏል", "done"), ("ገና ነው", "not_done")],
)  # fmt: skip
def test_a_yes_or_no_judges_the_request_that_was_reported_as_done(text, kind):
    assert place([mine(1, status="resolved"), mine(2)], text) == which.Placing(kind, 1)


def test_a_yes_with_nothing_reported_as_done_is_words():
    assert place([mine(1)], "כן") == which.Placing("remark", 1)


def test_two_that_were_reported_as_done_are_asked_about():
    found = place([mine(1, status="resolved"), mine(2, status="resolved")], "עדיין לא")
    assert (found.kind, found.then) == ("ask", "not_done")


@pytest.fixture
def asked():
    return which.ask([mine(1), mine(2)], "remark", "יש חדש?", 77, "he").talk


def test_the_question_lists_reference_and_type(asked):
    assert which.question(asked).choices == (
        (1, f"{shown(reference_of(1))} · בור בכביש"), (2, f"{shown(reference_of(2))} · בור בכביש"),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "kind", "ticket_id"),
    [("2", "remark", 2), ("1.", "remark", 1), ("٢", "remark", 2), ("2️⃣", "remark", 2), ("0", "new", 0),
     (f"{shown(reference_of(2))}", "remark", 2)],
)  # fmt: skip
def test_the_next_digit_chooses(asked, text, kind, ticket_id):
    effect = which.answered(asked, text, 78).effect
    assert (effect.kind, effect.ticket_id) == (kind, ticket_id)


def test_more_words_are_kept_and_asked_about_again(asked):
    turn = which.answered(asked, "ועוד משהו", 78)
    assert turn.talk.draft["words"] == ["יש חדש?", "ועוד משהו"]
    assert turn.talk.draft["inbound_ids"] == [77, 78]
    assert [line.key for line in turn.lines] == ["which"]


def test_a_number_outside_the_list_chooses_nothing(asked):
    turn = which.answered(asked, "7", 78)
    assert (turn.talk, [line.key for line in turn.lines]) == (asked, ["choose", "which"])
