"""A ticket is split: two requests, both followed by all, each with its own promise, nobody waiting longer."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, text

from service_desk import clock
from service_desk.errors import BadInput, InvalidMove, NotAllowed, StaleVersion
from service_desk.extensions import db
from service_desk.flow import answer, finish, join, work_on
from service_desk.flow.read_story import read_story
from service_desk.flow.receive import receive_report
from service_desk.flow.split import split_ticket
from service_desk.flow.verify_history import verify_history
from service_desk.intake.models import Photo, Report
from service_desk.intake.rules import SaidPlace
from service_desk.messages.models import Message
from service_desk.people.rules import Actor, Role
from service_desk.slas.queries import clocks_of, standards
from service_desk.slas.rules import due_at
from service_desk.tickets import queries
from service_desk.tickets.actions import token_of
from service_desk.tickets.rules import shown


@pytest.fixture
def whole(app, said):
    """A pothole with one reporter."""
    return receive_report(said(), Actor("resident")).ticket_id


def _ticket(ticket_id):
    db.session.rollback()
    return queries.ticket_or_404(ticket_id)


def _split(whole, clerk, **parts):
    return split_ticket(whole, None, clerk, **({"service_code": "RD-PAVING", "words": "מדרכה שבורה"} | parts))


def _clock(ticket_id, kind):
    return next(each for each in clocks_of(ticket_id) if each.kind == kind)


def test_the_part_is_a_ticket_of_its_own_with_its_own_type_and_route(whole, clerk):
    part = _ticket(_split(whole, clerk))
    first = _ticket(whole)
    assert (part.service_code, part.summary, part.split_from_id) == ("RD-PAVING", "מדרכה שבורה", whole)
    assert (part.lon, part.lat, part.address, part.centre_id) == (
        first.lon,
        first.lat,
        first.address,
        first.centre_id,
    )
    assert part.reference != first.reference
    assert first.service_code == "RD-POTHOLE"
    assert [event.kind for event in queries.events_of(part.id)] == ["received", "split"]
    assert [event.kind for event in queries.events_of(whole)] == ["received", "split"]
    story = db.session.scalar(select(Report).where(Report.ticket_id == part.id))
    assert (story.text, story.staff_id) == ("מדרכה שבורה", clerk.id)
    assert verify_history().count == 0


def test_its_promise_counts_from_the_first_opening_and_gives_pauses_back(whole, clerk, owner):
    with owner.begin() as connection:
        connection.execute(
            text(
                "UPDATE clocks SET started_at = started_at - interval '9 days', due_at = due_at - interval '9 days'"
            )
        )
        connection.execute(
            text("INSERT INTO pauses (authority_id, id, ticket_id, reason, started_at, ended_at) VALUES (1, 1, :id, 'waiting_for_resident', now() - interval '30 hours', now() - interval '6 hours')"),
            {"id": whole},
        )  # fmt: skip
    part = _split(whole, clerk)
    db.session.rollback()
    sla = standards().sla("RD-PAVING")
    started = _clock(whole, "resolve").started_at
    resolve = _clock(part, "resolve")
    assert resolve.started_at == started
    _id, calendar = standards().calendar(sla.calendar_code)
    unpaused = due_at(started, sla.resolve_minutes, calendar)
    assert unpaused <= resolve.due_at <= unpaused + timedelta(days=4)
    assert resolve.due_at < due_at(clock.now(), sla.resolve_minutes, calendar)
    assert _clock(part, "acknowledge").result == _clock(whole, "acknowledge").result == "missed"
    assert _ticket(part).due_at == resolve.due_at


def test_all_who_follow_the_first_follow_both_and_get_one_message_with_both_numbers(whole, clerk):
    join.join_ticket(whole, phone="+972521112233", contact="whatsapp", locale="ru")
    part = _split(whole, clerk)
    first, second = queries.followers_of(whole), queries.followers_of(part)
    assert {each.resident_id for each in first} == {each.resident_id for each in second}
    assert {each.token_hash for each in first}.isdisjoint({each.token_hash for each in second})
    assert _ticket(part).follower_count == 2
    told = list(db.session.scalars(select(Message).where(Message.event == "split")))
    assert {each.channel for each in told} == {"sms", "whatsapp"}
    for each in told:
        assert shown(_ticket(part).reference) in each.body
        assert shown(_ticket(whole).reference) in each.body + str(each.template_values)
        assert each.ticket_id == part
    stories = [read_story(token_of(each)) for each in second]
    assert {story.ticket.id for story in stories} == {part}
    assert sorted(story.is_reporter for story in stories) == [False, True]


def test_chosen_photos_and_words_come_along_and_stay_with_the_first(whole, clerk, owner):
    follower = queries.followers_of(whole)[0]
    answer.add_remark(whole, "גם המדרכה שבורה", Actor("resident", follower.id))
    work_on.add_note(whole, clerk, "פנימי")
    with owner.begin() as connection:
        for place, kind, who in (
            (1, "report", "resident"),
            (2, "report", "resident"),
            (3, "remark", "staff"),
            (4, "after", "contractor"),
        ):
            connection.execute(
                text("INSERT INTO photos (authority_id, id, ticket_id, kind, storage_key, width, height, size_bytes, sha256, added_by, created_at)"
                     " VALUES (1, :id, :ticket, :kind, :key, 10, 10, 1, '', :who, now())"),
                {"id": place, "ticket": whole, "key": f"key{place}", "kind": kind, "who": who},
            )  # fmt: skip
    said_it = next(each for each in queries.remarks_of(whole, with_internal=True) if each.kind == "remark")
    part = _split(whole, clerk, photo_ids=[2, 3, 4, 77], remark_ids=[said_it.id])
    assert _ticket(part).photo_count == 1
    photos = list(db.session.scalars(select(Photo).order_by(Photo.id)))
    assert [(each.ticket_id, each.storage_key) for each in photos if each.ticket_id == part] == [
        (part, "key2")
    ]
    assert len([each for each in photos if each.ticket_id == whole]) == 4
    assert [each.text for each in queries.remarks_of(part, with_internal=True)] == ["גם המדרכה שבורה"]
    # Her own words come back to her on her own new link.
    mine = queries.followers_of(part)[0]
    assert list(read_story(token_of(mine)).words.values()) == [["גם המדרכה שבורה"]]
    assert len(queries.remarks_of(whole, with_internal=True)) == 2


def test_another_place_is_routed_anew(whole, clerk, city):
    far = next(each for each in city.centres.values() if each.number == 2)
    part = _ticket(_split(whole, clerk, place=SaidPlace("area", line="רחוב אחר", centre_id=far.id)))
    assert part.centre_id == far.id
    assert _ticket(whole).centre_id != far.id


@pytest.mark.parametrize(
    ("parts", "problems"),
    [
        ({"service_code": "NO-SUCH"}, {"service_code": "required"}),
        ({"service_code": "RD-POTHOLE", "words": "  "}, {"words": "required"}),
        ({"place": SaidPlace("address", line="אין רחוב כזה 99")}, {"place": "no_street"}),
    ],
)
def test_what_cannot_be_used_is_named_and_nothing_is_split(whole, clerk, parts, problems):
    with pytest.raises(BadInput) as refused:
        _split(whole, clerk, **parts)
    assert set(refused.value.problems) == set(problems)
    assert _ticket(whole).version == 1


def test_an_ended_ticket_a_late_page_and_a_stranger_are_refused(whole, clerk):
    with pytest.raises(NotAllowed):
        _split(whole, Actor("staff", 1, "", (Role("mayor"),)))
    with pytest.raises(StaleVersion):
        split_ticket(whole, 77, clerk, service_code="RD-PAVING")
    finish.reject_ticket(whole, None, clerk, "not_found", "לא נמצא")
    with pytest.raises(InvalidMove):
        _split(whole, clerk)


def test_a_resolved_part_leaves_the_first_as_it_is(whole, clerk):
    part = _split(whole, clerk)
    finish.resolve_ticket(part, None, clerk, "answered", "נענה")
    assert _ticket(part).status == "resolved"
    assert _ticket(whole).status == "received"
