"""Every kind of fact that anything writes on a request's history has its sentence, its short word and its picture."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from service_desk.contractors.rules.damages import DAMAGE_EVENTS
from service_desk.contractors.rules.orders import ORDER_EVENTS
from service_desk.desks.clerk import order_words, words
from service_desk.desks.clerk.happened import SENTENCE, sentence
from service_desk.tickets.models import TicketEvent

SOURCE = Path(__file__).resolve().parents[2] / "service_desk"
#: what writes a fact → where its kind stands among the arguments
WRITERS = {"tickets.note": 1, "tickets.move": 2, "actions.note": 1, "actions.move": 2, "step.move": 2, "step.note": 1, "order_step.note": 1, "order_step.settle": 1}  # fmt: skip


def _is_kind(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def written_in(source: str) -> set[str]:
    """Return the kinds that a module's calls name."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            place = WRITERS.get(ast.unparse(node.func))
            if place is not None and len(node.args) > place:
                named = ast.walk(node.args[place])
                found |= {each.value for each in named if _is_kind(each)}
    return found


#: named before they are written, for many requests at once, or where a request begins
OTHERS = {"received", "assigned", "taken", "breached", "escalated"}
KINDS = sorted(
    {
        kind
        for folder in ("flow", "tickets")
        for path in (SOURCE / folder).glob("*.py")
        for kind in written_in(path.read_text())
    }
    | OTHERS
    | set(ORDER_EVENTS)
    | set(DAMAGE_EVENTS)
)


def test_the_look_through_the_source_finds_what_is_written():
    for kind in (
        "handed_over",
        "resolved",
        "order_issued",
        "order_verified",
        "damage_proposed",
        "escalated",
        "merged",
    ):
        assert kind in KINDS


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_fact_has_words(app, city, kind):
    data = {
        "order": 1,
        "number": 2,
        "unit": 0,
        "answer": "accepted",
        "decision": "waived",
        "result": "passed",
    }
    event = TicketEvent(kind=kind, actor_kind="system", actor_id=None, holder_id=None, data=data)
    with app.test_request_context("/?lang=en"):
        assert kind in SENTENCE or order_words.template_of(kind, data) is not None
        assert sentence(event) != kind
    assert kind in words.TOUCH
    assert kind in words.TOUCH_ICON
