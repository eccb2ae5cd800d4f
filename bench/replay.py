"""A year of a million cases replayed under other borders, another standard, other hours and other contract areas.

From the counted cases in the database to the result that is stored with a proposal, in a process of its own, whose peak
memory is measured whole: the interpreter, the city's map and the replay. Every case is of the type whose standard is
tried, which no city's would be. There is no floor to compare with: the limits are absolute (5 s, 1 GiB).
"""

from __future__ import annotations

import json
import resource
import statistics
import subprocess
import sys
import time

import psycopg
import shapely

from bench.report import absolute
from bench.stage import ROOT
from service_desk import clock, config, work
from service_desk.app import create_app
from service_desk.city.queries import city_map
from service_desk.flow.change_forms import StandardForm, read_boundary, read_hours, read_standard
from service_desk.flow.contract_area_form import read_contract_areas
from service_desk.reports.replay.counting import ALL
from service_desk.reports.replay.replaying import replay

CASES, QUICK_CASES = 1_000_000, 50_000
TICKETS = 1_000
ROUNDS = 3
LIMIT_S, LIMIT_MIB = 5.0, 1024
TYPE = "RD-POTHOLE"
#: one in five kept late, one in eight reopened once, one in ten not done (half of them run, the rest taken back), places all over the city
FILL = """
CREATE TEMP TABLE area AS SELECT code, centre_id, row_number() OVER (ORDER BY code) - 1 AS place FROM areas WHERE authority_id = 1 AND kind = 'centre';
CREATE TEMP TABLE made AS SELECT 1000000000000000 + n AS id, (n % 8 = 0)::int AS round, now() - interval '1 day' - random() * interval '364 days' AS at,
    random() AS r, 34.785 + random() * 0.05 AS lon, 31.87 + random() * 0.05 AS lat, n % 7 AS place FROM generate_series(1, {cases}) n;
ALTER TABLE clocks DISABLE TRIGGER ALL;
INSERT INTO clocks (authority_id, ticket_id, kind, round, calendar_id, calendar_code, minutes, started_at, due_at, stopped_at, result)
SELECT 1, made.id, 'resolve', round, c.id, c.code, 4320, at, at + interval '4 days', CASE WHEN made.id % 20 = 0 THEN at + interval '1 day' END,
    CASE WHEN made.id % 20 = 0 THEN 'void' END
FROM made, calendars c WHERE c.authority_id = 1 AND c.code = 'business' AND made.id % 10 = 0;
DELETE FROM figures_cases;
INSERT INTO figures_cases (authority_id, ticket_id, round, centre_id, area_code, service_code, handler_kind, is_open, is_hazard, is_sensitive,
    opened_at, opened_day, started_at, due_at, calendar_id, promised_minutes, due_day, is_met, is_late, done_at, done_day, came_back,
    without_work, is_repeat, held_centre, held_unit, held_contractor, held_outside, held_resident, lon, lat)
SELECT 1, made.id, round, centre_id, area.code, '{type}', 'centre', made.id % 20 = 10, false, false, at, CASE WHEN round = 0 THEN at::date END, at,
    at + interval '4 days', c.id, 4320, CASE WHEN made.id % 10 > 0 THEN (at + interval '4 days')::date END, made.id % 10 > 0 AND r < 0.8, false,
    CASE WHEN made.id % 10 > 0 THEN at + r * interval '5 days' END, CASE WHEN made.id % 10 > 0 THEN (at + r * interval '5 days')::date END,
    false, false, false, 0, 0, 0, 0, 0, lon, lat
FROM made JOIN area USING (place), calendars c WHERE c.authority_id = 1 AND c.code = 'business';
DELETE FROM figures_orders;
INSERT INTO figures_orders (authority_id, order_id, ticket_id, unit_id, service_code, area_code, issued_day, due_day, is_met, failed, is_refused, is_repeat, is_open)
SELECT 1, made.id, made.id, u.id, 'SAN-BIN', area.code, at::date, (at + interval '3 days')::date, r < 0.7, 0, false, false, false
FROM made JOIN area USING (place), units u WHERE u.authority_id = 1 AND u.code = 'C-WASTE-N' AND made.id % 5 = 0;
"""


def measure(stage, *, quick=False):
    """Return the lines: seconds of each kind (the median of three rounds), and the peak memory (MiB) of the process."""
    cases = QUICK_CASES if quick else CASES
    url = stage.fresh_city(TICKETS)
    with psycopg.connect(
        stage.servers.superuser_url.rsplit("/", 1)[0] + "/" + url.rsplit("/", 1)[1], autocommit=True
    ) as connection:
        for statement in FILL.format(cases=cases, type=TYPE).split(";\n"):
            if statement.strip():
                connection.execute(statement)
        connection.execute("VACUUM ANALYZE figures_cases, figures_orders, clocks")
    done = subprocess.run(
        [sys.executable, "-m", "bench.replay"],
        env=stage.environment(url), cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise SystemExit(f"replay ended with {done.returncode}:\n{done.stderr[-3000:]}")
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["moved"], "a moved border must move cases"
    lines = [
        absolute(f"what-if over {cases:,} cases: {name}", seconds, "s", LIMIT_S)
        for name, seconds in found["seconds"].items()
    ]
    return [*lines, absolute("memory of all of them, at its peak", found["peak_mib"], "MiB", LIMIT_MIB)]


def changes():
    """Return a change of each kind, by its name in the table."""
    city = city_map()
    middle = shapely.box(34.80, 31.885, 34.815, 31.90)
    return {
        "border": read_boundary(shapely.to_geojson(middle), "K5"),
        "standard": read_standard(StandardForm(TYPE, "120", "24", "office")),
        "hours": read_hours(city.centre_of_area("K5").id, dict.fromkeys(range(5), "08:00-16:00")),
        "contract area": read_contract_areas("C-WASTE-N-1", ["K1", "K2", "K3"], "C-WASTE-S-1"),
    }


def replay_all():
    """Replay each in this process; returns what the parent reads."""
    seconds, moved = {}, 0
    with create_app(config.read()).app_context(), work.tenant(1):
        for name, change in changes().items():
            rounds = []
            for _ in range(ROUNDS):
                began = time.perf_counter()
                result = replay(change, clock.now())
                rounds.append(time.perf_counter() - began)
            seconds[name] = statistics.median(rounds)
            moved = moved or result.moved
            print(name, result.by_key[ALL], result.moved, file=sys.stderr)
    return {
        "seconds": seconds,
        "moved": moved,
        "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


if __name__ == "__main__":
    print(json.dumps(replay_all()))
