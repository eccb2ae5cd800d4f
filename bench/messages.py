"""Messages over HTTP: how fast the outbox empties, how soon a report is answered, what people who write back wait for,
and whether the desks notice a long queue. The carrier is a process of its own that answers after 20 ms.
"""

from __future__ import annotations

import random
import statistics
import subprocess
import time
import urllib.parse
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial

import psycopg
from twilio.request_validator import RequestValidator

from bench.carrier import TOKEN, carrier, environment, ledger
from bench.load import burst, get, post
from bench.pages import FLOOR, QUICK_SMALL, SMALL, middle, sign_in
from bench.report import absolute, against_floor
from bench.stage import ROOT, SERVICE_DESK

OUTBOX, QUICK_OUTBOX = 20_000, 2_000
WAITING, QUICK_WAITING = 50_000, 5_000
WORKERS = 2
LEAST_PER_SECOND = 400
REPORTS_PER_SECOND, REPORT_SECONDS, QUICK_REPORT_SECONDS = 20, 30, 8
HAND_OVER_LIMIT_S = 2.0
INBOUND, PAGES, ROUNDS = 300, 400, 5
#: a sender's own pace: two workers with 32 calls each, 6 s a call, give about ten a second, as a sender by name has
SLOW_MS = 6000
BASE = "http://127.0.0.1:8000"
_WAIT = """
INSERT INTO messages (authority_id, id, event_seq, event, channel, address, locale, body, template_values, dedupe_key, state,
  created_at, next_try_at, expires_at, attempt, reconciled, is_possible_duplicate)
SELECT 1, 1000000000000 + n, 0, 'closed', 'sms', '+97258' || lpad(n::text, 7, '0'), 'he', 'הפנייה טופלה ונסגרה. מספר ' || n,
  '{}', 'bench:' || n, 'pending', now(), now(), now() + interval '1 day', 0, 0, false
FROM generate_series(1, %(count)s) AS n
"""


def measure(stage, *, quick=False):
    """Return the lines of all four."""
    return [
        *_outbox(stage, QUICK_OUTBOX if quick else OUTBOX),
        *_hand_over(stage, QUICK_REPORT_SECONDS if quick else REPORT_SECONDS),
        *_inbound(stage, 2 if quick else ROUNDS),
        *_pages(stage, quick=quick),
    ]


@contextmanager
def _helpers(stage, env):
    """Run the workers and the timers on a database, from an empty queue."""
    with (stage.folder / "worker.log").open("ab") as log:
        running = [
            subprocess.Popen([*SERVICE_DESK, name], env=env, cwd=ROOT, stdout=log, stderr=log)
            for name in (*("worker",) * WORKERS, "timers")
        ]
    try:
        yield
    finally:
        for process in running:
            process.terminate()
        for process in running:
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()


def _queue(url, count):
    with psycopg.connect(url) as connection:
        connection.execute(_WAIT, {"count": count})
        connection.commit()
        connection.autocommit = True
        connection.execute("ANALYZE messages")


def _outbox(stage, count):
    """Let the workers empty the outbox; the carrier's ledger is what counts."""
    city = stage.fresh_city(0)
    _queue(city, count)
    with carrier() as port, _helpers(stage, stage.environment(city, **environment(port))):
        _until(lambda: ledger(port)["taken"] >= count, 60 + count / 20)
        time.sleep(2)  # whatever is sent twice would come now
        found = ledger(port)
    with psycopg.connect(city) as connection:
        open_rows = connection.execute(
            "SELECT count(*) FROM messages WHERE id > 1000000000000 AND state <> 'accepted'"
        ).fetchone()[0]
    name = f"outbox, {count:,} messages, {WORKERS} workers"
    return [
        absolute(name, found["taken"] / found["seconds"], "1/s", LEAST_PER_SECOND, least=True),
        absolute("outbox, lost or not written down", count - found["addresses"] + open_rows, "", 0),
        absolute("outbox, sent twice", found["twice"], "", 0),
    ]


def _until(is_done, seconds):
    end = time.monotonic() + seconds
    while not is_done():
        if time.monotonic() > end:
            raise SystemExit(f"it was not done within {seconds:.0f} s; see worker.log in the bench folder")
        time.sleep(0.5)


