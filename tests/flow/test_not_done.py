"""«Not done» said by two people at once, or after a merge; and the date that a reopening promises."""

import pytest

from service_desk.errors import InvalidMove
from service_desk.flow import answer, finish, join, merge, receive
from service_desk.people.rules import Actor
from service_desk.slas.queries import clocks_of
from service_desk.tickets import queries, rules

FIRST, SECOND = Actor("resident", 1), Actor("resident", 2)
OTHER = "+972523456789"


@pytest.fixture
def ticket_id(app, said):
    return receive.receive_report(said(), Actor("resident")).ticket_id


def _words(ticket_id: int) -> list[str]:
    return [each.text for each in queries.remarks_of(ticket_id, with_internal=False) if each.kind == "remark"]


def test_the_words_of_the_second_to_say_not_done_are_kept(ticket_id, clerk):
    finish.resolve_ticket(ticket_id, None, clerk, "seen_by_staff", "תוקן")
    answer.say_not_done(ticket_id, FIRST, "עדיין בור")
    answer.say_not_done(ticket_id, SECOND, "ובצד השני נפל עמוד")
    assert _words(ticket_id) == ["עדיין בור", "ובצד השני נפל עמוד"]
    assert queries.ticket_or_404(ticket_id).reopened_count == 1


def test_the_same_words_pressed_twice_are_kept_once(ticket_id, clerk):
    finish.resolve_ticket(ticket_id, None, clerk, "seen_by_staff", "תוקן")
    answer.say_not_done(ticket_id, FIRST, "עדיין בור")
    answer.say_not_done(ticket_id, FIRST, "עדיין בור")
    assert _words(ticket_id) == ["עדיין בור"]


def test_a_merge_is_not_undone_by_not_done(ticket_id, said, clerk):
    main = receive.receive_report(said(), Actor("resident")).ticket_id
    merge.merge_ticket(ticket_id, None, rules.shown(queries.ticket_or_404(main).reference), clerk)
    with pytest.raises(InvalidMove):
        answer.say_not_done(ticket_id, FIRST)
    assert queries.ticket_or_404(ticket_id).status == "duplicate"


def test_people_are_told_when_the_work_is_promised_not_the_first_look(ticket_id, clerk, monkeypatch):
    told = []

    def note(_ticket, word, _seq, _people, values, _now):
        told.append((word, values["due_at"]))
        return []

    for each in (join.messages, answer.tell_followers.__globals__["messages"]):
        monkeypatch.setattr(each, "tell", note)
    (work,) = [each.due_at for each in clocks_of(ticket_id) if each.kind == "resolve"]
    join.join_ticket(ticket_id, phone=OTHER, contact="sms", locale="he")
    finish.resolve_ticket(ticket_id, None, clerk, "seen_by_staff", "תוקן")
    answer.say_not_done(ticket_id, FIRST)
    again = next(each.due_at for each in clocks_of(ticket_id) if (each.kind, each.round) == ("resolve", 1))
    assert told == [("joined", work), ("resolved", None), ("reopened", again)]
