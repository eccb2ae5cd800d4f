"""Every door of the house with something real behind it: addresses for the tests that go from door to door."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from service_desk.catalog.queries import catalogue

if TYPE_CHECKING:
    from flask import Flask
    from werkzeug.routing import Rule

#: role → demo login; None signs nobody in
PEOPLE = {
    "anon": None,
    "clerk": "clerk5@{slug}.example",
    "manager": "manager5@{slug}.example",
    "unit": "roads@{slug}.example",
    "inspector": "inspector@{slug}.example",
    "contractor": "contractor@{slug}.example",
    "mayor": "mayor@{slug}.example",
    "admin": "admin@{slug}.example",
}
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
#: what stands for a part of an address that no test knows better
_USUAL: dict[str, Any] = {
    "extension": "json",
    "filename": "css/keshet.css",
    "size": "small",
    "verb": "note",
    "service_code": "RD-POTHOLE",
}


def rules(app: Flask, method: str) -> list[Rule]:
    """Return the routes that answer the method (POST stands for every unsafe one)."""
    if method == "GET":
        return [rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())]
    return [rule for rule in app.url_map.iter_rules() if (rule.methods or set()) - SAFE]


def address(app: Flask, rule: Rule, **known: Any) -> str:
    """Return a full address of the route, its parts filled with what is known, or with something of their kind."""
    values = {}
    for name in rule.arguments:
        converter = type(rule._converters[name]).__name__
        fallback = 1 if converter == "IntegerConverter" else "1"
        values[name] = known.get(f"{rule.endpoint}:{name}", known.get(name, _USUAL.get(name, fallback)))
    return (
        app.url_map.bind("localhost").build(rule.endpoint, values, append_unknown=False)
        if not rule.host
        else rule.rule
    )


def known_of(ticket: Any, token: str) -> dict[str, Any]:
    """Return the parts of addresses that lead to this ticket. Needs the ticket's tenant."""
    kinds = catalogue()
    return {
        "ticket_id": ticket.id,
        "reference": ticket.reference,
        "token": token,
        "code": ticket.service_code,
        "resident.topic:code": next(iter(kinds.groups)),
        "phone": "+972502345678",
    }


def csrf_token(page: str) -> str:
    """Return the token of a page's form, or an empty text."""
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    return found.group(1) if found else ""
