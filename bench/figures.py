"""Figures: how fast what happens is counted, beside how fast reports come; a rebuild from all tickets; an export of many rows."""

from __future__ import annotations

import json
import random
import resource
import subprocess
import sys
import time

import psycopg

from bench.load import burst
from bench.pages import post, report_form
from bench.report import absolute, against_floor
from bench.stage import ROOT

SMALL, QUICK_SMALL = 100_000, 5_000
#: reports that are counted
FRESH, QUICK_FRESH = 40_000, 4_000
CREATES, QUICK_CREATES = 3_000, 300
#: how many times as fast as reports come they must be counted
PACE = 3.0
#: ten million tickets, from scratch
REBUILD_SECONDS, REBUILD_TICKETS = 600, 10_000_000
EXPORT_PER_SECOND, EXPORT_MB = 50_000, 100
#: ids of the made tickets begin here, beyond any the sequence gives
FIRST_ID = 1_000_000_000_000
_TICKETS = """
INSERT INTO tickets (authority_id, id, reference, service_code, service_type_id, group_code, status, is_open, is_hazard,
  is_sensitive, centre_id, area_code, routing_method, handler_kind, holder_kind, holder_since, lon, lat, address, landmark,
  summary, search, channel, locale, opened_at, due_at, reopened_count, follower_count, photo_count, has_news, last_touch_at,
  last_touch, version, last_hash)
SELECT 1, {first} + n, lpad(n::text, 9, '0'), t.codes[1 + n % array_length(t.codes, 1)], t.ids[1 + n % array_length(t.codes, 1)],
  'roads', 'received', true, false, false, c.ids[1 + n % array_length(c.ids, 1)], 'K1', 'pin', 'centre', 'centre', now(),
  34.8 + (n % 997) * 1e-4, 31.88 + (n % 991) * 1e-4, '', '', '', '', 'web', 'he', now() - n * interval '10 milliseconds', now(),
  0, 1, 0, false, now(), 'received', 1, sha256(n::text::bytea)
FROM generate_series(1, {count}) AS n,
  (SELECT array_agg(id ORDER BY number) AS ids FROM centres WHERE authority_id = 1) AS c,
  (SELECT array_agg(code ORDER BY id) AS codes, array_agg(id ORDER BY id) AS ids FROM service_types WHERE authority_id = 1) AS t
"""
_EVENTS = """
INSERT INTO ticket_events (authority_id, ticket_id, seq, at, kind, actor_kind, status, holder_kind, holder_id, data, hash)
SELECT 1, id, 1, opened_at, 'received', 'resident', status, holder_kind, centre_id, '{{}}', last_hash FROM tickets WHERE id > {first}
"""
_CLOCKS = """
INSERT INTO clocks (authority_id, ticket_id, kind, round, calendar_id, calendar_code, minutes, started_at, due_at)
SELECT 1, t.id, k.kind, 0, c.id, c.code, 10000, t.opened_at, t.due_at
FROM tickets AS t, (VALUES ('acknowledge'), ('resolve')) AS k (kind),
  (SELECT id, code FROM calendars WHERE authority_id = 1 AND code = '24x7') AS c WHERE t.id > {first}
"""
_UNCOUNTED = (
    "INSERT INTO uncounted (authority_id, id, ticket_id) SELECT 1, id, id FROM tickets WHERE id > {first}"
)


def measure(stage, *, quick=False):
    """Return the lines of figures, on a city of a hundred thousand tickets."""
    size, fresh = (QUICK_SMALL, QUICK_FRESH) if quick else (SMALL, FRESH)
    url = stage.fresh_city(size)
    creates = _creates(stage, url, QUICK_CREATES if quick else CREATES)
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in (_TICKETS, _EVENTS, _CLOCKS, _UNCOUNTED):
            connection.execute(statement.format(first=FIRST_ID, count=fresh))
        connection.execute("VACUUM ANALYZE")
    found = _in_a_process(stage, url)
    seconds = REBUILD_SECONDS * found["cases"] / REBUILD_TICKETS
    return [
        against_floor(
            "figures, reports counted beside reports made",
            fresh / found["count_seconds"],
            "1/s",
            creates,
            PACE,
        ),
        absolute(
            f"figures, rebuild of {found['cases']:,} cases",
            found["rebuild_seconds"],
            "s",
            None if quick else seconds,
        ),
        absolute("figures, differences after it", found["differences"], "", 0),
        absolute(
            f"export of {found['rows']:,} rows",
            found["rows"] / found["export_seconds"],
            "1/s",
            None if quick else EXPORT_PER_SECOND,
            least=True,
        ),
        absolute("export, memory more than before", found["export_mb"], "MiB", EXPORT_MB),
    ]


def _creates(stage, url, total):
    """Return how many reports a second the product takes in, as `make run` runs it."""
    chance = random.Random(108)
    reports = [
        post("/open311/v2/requests.json", report_form(chance), Accept="application/json") for _ in range(500)
    ]
    with stage.web("wsgi:app", stage.environment(url)) as (port, _):
        burst(port, reports, total // 10)
        return burst(port, reports, total).per_second


def _in_a_process(stage, url):
    done = subprocess.run(
        [sys.executable, "-m", "bench.figures"],
        env=stage.environment(url),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"measuring figures failed:\n{done.stderr[-2000:]}")
    return json.loads(done.stdout.splitlines()[-1])


def _timed(act):
    began = time.perf_counter()
    result = act()
    return result, time.perf_counter() - began


def _main():
    from service_desk import work  # noqa: PLC0415 — only this process runs the product
    from service_desk.app import create_app  # noqa: PLC0415
    from service_desk.flow import count_figures  # noqa: PLC0415
    from service_desk.flow.verify_counts import verify_counts  # noqa: PLC0415

    app = create_app()
    with app.app_context(), work.tenant(1):
        if count_figures.needs_rebuild():
            count_figures.rebuild()
        counted, count_seconds = _timed(lambda: count_figures.count(seconds=3600))
        differences = len(verify_counts().differences)
        cases, rebuild_seconds = _timed(count_figures.rebuild)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        rows, export_seconds = _timed(_export)
        after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        differences += len(verify_counts().differences)
    print(
        json.dumps(
            {
                "counted": counted,
                "count_seconds": count_seconds,
                "cases": cases,
                "rebuild_seconds": rebuild_seconds,
                "rows": rows,
                "export_seconds": export_seconds,
                "export_mb": (after - before) / 1024,
                "differences": differences,
            }
        )
    )


def _export():
    from datetime import date  # noqa: PLC0415

    from service_desk.reports.exporting import Words, csv_of  # noqa: PLC0415
    from service_desk.reports.rules import Days  # noqa: PLC0415

    words = Words({}, {}, {}, {}, {}, {})
    pieces = csv_of("received", Days(date(2000, 1, 1), date(2999, 1, 1)), ["x"] * 10, words)
    return sum(piece.count(b"\n") for piece in pieces) - 1


if __name__ == "__main__":
    _main()
