"""A house under fire: what a fault may do to it, and the oracle that must hold afterwards."""

import json
import os
import random
import signal
import threading
import time
from collections import Counter
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
import redis
from prometheus_client import CollectorRegistry
from prometheus_client.multiprocess import MultiProcessCollector
from psycopg.errors import LockNotAvailable
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from service_desk import clock, config, work
from service_desk.flow.enter import ask_code
from service_desk.flow.receive import receive_report
from service_desk.flow.telling import recipients_of
from service_desk.flow.verify_history import verify_history
from service_desk.messages import actions as messages
from service_desk.messages.rules.entering import filled
from service_desk.people.rules import Actor
from service_desk.tickets.queries import ticket_or_404

#: states in which a message may rest
ENDED = {"accepted", "sent", "delivered", "read", "undelivered", "failed", "manual", "expired", "superseded", "skipped"}  # fmt: skip
#: whatever a life is measured by
_TIMES = {
    "messages": ("created_at", "claimed_at", "lease_until", "next_try_at", "expires_at", "settled_at"),
    "attempts": ("claimed_at", "settled_at"),
    "phone_codes": ("created_at", "expires_at", "used_at"),
}
#: what a forged or repeated callback must leave as it is
_TOLD = ("messages", "attempts", "receipts", "inbound", "remarks", "residents")


