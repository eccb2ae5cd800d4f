"""The clerk's history says what happened to work orders in words, never in codes."""

import pytest

from service_desk.contractors.rules import FINDINGS, PAUSE_REASONS, REFUSALS, VERIFICATION_REASONS
from service_desk.contractors.rules.orders import ORDER_EVENTS
from service_desk.desks.clerk import order_words, words
from service_desk.desks.clerk.happened import sentence
from service_desk.flow.pause_order import CANCELLATIONS
from service_desk.tickets.models import TicketEvent


@pytest.mark.parametrize("kind", ORDER_EVENTS)
def test_every_event_of_an_order_has_a_sentence_a_short_word_and_a_picture(app, city, kind):
    unit = city.unit_by_code("C-ROADS")
    for result in ("asked", "passed", "failed") if kind == "order_verified" else ("",):
        data = {
            "order": 1,
            "number": 2,
            "unit": unit.id,
            "reason": "weather",
            "why": "sample",
            "clock": "arrive",
        }
        event = TicketEvent(kind=kind, actor_kind="contractor", actor_id=0, data=data | {"result": result})
        with app.test_request_context("/?lang=en"):
            said = sentence(event)
            assert kind not in said
            assert "2" in said
    assert kind in words.TOUCH
    assert kind in words.TOUCH_ICON


def test_every_reason_has_words(app):
    with app.test_request_context("/?lang=en"):
        for key, codes in (
            ("reason", (*REFUSALS, *PAUSE_REASONS, *CANCELLATIONS)),
            ("finding", FINDINGS),
            ("why", (*VERIFICATION_REASONS, "not_sampled")),
        ):
            assert all(order_words.why({key: code}) for code in codes)
