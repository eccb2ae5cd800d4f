"""One act on 500 tickets of a full desk: one history event each, one message each, and the same taken back."""

from __future__ import annotations

import json
import secrets
import statistics
import subprocess
import sys
import time

from bench.pages import QUICK_SMALL, SMALL
from bench.report import absolute
from bench.stage import ROOT

TICKETS, QUICK_TICKETS = 500, 50
ROUNDS = 5
LIMIT_S = 2.0
#: a lean city has nobody to tell: each open ticket gets a person who follows it
FOLLOWED = """
INSERT INTO residents (authority_id, id, phone, name, locale, channel, stopped, created_at)
SELECT 1, -n, '+97255' || lpad(n::text, 7, '0'), '', 'he', 'sms', '{{}}', now() FROM generate_series(1, :n) n;
INSERT INTO followers (authority_id, id, ticket_id, resident_id, role, locale, channel, token_hash, token_nonce, joined_at)
SELECT 1, -place, id, -place, 'reporter', (ARRAY['he', 'ar', 'ru', 'en', 'am'])[place % 5 + 1], 'sms', decode(md5(id::text), 'hex'), decode(md5(id::text), 'hex'), now()
FROM (SELECT id, row_number() OVER (ORDER BY due_at, id) AS place FROM tickets t WHERE authority_id = 1 AND {open}) found
WHERE place <= :n;
"""
OPEN = "is_open AND order_state IS NULL AND status IN ('received', 'triaged', 'assigned', 'in_progress', 'waiting', 'reopened')"


def measure(stage, *, quick=False):
    """Return the lines: seconds to resolve so many tickets at once, to take that back, and the statements sent."""
    city = stage.fresh_city(QUICK_SMALL if quick else SMALL)
    words = (sys.executable, "-m", "bench.bulk", str(QUICK_TICKETS if quick else TICKETS))
    done = subprocess.run(
        words, env=stage.environment(city), cwd=ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(done.stderr[-3000:])
    found = json.loads(done.stdout.splitlines()[-1])
    return [
        absolute(f"bulk: resolve {found['tickets']} tickets", found["act"], "s", LIMIT_S),
        absolute(f"bulk: take {found['tickets']} tickets back", found["undo"], "s"),
        absolute("bulk: statements of the act", found["statements"], ""),
        absolute("bulk: events of each ticket", found["events"], "", 1),
        absolute("bulk: messages of each follower", found["messages"], "", 1),
    ]


def main():
    """Act on the first tickets of the queue that can be resolved, several times; print the medians as JSON."""
    from sqlalchemy import event, text  # noqa: PLC0415 — in a process of its own, with the environment of its database

    from service_desk import work  # noqa: PLC0415
    from service_desk.app import create_app  # noqa: PLC0415
    from service_desk.extensions import db  # noqa: PLC0415
    from service_desk.flow import bulk  # noqa: PLC0415
    from service_desk.people.rules import Actor, Role  # noqa: PLC0415

    wanted = int(sys.argv[1])
    asked = bulk.BulkAsked("resolve", outcome="seen_by_staff", words="checked in place")
    app = create_app()
    with app.app_context(), work.tenant(1):
        staff = db.session.execute(
            text("SELECT id FROM staff WHERE authority_id = 1 ORDER BY id LIMIT 1")
        ).scalar_one()
        actor = Actor("staff", staff, "bench", (Role("manager"),))
        sent = []
        event.listen(db.engine, "before_cursor_execute", lambda *given: sent.append(given[2]))
        for statement in FOLLOWED.format(open=OPEN).split(";")[:2]:
            db.session.execute(text(statement), {"n": wanted})
        db.session.commit()
        acts, undos = [], []
        for _ in range(ROUNDS):
            rows = db.session.execute(
                text(
                    f"SELECT id, version FROM tickets WHERE authority_id = 1 AND {OPEN} ORDER BY due_at, id LIMIT :n"
                ),
                {"n": wanted},
            ).all()
            chosen = [(row.id, row.version) for row in rows]
            db.session.rollback()
            sent.clear()
            began = time.perf_counter()
            bulk_id = bulk.act(chosen, asked, actor, secrets.token_hex(16))
            acts.append(time.perf_counter() - began)
            statements = len(sent)
            counts = db.session.execute(
                text(
                    "SELECT (SELECT count(*) FROM ticket_events e JOIN bulk_acts b ON e.at = b.at WHERE b.id = :b AND e.kind = 'resolved'),"
                    " (SELECT count(*) FROM messages m JOIN bulk_acts b ON m.created_at = b.at WHERE b.id = :b),"
                    " (SELECT count(*) FROM followers WHERE authority_id = 1 AND left_at IS NULL AND ticket_id = ANY(:t))"
                ),
                {"b": bulk_id, "t": [row[0] for row in chosen]},
            ).one()
            db.session.rollback()
            began = time.perf_counter()
            bulk.undo(bulk_id, actor)
            undos.append(time.perf_counter() - began)
    print(
        json.dumps(
            {
                "tickets": len(chosen),
                "act": statistics.median(acts),
                "undo": statistics.median(undos),
                "statements": statements,
                "events": counts[0] / len(chosen),
                "messages": counts[1] / max(counts[2], 1),
            }
        )
    )


if __name__ == "__main__":
    main()
