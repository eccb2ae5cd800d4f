"""What tests of contractors start from: contracts put aside and back, a ticket, a foreman, the administrator."""

from datetime import date

import pytest
from order_world import TERMS
from sqlalchemy import text

from service_desk import clock, work
from service_desk.contractors.models import Contract
from service_desk.contractors.queries import contracts as stored
from service_desk.extensions import db
from service_desk.flow.receive import receive_report
from service_desk.people import queries
from service_desk.people.rules import Actor, Role

_ORDERS = (
    "damages", "verifications", "proofs", "order_entries", "order_pauses", "order_clocks", "work_orders", "field_links", "statements",
)  # fmt: skip


def _read_anew():
    """Let only the contracts be read anew: a new data version would build the whole city again, twice a test."""
    stored._kept._values.clear()


@pytest.fixture
def admin(city):
    """The administrator, as an actor."""
    staff = queries.staff_by_email("admin@rehovot.example")
    return Actor("staff", staff.id, staff.name, (Role("admin"),))


@pytest.fixture
def contract_shelf(app, owner):
    """Put the contracts back as they were seeded, when the test is over."""
    with owner.connect() as connection:
        seeded = [dict(row) for row in connection.execute(Contract.__table__.select()).mappings()]
    yield
    db.session.rollback()
    with owner.begin() as connection:
        for table in (*_ORDERS, "contracts"):
            connection.execute(text(f"DELETE FROM {table}"))
        connection.execute(Contract.__table__.insert(), seeded)
    _read_anew()


@pytest.fixture
def contracts(contract_shelf, city):
    """Let Rehovot have these contracts and no others, in force since last year: contracts(C_ROADS=terms, …)."""

    def put(**terms):
        with work.as_owner(), work.transaction():
            db.session.execute(text("DELETE FROM contracts WHERE authority_id = 1"))
            for name, said in terms.items():
                code = name.replace("_", "-")
                db.session.add(
                    Contract(
                        authority_id=1, code=f"{code}-T", version=1, unit_id=city.unit_by_code(code).id,
                        name={"he": code}, terms=said, valid_from=date(clock.now().year - 1, 1, 1),
                        valid_to=None, created_at=clock.now(), created_by=None,
                    )
                )  # fmt: skip
        _read_anew()

    return put


@pytest.fixture
def roads(contracts, city):
    """The contractor for roads, under the tests' own contract."""
    contracts(C_ROADS=TERMS)
    return city.unit_by_code("C-ROADS")


@pytest.fixture
def foreman(city):
    """A foreman of the roads contractor, by his link."""
    return Actor("contractor", 77, "", (Role("contractor", unit_id=city.unit_by_code("C-ROADS").id),))


@pytest.fixture
def ticket_id(app, said):
    """A pothole that somebody reported."""
    return receive_report(said(), Actor("resident", 1)).ticket_id
