"""What is refused is on record: acts, looks and pages; and failed logins are counted one by one."""

import threading

from sqlalchemy import text

from service_desk import work
from service_desk.extensions import db
from service_desk.flow import receive, sign_in, triage
from service_desk.people.queries import staff_by_email
from service_desk.people.rules import Actor
from service_desk.slas.queries import clocks_of
from service_desk.tickets.queries import ticket_or_404


def refusals():
    rows = db.session.execute(
        text("SELECT what, ticket_id, staff_id FROM access_log WHERE NOT is_allowed ORDER BY id")
    )
    return [tuple(row) for row in rows]


def test_a_refused_act_and_a_refused_page_are_in_the_access_log(client, said):
    ticket_id = receive.receive_report(said(), Actor("resident", 1)).ticket_id
    mayor = staff_by_email("mayor@rehovot.example").id
    client.sign_in("mayor@rehovot.example")
    assert (
        client.post(f"/desk/t/{ticket_id}/reply", data={"words": "שלום", "version": "1"}).status_code == 403
    )
    assert client.get("/admin/").status_code == 403
    assert refusals() == [("refused:clerk.do", ticket_id, mayor), ("refused:admin.home", None, mayor)]


def test_failed_logins_at_the_same_moment_are_all_counted(app):
    def fail():
        with app.app_context(), work.tenant(1):
            sign_in.sign_in("manager7@rehovot.example", "wrong")

    threads = [threading.Thread(target=fail) for _ in range(5)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    staff = staff_by_email("manager7@rehovot.example")
    db.session.refresh(staff)
    assert staff.failed_logins == 5
    with work.transaction():
        staff_by_email("manager7@rehovot.example").failed_logins = 0


def safety(ticket_id):
    db.session.expire_all()
    return {each.kind: (each.due_at, each.result) for each in clocks_of(ticket_id)}["make_safe"]


def test_a_danger_that_was_none_takes_its_clock_back_and_one_after_all_brings_it_again(app, said, clerk):
    ticket_id = receive.receive_report(said(), Actor("resident", 1)).ticket_id
    triage.triage_ticket(ticket_id, None, clerk, is_hazard=True)
    due, result = safety(ticket_id)
    assert result is None
    assert ticket_or_404(ticket_id).due_at == due
    triage.triage_ticket(ticket_id, None, clerk, is_hazard=False)
    assert safety(ticket_id) == (due, "void")
    assert ticket_or_404(ticket_id).due_at > due
    triage.triage_ticket(ticket_id, None, clerk, is_hazard=True)
    assert safety(ticket_id) == (due, None)
    assert ticket_or_404(ticket_id).due_at == due