def _hand_over(stage, seconds):
    """Post reports at an even pace; return how long after the answer's request began the carrier had the message."""
    city, count = stage.fresh_city(0), REPORTS_PER_SECOND * seconds
    with carrier() as port:
        env = stage.environment(city, **environment(port))
        with _helpers(stage, env), stage.web("wsgi:app", env) as (web, _):
            _report(web, 0)  # the first finds a cold house
            _until(lambda: ledger(port)["taken"] == 1, 60)
            with ThreadPoolExecutor(16) as clients:
                began, posted = time.monotonic(), []
                for n in range(1, count + 1):
                    time.sleep(max(0.0, began + n / REPORTS_PER_SECOND - time.monotonic()))
                    posted.append(clients.submit(_report, web, n))
            posted = dict(each.result() for each in posted)
            _until(lambda: ledger(port)["taken"] > count, 60)
            moments = dict(ledger(port, with_moments=True)["moments"])
    waits = sorted(moments[phone] - at for phone, at in posted.items())
    name = f"report to carrier at {REPORTS_PER_SECOND}/s"
    return [
        absolute(f"{name}, p95", waits[int(0.95 * len(waits))], "s", HAND_OVER_LIMIT_S),
        absolute(f"{name}, median", statistics.median(waits), "s"),
    ]


def _report(web, n):
    """Post one report; return its phone and when it was begun."""
    form = {
        "api_key": "demo",
        "service_code": "RD-POTHOLE",
        "description": f"בור עמוק באמצע הכביש. דיווח {n}",
        "attribute[position]": "lane",
        "phone": f"052555{n:04d}",
        "address_string": f"הרצל {1 + n % 100}",
    }
    at = time.time()
    address = f"http://127.0.0.1:{web}/open311/v2/requests.json"
    with urllib.request.urlopen(address, urllib.parse.urlencode(form).encode(), timeout=30) as answer:
        answer.read()
    return f"+97252555{n:04d}", at


def _inbound(stage, times):
    """Return the time that the carrier waits for us when people write, against the floor's insert."""
    city, plain = stage.fresh_city(0), stage.floor(QUICK_SMALL)
    chance, sign = random.Random(17), RequestValidator(TOKEN).compute_signature
    rows = [
        post("/rows", urllib.parse.urlencode({"service_code": "RD-POTHOLE", "description": "a deep pothole"}))
    ]

    def said():
        form = {
            "MessageSid": f"SM{chance.getrandbits(128):032x}",
            "From": f"+97254{chance.randrange(10**7):07d}",
            "To": "+97289392222",
            "Body": "בור עמוק בכביש",
        }
        signed = {"X_Twilio_Signature": sign(f"{BASE}/hooks/twilio/inbound", form)}
        return post("/hooks/twilio/inbound", urllib.parse.urlencode(form), **signed)

    env = stage.environment(city, PUBLIC_BASE_URL=BASE, **environment(9))
    with (
        stage.web("wsgi:app", env) as (port, _),
        stage.web(FLOOR, stage.environment(plain)) as (other, _),
    ):
        pairs = [
            (burst(other, rows, INBOUND), burst(port, [said() for _ in range(INBOUND)], INBOUND))
            for _ in range(times + 1)
        ][1:]
    if any(each.failed for pair in pairs for each in pair):
        raise SystemExit("answers that were no success")
    floor, ours = ([pair[n] for pair in pairs] for n in (0, 1))
    return [
        against_floor(
            "inbound webhook, p95", middle(ours, "p95_ms"), "ms", middle(floor, "p95_ms"), 3.0, least=False
        ),
        absolute("inbound webhook, throughput", middle(ours, "per_second"), "1/s"),
    ]


def _pages(stage, *, quick):
    """Return the pages' p95 while a long queue leaves at a sender's pace, against the same pages at rest."""
    count, times = (QUICK_WAITING, 2) if quick else (WAITING, ROUNDS)
    city = stage.fresh_city(QUICK_SMALL if quick else SMALL)
    with carrier(SLOW_MS) as port:
        env = stage.environment(city, **environment(port))
        with stage.web("wsgi:app", env) as (web, _):
            cookie = sign_in(web)
            look = partial(burst, web, [get("/"), get("/desk/", Cookie=cookie), get("/report/topics")], PAGES)
            look()
            rest = [look() for _ in range(times)]
            _queue(city, count)
            with _helpers(stage, env):
                _until(
                    lambda: ledger(port)["taken"] > 2 * WORKERS * 16, 180
                )  # all have started, and are at full width
                busy = [look() for _ in range(times)]
    if any(each.failed for each in rest + busy):
        raise SystemExit("answers that were no success")
    return [
        against_floor(
            f"pages while {count:,} messages wait, p95",
            middle(busy, "p95_ms"),
            "ms",
            middle(rest, "p95_ms"),
            1.3,
            least=False,
        )
    ]
