"""The contractor's list page: its time against the floor's page of fifty rows, and what it weighs over the wire."""

from __future__ import annotations

import re
import urllib.request

from sqlalchemy import create_engine, text

from bench.load import burst, get
from bench.pages import FLOOR, PAGES, QUICK_PAGES, QUICK_SMALL, ROUNDS, middle, rounds, sign_in
from bench.report import absolute, against_floor

FOREMAN = "contractor@rehovot.example"
ORDERS = 250
MOST_KB = 60
#: open orders of the roads contractor on the city's own tickets, each with its running clocks
FILL = """
INSERT INTO work_orders (authority_id, id, ticket_id, number, contract_id, unit_id, domain, service_code, state, is_open,
    is_hazard, instructions, address, area_code, lon, lat, may_see_phone, origin, issued_at, failed_count, due_at, last_fact_at)
SELECT 1, -t.id, t.id, 1, c.id, c.unit_id, 'roads', t.service_code, 'issued', true, t.is_hazard, 'מילוי באספלט חם',
    t.address, t.area_code, t.lon, t.lat, false, 'clerk', now(), 0, now() + (t.id % 4000) * interval '1 minute', now()
FROM (SELECT * FROM tickets WHERE authority_id = 1 ORDER BY id LIMIT :orders) t,
    (SELECT c.id, c.unit_id FROM contracts c JOIN units u ON (u.authority_id, u.id) = (c.authority_id, c.unit_id)
     WHERE c.authority_id = 1 AND u.code = 'C-ROADS' ORDER BY c.version DESC LIMIT 1) c;
INSERT INTO order_clocks (authority_id, order_id, kind, calendar_id, calendar_code, minutes, started_at, due_at)
SELECT 1, o.id, kind, (SELECT min(id) FROM calendars WHERE authority_id = 1), '24x7', 120, o.issued_at, o.due_at
FROM work_orders o, (VALUES ('accept'), ('arrive'), ('complete')) AS kinds (kind) WHERE o.authority_id = 1 AND o.id < 0;
ANALYZE work_orders; ANALYZE order_clocks;
"""


def measure(stage, *, quick=False):
    """Return the lines: 95th percentile against the floor, and kilobytes of the page, without photos."""
    city, plain = stage.fresh_city(QUICK_SMALL), stage.floor(QUICK_SMALL)
    engine = create_engine(city.replace("postgresql://", "postgresql+psycopg://"))
    with engine.begin() as connection:
        for statement in FILL.split(";\n"):
            if statement.strip():
                connection.execute(text(statement), {"orders": ORDERS} if ":orders" in statement else {})
    engine.dispose()
    total = QUICK_PAGES if quick else PAGES
    with (
        stage.web("wsgi:app", stage.environment(city)) as (port, _),
        stage.web(FLOOR, stage.environment(plain)) as (other, _),
    ):
        cookie = sign_in(port, FOREMAN)
        page, rows = [get("/contractor/", Cookie=cookie)], [get("/rows")]
        ours, floors = rounds(
            lambda: burst(port, page, total), lambda: burst(other, rows, total), 3 if quick else ROUNDS
        )
        weight = _weight(port, cookie)
    return [
        against_floor(
            f"contractor's list of {ORDERS} orders, p95",
            middle(ours, "p95_ms"),
            "ms",
            middle(floors, "p95_ms"),
            2.5,
            least=False,
        ),
        absolute("contractor's list, page over the wire", weight / 1000, "KB", MOST_KB),
    ]


def _weight(port, cookie):
    """Return the bytes of the page as a phone gets it; the files that it shares with every page are kept by its worker."""
    asked = urllib.request.Request(
        f"http://127.0.0.1:{port}/contractor/?lang=he", headers={"Cookie": cookie, "Accept-Encoding": "gzip"}
    )
    with urllib.request.urlopen(asked, timeout=20) as answer:
        body, head = answer.read(), str(answer.headers)
    assert len(re.findall(rb"wl-card", body)) > 0 or answer.headers.get("Content-Encoding")
    return len(body) + len(head)
