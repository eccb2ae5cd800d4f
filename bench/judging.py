"""A year of one contractor's work orders judged under new terms, as the what-if of the contract page does it.

Read from the database, judged, and every month assessed, in a process of its own, whose peak memory is measured whole.
There is no floor to compare with: the limits are absolute (5 s, 500 MiB).
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta

import psycopg

from bench.report import absolute
from bench.stage import ROOT
from service_desk import config, work
from service_desk.app import create_app
from service_desk.city.queries import city_map
from service_desk.contractors.queries.judged import Selection
from service_desk.contractors.rules.contract import ContractTerms
from service_desk.flow.try_contract import judge_under
from service_desk.slas.queries import standards

ORDERS, QUICK_ORDERS = 200_000, 20_000
TICKETS = 1_000
ROUNDS = 3
LIMIT_S, LIMIT_MIB = 5.0, 500
PRICED = (
    ("accept", "case", 5_000), ("arrive", "hour", 7_500), ("make_safe", "hour", 50_000), ("complete", "day", 15_000),
    ("quality", "case", 25_000), ("repeat", "case", 20_000), ("evidence", "case", 5_000), ("false_done", "case", 100_000),
)  # fmt: skip
TERMS = {
    "domains": ["roads"],
    "areas": None,
    "calendar": "contractor",
    "duties": {
        "accept": {"minutes": 120, "hazard_minutes": 30},
        "arrive": {"minutes": 900, "hazard_minutes": 60},
        "make_safe": {"hazard_minutes": 240},
        "complete": {"minutes": 2400, "hazard_minutes": 1440, "by_service": {"RD-PAVEMENT": 6000}},
    },
    "prices": [
        {"metric": metric, "unit": unit, "amount_agorot": amount, "allowance": 3, "step_percent": 25, "step_max_percent": 100}
        for metric, unit, amount in PRICED
    ],
    "monthly_fee_agorot": 1_000_000_000,
    "cap_percent": 10,
}  # fmt: skip
#: three orders in ten late, one in eight a hazard, one in ten paused, one in twenty failed once, photos for all but a few
FILL = """
CREATE TEMP TABLE made AS SELECT n, nextval('keshet_ids') * 100 AS id, t.id AS ticket_id, n / {tickets} + 1 AS number,
    timestamptz '{since}' + random() * interval '360 days' AS issued_at, random() AS r, random() AS s, random() < 0.125 AS hazard
FROM generate_series(0, {orders} - 1) n
JOIN (SELECT id, row_number() OVER (ORDER BY id) - 1 AS place FROM tickets WHERE authority_id = 1) t ON t.place = n % {tickets};
INSERT INTO contracts (authority_id, id, code, version, unit_id, name, terms, valid_from, created_at)
SELECT 1, -1, 'BENCH', 1, id, '{{}}', '{{}}', '2020-01-01', now() FROM units WHERE authority_id = 1 AND code = 'C-ROADS';
INSERT INTO work_orders (authority_id, id, ticket_id, number, contract_id, unit_id, domain, service_code, state, is_open,
    is_hazard, instructions, address, may_see_phone, origin, issued_at, accepted_at, arrived_at, made_safe_at, done_at, ended_at,
    failed_count, last_fact_at, lon, lat)
SELECT 1, m.id, ticket_id, number, -1, u.id, 'roads', CASE WHEN r < 0.5 THEN 'RD-POTHOLE' ELSE 'RD-PAVEMENT' END, 'passed', false,
    hazard, '', '', false, 'rule', issued_at, issued_at + s * interval '4 hours', issued_at + s * interval '40 hours',
    CASE WHEN hazard THEN issued_at + s * interval '6 hours' END, issued_at + r * interval '12 days',
    issued_at + r * interval '12 days' + interval '3 hours', 0, issued_at, 34.8, 31.9
FROM made m, units u WHERE u.authority_id = 1 AND u.code = 'C-ROADS';
INSERT INTO order_pauses (authority_id, id, order_id, reason, words, started_at, ended_at)
SELECT 1, nextval('keshet_ids') * 100, id, 'no_access', '', issued_at + s * interval '2 days', issued_at + s * interval '2 days' + interval '20 hours'
FROM made WHERE n % 10 = 0;
INSERT INTO verifications (authority_id, id, order_id, why, state, is_failed_until_decided, asked_at, decided_at, finding, words, photo_ids)
SELECT 1, nextval('keshet_ids') * 100, id, 'sample', 'failed', false, issued_at, issued_at + r * interval '9 days', 'left_dirty', '', '{{}}'
FROM made WHERE n % 20 = 0;
INSERT INTO proofs (authority_id, id, order_id, photo_id, kind, taken_at, received_at, lon, lat, accuracy_m, distance_m)
SELECT 1, nextval('keshet_ids') * 100, id, 0, kind, issued_at, issued_at + interval '10 days', 34.8, 31.9, 5, s * 160
FROM made, (VALUES ('before'), ('after')) k (kind);
ANALYZE work_orders, order_pauses, verifications, proofs;
"""


def measure(stage, *, quick=False):
    """Return the lines: seconds for a year of orders (the median of three rounds), and the peak memory (MiB) of the process."""
    orders = QUICK_ORDERS if quick else ORDERS
    url = stage.fresh_city(TICKETS)
    since = datetime.now(UTC) - timedelta(days=365)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(FILL.format(orders=orders, tickets=TICKETS, since=since.isoformat()))
    done = subprocess.run(
        [sys.executable, "-m", "bench.judging", since.isoformat()],
        env=stage.environment(url), cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise SystemExit(f"judging ended with {done.returncode}:\n{done.stderr[-3000:]}")
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["orders"] == orders, "every order must have been judged"
    return [
        absolute(f"judging {orders:,} orders under new terms", found["seconds"], "s", LIMIT_S),
        absolute("memory of judging them, at its peak", found["peak_mib"], "MiB", LIMIT_MIB),
        absolute("breaches found among them", found["breaches"], ""),
    ]


def judge_a_year(since):
    """Judge in this process; returns what the parent reads. since: aware."""
    terms, seconds = ContractTerms.from_json(TERMS), []
    with create_app(config.read()).app_context(), work.tenant(1):
        unit_id = city_map().unit_by_code("C-ROADS").id
        standards()
        for _ in range(ROUNDS):
            began = time.perf_counter()
            side = judge_under(Selection(unit_id, since, datetime.now(UTC)), terms, datetime.now(UTC))
            seconds.append(time.perf_counter() - began)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {
        "orders": side.orders,
        "breaches": side.breaches,
        "seconds": sorted(seconds)[ROUNDS // 2],
        "peak_mib": peak,
    }


if __name__ == "__main__":
    print(json.dumps(judge_a_year(datetime.fromisoformat(sys.argv[1]))))
