"""A ticket is given only to somebody who can work on it."""

import pytest
from sqlalchemy import text

from service_desk.errors import BadInput
from service_desk.flow import receive, work_on
from service_desk.people import queries as people
from service_desk.people.rules import Actor
from service_desk.tickets import queries


@pytest.mark.parametrize("role", ["contractor", "mayor", "admin"])
def test_nobody_without_a_desk_at_a_centre_is_given_a_ticket(app, said, clerk, owner, role):
    ticket_id = receive.receive_report(said(), Actor("resident")).ticket_id
    with owner.begin() as connection:
        query = text("SELECT staff_id FROM memberships WHERE authority_id = 1 AND role = :role LIMIT 1")
        other = connection.execute(query, {"role": role}).scalar_one()
    with pytest.raises(BadInput):
        work_on.assign_ticket(ticket_id, None, clerk, other)
    assert queries.ticket_or_404(ticket_id).assignee_id is None


def test_somebody_who_left_is_not_given_a_ticket(app, said, clerk, owner):
    ticket_id = receive.receive_report(said(), Actor("resident")).ticket_id
    other = people.staff_by_email("clerk6@rehovot.example").id
    change = text("UPDATE staff SET is_active = :active WHERE id = :id")
    with owner.begin() as connection:
        connection.execute(change, {"active": False, "id": other})
    try:
        with pytest.raises(BadInput):
            work_on.assign_ticket(ticket_id, None, clerk, other)
    finally:
        with owner.begin() as connection:
            connection.execute(change, {"active": True, "id": other})
