"""Speed over HTTP: a report by Open311, the queue and the ticket page, each against its floor, in turn on one machine."""

from __future__ import annotations

import html
import http.cookiejar
import random
import re
import statistics
import urllib.parse
import urllib.request
from functools import partial

from sqlalchemy import create_engine, text

from bench.load import burst, get, post
from bench.report import absolute, against_floor
from service_desk.people.seed import DEMO_PASSWORD

ROUNDS = 5
SMALL, LARGE = 100_000, 1_000_000
QUICK_SMALL, QUICK_LARGE = 3_000, 12_000
#: requests of one burst
CREATES, PAGES = 1200, 600
QUICK_CREATES, QUICK_PAGES = 300, 150
STREETS = ("הרצל", "ויצמן", "יעקב", "בנימין", "מנוחה ונחלה")
FLOOR = "bench.floor:create_app()"
CLERK = "clerk5@rehovot.example"


def rounds(ours, theirs, count):
    """Return (ours, floor) as lists of Measured, in turn, after one warm-up of each that is not counted."""
    ours(), theirs()
    pairs = [(theirs(), ours()) for _ in range(count)]
    for floor_one, our_one in pairs:
        if our_one.failed or floor_one.failed:
            raise SystemExit(f"answers that were no success: ours {our_one.failed}, floor {floor_one.failed}")
    return [pair[1] for pair in pairs], [pair[0] for pair in pairs]


def middle(measured, field):
    """Return the median of a field."""
    return statistics.median(getattr(each, field) for each in measured)


def report_form(chance):
    """Return a full report as an Open311 client posts it: type, address or pin, words, answers, phone."""
    form = {
        "api_key": "demo",
        "service_code": "RD-POTHOLE",
        "description": f"בור עמוק באמצע הכביש, מסוכן לרוכבי אופניים. דיווח {chance.randrange(10**9)}",
        "attribute[position]": "lane",
        "phone": f"050555{chance.randrange(10**4):04d}",
        "first_name": "נועה",
    }
    if chance.random() < 0.5:
        form["address_string"] = f"{chance.choice(STREETS)} {chance.randrange(1, 120)}"
    else:
        form |= {
            "lat": f"{chance.uniform(31.885, 31.905):.6f}",
            "long": f"{chance.uniform(34.80, 34.82):.6f}",
        }
    return urllib.parse.urlencode(form)


def measure_post(stage, *, quick=False):
    """Return the lines of creating reports: throughput, 95th percentile."""
    chance = random.Random(106)
    total = QUICK_CREATES if quick else CREATES
    size = QUICK_SMALL if quick else SMALL
    city, plain = stage.fresh_city(size), stage.floor(size)
    reports = [
        post("/open311/v2/requests.json", report_form(chance), Accept="application/json") for _ in range(500)
    ]
    rows = [
        post("/rows", urllib.parse.urlencode({"service_code": "RD-POTHOLE", "description": "a deep pothole"}))
    ]
    with (
        stage.web("wsgi:app", stage.environment(city)) as (port, _),
        stage.web(FLOOR, stage.environment(plain)) as (other, _),
    ):
        ours, floors = rounds(
            lambda: burst(port, reports, total), lambda: burst(other, rows, total), 3 if quick else ROUNDS
        )
    return [
        against_floor(
            "Open311 POST, throughput", middle(ours, "per_second"), "1/s", middle(floors, "per_second"), 0.35
        ),
        against_floor(
            "Open311 POST, p95", middle(ours, "p95_ms"), "ms", middle(floors, "p95_ms"), 3.0, least=False
        ),
        absolute("Open311 POST, median", middle(ours, "median_ms"), "ms"),
    ]


