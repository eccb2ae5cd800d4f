"""The sweep of due clocks: 1,000,000 promises run, 10,000 have just passed; and the climb of their ladders and the digests."""

from __future__ import annotations

import json
import subprocess
import sys
import time

import psycopg
from sqlalchemy import text

from bench.report import absolute
from bench.stage import ROOT, made_by

OPEN, DUE = 1_000_000, 10_000
QUICK_OPEN, QUICK_DUE = 30_000, 1_000
LIMIT_SECONDS = 2.0
#: sweeps measured; the middle one counts
TRIES = 3
#: ids of the made tickets begin here, beyond any the sequence gives
FIRST_ID = 1_000_000_000_000
_TICKETS = """
INSERT INTO tickets (authority_id, id, reference, service_code, service_type_id, group_code, status, is_open, is_hazard,
  is_sensitive, centre_id, area_code, routing_method, handler_kind, holder_kind, holder_since, lon, lat, address, landmark,
  summary, search, channel, locale, opened_at, due_at, reopened_count, follower_count, photo_count, has_news, last_touch_at,
  last_touch, version, last_hash)
SELECT 1, {first} + n, lpad(n::text, 9, '0'), t.code, t.id, t.group_code, 'triaged', true, false, false,
  c.ids[1 + n % array_length(c.ids, 1)], 'K1', 'pin', 'centre', 'centre', now() - interval '1 day', 34.8 + (n % 997) * 1e-4,
  31.88 + (n % 991) * 1e-4, 'הרצל ' || n % 200, '', 'בור בכביש', lpad(n::text, 9, '0'), 'web', 'he', now() - interval '1 day',
  now() + (n % 500000 + 600) * interval '1 second', 0, 1, 0, false, now() - interval '1 day', 'triaged', 1, sha256(n::text::bytea)
FROM generate_series(1, {count}) AS n,
  (SELECT array_agg(id ORDER BY number) AS ids FROM centres WHERE authority_id = 1) AS c,
  (SELECT id, code, group_code FROM service_types WHERE authority_id = 1 AND code = 'RD-POTHOLE' LIMIT 1) AS t
"""
_EVENTS = """
INSERT INTO ticket_events (authority_id, ticket_id, seq, at, kind, actor_kind, status, holder_kind, holder_id, data, hash)
SELECT 1, id, 1, opened_at, 'received', 'resident', status, holder_kind, centre_id, '{{}}', last_hash FROM tickets WHERE id > {first}
"""
_CLOCKS = """
INSERT INTO clocks (authority_id, ticket_id, kind, round, sla_id, calendar_id, calendar_code, minutes, started_at, due_at, next_rung_at)
SELECT 1, t.id, 'resolve', 0, s.id, c.id, c.code, 10000, t.opened_at, t.due_at, t.due_at
FROM tickets AS t, (SELECT id FROM slas WHERE authority_id = 1 AND service_code = 'RD-POTHOLE') AS s,
  (SELECT id, code FROM calendars WHERE authority_id = 1 AND code = '24x7') AS c WHERE t.id > {first}
"""
#: every hundredth promise passes: spread over the whole table, as they are in life
_PASS = """
UPDATE clocks SET due_at = now() - interval '1 minute', next_rung_at = now() - interval '1 minute', breached_at = NULL
WHERE ticket_id > {first} AND ticket_id % {each} = 0
"""


def measure(stage, *, quick=False):
    """Return the lines of the sweep, measured in a process of its own on a database of so many open promises."""
    count, due = (QUICK_OPEN, QUICK_DUE) if quick else (OPEN, DUE)
    url = _city(stage, count)
    tries = [_once(stage, url, count // due) for _ in range(1 if quick else TRIES)]
    found = sorted(tries, key=lambda each: each["breach_seconds"])[len(tries) // 2]
    said = f"{due:,} due of {count:,} open"
    return [
        absolute(f"sweep, {said}", found["breach_seconds"], "s", LIMIT_SECONDS),
        absolute("sweep, promises recorded", min(each["recorded"] for each in tries), "", due, least=True),
        # A small table is rightly read whole.
        absolute("sweep, whole tables read", found["scans"], "", None if quick else 0),
        absolute(f"ladder, {said}", found["climb_seconds"], "s"),
        absolute(f"digests, {found['rungs']:,} rungs", found["digest_seconds"], "s"),
    ]


def _once(stage, url, each):
    """Let every so-manieth promise pass, and return what one sweep of them took."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("DELETE FROM notices")
        connection.execute("DELETE FROM escalations")
        connection.execute(_PASS.format(first=FIRST_ID, each=each))
        connection.execute("VACUUM ANALYZE clocks, tickets, ticket_events, escalations")
    done = subprocess.run(
        [sys.executable, "-m", "bench.sweep"],
        env=stage.environment(url),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"the sweep failed:\n{done.stderr[-2000:]}")
    return json.loads(done.stdout.splitlines()[-1])


def _city(stage, count):
    """Return the address of a city with so many running promises: made once, kept while its schema and seed stay."""
    name = f"sweep_{count}_{made_by('migrations/versions', 'service_desk/city/seed', 'service_desk/catalog/seed')}"
    return stage.kept_city(name, f"sweep_{count}_%", lambda url: _fill(url, count))


def _fill(url, count):
    print(f"  … {count:,} running promises are made (once)", flush=True)
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in (_TICKETS, _EVENTS, _CLOCKS):
            connection.execute(statement.format(first=FIRST_ID, count=count))
        connection.execute("VACUUM ANALYZE")


def _scans(plan):
    """Return how many whole tables a plan reads."""
    own = plan["Node Type"] == "Seq Scan" and plan["Relation Name"] in {"clocks", "tickets", "ticket_events"}
    return own + sum(_scans(each) for each in plan.get("Plans", ()))


def _timed(act):
    began = time.perf_counter()
    result = act()
    return result, time.perf_counter() - began


def _main():
    from sqlalchemy import event  # noqa: PLC0415 — only this process runs the product

    from service_desk import work  # noqa: PLC0415
    from service_desk.app import create_app  # noqa: PLC0415
    from service_desk.extensions import db  # noqa: PLC0415
    from service_desk.flow import breach, digest, escalate  # noqa: PLC0415

    app, asked = create_app(), {}

    def keep(_connection, _cursor, statement, parameters, _context, _many):
        if any(f" {table} " in f" {statement} " for table in ("clocks", "tickets")):
            asked.setdefault(statement, parameters)

    with app.app_context(), work.tenant(1):
        db.session.execute(text("SELECT 1"))
        event.listen(db.engine, "before_cursor_execute", keep)
        recorded, breach_seconds = _timed(breach.record_breaches)
        _climbed, climb_seconds = _timed(escalate.climb_rungs)
        event.remove(db.engine, "before_cursor_execute", keep)
        rungs, digest_seconds = _timed(digest.write_digests)
        scans = 0
        for statement, parameters in asked.items():
            explained = db.session.connection().exec_driver_sql(
                f"EXPLAIN (FORMAT JSON) {statement}", parameters
            )
            scans += _scans(explained.scalar_one()[0]["Plan"])
            db.session.rollback()
    print(
        json.dumps(
            {
                "recorded": recorded,
                "breach_seconds": breach_seconds,
                "climb_seconds": climb_seconds,
                "rungs": rungs,
                "digest_seconds": digest_seconds,
                "scans": scans,
            }
        )
    )


if __name__ == "__main__":
    _main()
