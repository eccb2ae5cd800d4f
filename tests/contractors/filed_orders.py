"""Writes orders' lives into the tables as they would stand there, for tests that read them back."""

from datetime import timedelta
from random import Random

from service_desk.contractors.models import OrderPause, Proof, Verification, WorkOrder
from service_desk.contractors.rules import FINDINGS
from service_desk.contractors.rules.judging import Failure, OrderFacts, Standstill
from service_desk.extensions import db
from service_desk.work import new_id, tenant_id, transaction

SERVICES = ("RD-POTHOLE", "RD-PAVING", "TRF-SIGN")


def random_lives(count, since, days, seed=3):
    """Return lives of orders issued within so many days after since; about a third late."""
    chance = Random(seed)
    return [_life(chance, since + timedelta(seconds=chance.randrange(days * 86_400))) for _ in range(count)]


def _life(chance, issued):
    def later(most_hours):
        return issued + timedelta(seconds=chance.randrange(most_hours * 3600))

    is_hazard, has_passed = chance.random() < 0.3, chance.random() < 0.7
    done = later(400)
    pauses, failures = (), ()
    if chance.random() < 0.4:
        begins = later(60)
        pauses = (Standstill(begins, begins + timedelta(hours=chance.randrange(1, 40))),)
    if chance.random() < 0.3:
        failures = (Failure(later(300), chance.choice(FINDINGS)),)
    return OrderFacts(
        order_id=new_id(),
        service_code=chance.choice(SERVICES),
        is_hazard=is_hazard,
        issued_at=issued,
        accepted_at=later(5),
        arrived_at=later(30) if chance.random() < 0.8 else None,
        made_safe_at=later(9) if is_hazard else None,
        done_at=done if has_passed else None,
        ended_at=done + timedelta(hours=5) if has_passed else None,
        end="passed" if has_passed else None,
        pauses=pauses,
        failures=failures,
        has_evidence=chance.random() < 0.7,
        repeated_after_seconds=chance.choice([None, None, 3600, 25 * 86_400]),
    )


def file_orders(lives, ticket_id, contract):
    """Write the lives as orders of one ticket under the contract, with photos as their evidence says."""
    here = {"authority_id": tenant_id()}
    with transaction():
        for number, life in enumerate(lives, 1):
            of = here | {"order_id": life.order_id}
            db.session.add(
                WorkOrder(
                    **here, id=life.order_id, ticket_id=ticket_id, number=number, contract_id=contract.id,
                    unit_id=contract.unit_id, domain="roads", service_code=life.service_code, origin="clerk",
                    state=life.end or "accepted", is_open=life.end is None, is_hazard=life.is_hazard,
                    issued_at=life.issued_at, accepted_at=life.accepted_at, arrived_at=life.arrived_at,
                    made_safe_at=life.made_safe_at, done_at=life.done_at, ended_at=life.ended_at,
                    repeat_after_seconds=life.repeated_after_seconds, failed_count=len(life.failures), last_fact_at=life.issued_at, lon=34.81, lat=31.89,
                )
            )  # fmt: skip
        db.session.flush()
        for life in lives:
            of = here | {"order_id": life.order_id}
            for each in life.pauses:
                db.session.add(
                    OrderPause(**of, reason="no_access", started_at=each.started_at, ended_at=each.ended_at)
                )
            for each in life.failures:
                db.session.add(
                    Verification(
                        **of, why="sample", state="failed", asked_at=life.issued_at, decided_at=each.decided_at,
                        finding=each.finding,
                    )
                )  # fmt: skip
            _file_proofs(of, life)


def _file_proofs(of, life):
    """Photos before and after, near the place; without evidence the one after is too far away or too old."""
    late = life.issued_at + timedelta(days=40)
    far = bool(life.failures) is False
    for kind, distance, received in (
        ("before", 10, late),
        ("after", 10, late)
        if life.has_evidence
        else ("after", 900, late)
        if far
        else ("after", 10, life.issued_at),
    ):
        db.session.add(
            Proof(**of, photo_id=0, kind=kind, taken_at=received, received_at=received, lon=34.81, lat=31.89,
                  accuracy_m=5, distance_m=distance)
        )  # fmt: skip