def sign_in(port, who=CLERK):
    """Return the Cookie header of a person, as a rule a clerk, who logged in through the door."""
    jar = http.cookiejar.CookieJar()
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    base = f"http://127.0.0.1:{port}/staff/login"
    page = opener.open(base, timeout=20).read().decode()
    token = html.unescape(re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page).group(1))
    form = urllib.parse.urlencode({"csrf_token": token, "email": who, "password": DEMO_PASSWORD})
    opener.open(base, form.encode(), timeout=20).read()
    return "; ".join(f"{each.name}={each.value}" for each in jar)


def measure_queue(stage, *, quick=False):
    """Return the lines of the queue page at both sizes: throughput against the floor, and how it grows."""
    total, times = QUICK_PAGES if quick else PAGES, {}
    lines = []
    for size in (QUICK_SMALL, QUICK_LARGE) if quick else (SMALL, LARGE):
        city, plain = stage.cached_city(size), stage.floor(size)
        with (
            stage.web("wsgi:app", stage.environment(city)) as (port, _),
            stage.web(FLOOR, stage.environment(plain)) as (other, _),
        ):
            page = [get("/desk/", Cookie=sign_in(port))]
            ours, floors = rounds(
                partial(burst, port, page, total),
                partial(burst, other, [get("/rows")], total),
                3 if quick else ROUNDS,
            )
        times[size] = middle(ours, "median_ms")
        name = f"queue page at {size:,} tickets"
        lines.append(
            against_floor(
                f"{name}, throughput", middle(ours, "per_second"), "1/s", middle(floors, "per_second"), 0.4
            )
        )
        lines.append(absolute(f"{name}, p95", middle(ours, "p95_ms"), "ms"))
    few, many = sorted(times)
    lines.append(
        against_floor(
            f"queue page, time at {many:,} against {few:,}", times[many], "ms", times[few], 1.3, least=False
        )
    )
    return lines


#: ids of tickets that a clerk of centre 5 opens: of the own centre, or of others, whose every look is written to the log
TICKETS = """
    SELECT id FROM tickets
    WHERE NOT is_sensitive AND (centre_id IN (SELECT id FROM centres WHERE number = 5)) = :is_own
    ORDER BY md5(id::text) LIMIT 200
"""


def _tickets(city):
    """Return {is of the own centre: ids} of two hundred tickets each."""
    engine = create_engine(city.replace("postgresql://", "postgresql+psycopg://"))
    with engine.connect() as connection:
        found = {
            is_own: connection.execute(text(TICKETS), {"is_own": is_own}).scalars().all()
            for is_own in (True, False)
        }
    engine.dispose()
    return found


def measure_ticket(stage, *, quick=False):
    """Return the lines of the ticket page: of the own centre, against the floor; of another one, a read that commits a write."""
    total, size = QUICK_PAGES if quick else PAGES, QUICK_SMALL if quick else SMALL
    city, plain = stage.cached_city(size), stage.floor(size)
    numbers, chance = _tickets(city), random.Random(7)
    rows = [get(f"/rows/{chance.randrange(1, size)}") for _ in range(200)]
    found = {}
    with (
        stage.web("wsgi:app", stage.environment(city)) as (port, _),
        stage.web(FLOOR, stage.environment(plain)) as (other, _),
    ):
        cookie = sign_in(port)
        for is_own, ids in numbers.items():
            pages = [get(f"/desk/t/{number}", Cookie=cookie) for number in ids]
            found[is_own] = rounds(
                partial(burst, port, pages, total), partial(burst, other, rows, total), 3 if quick else ROUNDS
            )
    own, floors = found[True]
    beyond, beside = (middle(each, "per_second") for each in found[False])
    logged = absolute("ticket page of another centre (writes the access log)", beyond, "1/s")
    return [
        against_floor(
            "ticket page, throughput", middle(own, "per_second"), "1/s", middle(floors, "per_second"), 0.4
        ),
        absolute("ticket page, p95", middle(own, "p95_ms"), "ms"),
        logged | {"floor": round(beside, 4), "ratio": round(beyond / beside, 3)},
    ]