class House:
    """Workers and sweeps on real servers; a carrier with a ledger; and what was acknowledged."""

    def __init__(self, nursery, line, servers, app, owner, said, seed, figures):
        self.nursery, self.line, self.servers, self.app, self.owner, self._said = nursery, line, servers, app, owner, said  # fmt: skip
        self.chance, self.keys, self.pids, self.cut = random.Random(seed), [], [], 0
        self.superuser_url, self.redis = servers.superuser_url, redis.Redis.from_url(servers.redis_url)
        self.figures, self.is_hasty = figures, False

    # --- processes ---

    def start(self, kind, moment="never", ahead=0, **more):
        """Start a worker, a sweep or an asker of a code; ahead: so many seconds its host's clock is wrong. Returns its pid."""
        self.nursery.stdin.write(json.dumps({"kind": kind, "moment": moment, "ahead": ahead, "is_hasty": self.is_hasty, **more}) + "\n")  # fmt: skip
        self.nursery.stdin.flush()
        self.pids.append(int(self.nursery.stdout.readline()))
        return self.pids[-1]

    def start_all(self, workers=2):
        return self.start("sweep"), [self.start("worker") for _ in range(workers)]

    def end(self, pid, how=signal.SIGKILL):
        with suppress(ProcessLookupError):
            os.kill(pid, how)

    def is_alive(self, pid):
        return Path(f"/proc/{pid}").exists()

    def stop_all(self):
        """Kill all that was started, and wait until it is gone, and what it had asked of the database is over."""
        for pid in self.pids:
            self.end(pid)
        end = time.monotonic() + 20
        while (any(map(self.is_alive, self.pids)) or self._is_database_at_work()) and time.monotonic() < end:
            time.sleep(0.02)
        self.pids.clear()

    def _is_database_at_work(self):
        """A server process does not notice at once that whoever asked it was killed."""
        with self.owner.connect() as connection:
            return connection.execute(text("SELECT EXISTS (SELECT FROM pg_stat_activity WHERE usename = 'keshet' AND state = 'active' AND pid <> pg_backend_pid())")).scalar_one()  # fmt: skip

    # --- what people do ---

    def phone(self):
        """Return a mobile number, no poisoned one."""
        return f"+97250{self.chance.randrange(210_000, 400_000)}{self.chance.randrange(6)}"

    def key(self):
        return f"{self.chance.getrandbits(128):032x}"

    def report(self, count=1, **parts):
        """Receive reports, each of another person as a rule; what returns is acknowledged. Returns what came of them."""
        received = []
        for _ in range(count):
            said = self._said(**{"phone": self.phone(), **parts})
            received.append(receive_report(said, Actor("resident")))
            self.keys.append(said.submission_key)
        return received

    def receive(self, said):
        """Receive one report in the present thread."""
        with work.tenant(1):
            return receive_report(said, Actor("resident"))

    def tell(self, ticket_id, event, seq):
        """Tell whoever follows a ticket of an event."""
        with work.transaction():
            messages.tell(ticket_or_404(ticket_id), event, seq, recipients_of([ticket_id])[ticket_id], {}, clock.now())  # fmt: skip

    def ask_code(self, phone):
        """Ask for a code; the number must be known. Returns the browser's secret."""
        return ask_code(phone, f"10.{self.chance.randrange(256)}.{self.chance.randrange(256)}.1", "he")

    def acknowledged(self, key):
        """Remember that a report under the key was taken: there must be exactly one."""
        with self.owner.connect() as connection:
            found = connection.execute(text("SELECT submission_key FROM reports WHERE submission_key LIKE :key"), {"key": f"%{key}"})  # fmt: skip
            self.keys.append(found.scalars().one())

    # --- looking ---

    def rows(self, where="true"):
        with self.owner.connect() as connection:
            return connection.execute(text(f"SELECT * FROM messages WHERE {where} ORDER BY created_at, id")).all()  # fmt: skip

    def count(self, table):
        with self.owner.connect() as connection:
            return connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()

    def told(self):
        """Return everything that a callback could have changed: {table: rows}."""
        with self.owner.connect() as connection:
            return {table: connection.execute(text(f"SELECT to_jsonb(t)::text FROM {table} t ORDER BY 1")).scalars().all() for table in _TOLD}  # fmt: skip

    def figure(self, name, **labels):
        """Return what Prometheus would read, over all processes; 0 when nobody said anything yet."""
        registry = CollectorRegistry()
        MultiProcessCollector(registry, path=str(self.figures))
        return registry.get_sample_value(name, labels) or 0

    def until(self, is_so, seconds=180, what="it"):
        """Wait for it: as long as a slow machine may need, no longer than it takes."""
        end = time.monotonic() + seconds
        while not is_so():
            assert time.monotonic() < end, f"{what} did not come: {Counter((row.state, row.reason, row.error_code) for row in self.rows())}"  # fmt: skip
            time.sleep(0.05)

    # --- what fate does ---

    def change(self, statement):
        with self.owner.begin() as connection:
            connection.execute(text(statement))

    def age(self, seconds):
        """Let so much time pass: all that has happened is so much longer ago.

        Time gives way to whoever holds a row that it wants, and begins again: the product must never wait for it.
        """
        end = time.monotonic() + 60
        while not self._is_aged(seconds):
            assert time.monotonic() < end, "somebody held a row for a minute"

    def _is_aged(self, seconds):
        try:
            with self.owner.begin() as connection:
                connection.execute(text("SET LOCAL lock_timeout = '100ms'"))
                for table, columns in _TIMES.items():
                    moved = ", ".join(f"{name} = {name} - make_interval(secs => :seconds)" for name in columns)  # fmt: skip
                    connection.execute(text(f"UPDATE {table} SET {moved}"), {"seconds": seconds})
        except OperationalError as error:
            if not isinstance(error.orig, LockNotAvailable):
                raise
            return False
        return True

    @contextmanager
    def every(self, seconds, act):
        """Do something again and again beside the block."""
        over = threading.Event()

        def go():
            while not over.wait(seconds):
                act()

        thread = threading.Thread(target=go)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()

    def cut_connections(self):
        """End a random connection of the product's to the database from outside; count it."""
        with psycopg.connect(self.superuser_url, autocommit=True) as connection:
            found = connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'keshet' ORDER BY random() LIMIT 1"
            ).fetchall()
        self.cut += len(found)

    # --- the oracle ---

    def _attempts(self):
        """Return what is known of each attempt, for whoever reads why a test failed."""
        with self.owner.connect() as connection:
            return connection.execute(text("SELECT message_id, number, claimed_at, settled_at, outcome, provider_id FROM attempts ORDER BY claimed_at")).all()  # fmt: skip

    def settled(self, *, duplicates=0):
        """Wait until every message rests, then hold everything against the carrier's ledger and the history."""
        self.until(lambda: all(row.state in ENDED for row in self.rows()), what="rest")
        with self.owner.connect() as connection:
            found = connection.execute(text("SELECT submission_key, count(*) FROM reports GROUP BY 1")).all()
            tickets = connection.execute(text("SELECT count(*) FROM tickets")).scalar_one()
        assert dict.fromkeys(self.keys, 1) == {key: count for key, count in found if key in self.keys}
        assert tickets == len(found)
        rows = self.rows()
        taken = Counter((kept.form["To"], kept.form["Body"]) for kept in self.line.ledger)
        allowed = Counter()  # a new row after a lost one has its words
        for row in rows:
            allowed[_to(row), _words(row)] += 1 + row.is_possible_duplicate
        for words, times in taken.items():
            assert times <= allowed[words], (words, times)
        known = [row.provider_id for row in rows if row.provider_id]
        assert len(known) == len(set(known)), "two rows claim one message of the carrier's"
        told = {row.provider_id for row in rows if row.state in {"accepted", "sent", "delivered", "read"}}
        assert told <= {kept.sid for kept in self.line.ledger}
        assert all(taken[_to(row), _words(row)] <= 1 for row in rows if row.event == "code"), "a code was told twice"  # fmt: skip
        perhaps = [(row.id, row.event, row.reason, row.attempt) for row in rows if row.is_possible_duplicate]
        assert len(perhaps) <= duplicates, (perhaps, self._attempts())
        verified = verify_history()
        assert verified.count == 0, verified.places
        return Counter(row.state for row in rows)


def _to(row):
    return f"whatsapp:{row.address}" if row.channel == "whatsapp" else row.address


def _words(row):
    """Return a message's words as they leave: a code stands in them only then."""
    return filled(row.body, config.current().secret_key, row.template_values.get("nonce"))
