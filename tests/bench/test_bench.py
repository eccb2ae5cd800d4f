"""The bench's own arithmetic, client and table."""

import socket
import threading

import pytest

from bench.__main__ import chosen
from bench.carrier import carrier, ledger
from bench.load import burst, get, post
from bench.report import absolute, against_floor, table


def serve(answers, status=b"200 OK"):
    """A server of one page that keeps connections; returns its port and stops with the test."""
    listener = socket.create_server(("127.0.0.1", 0))

    def talk(line):
        with line, line.makefile("rb") as stream:
            while stream.readline():
                length = 0
                while (head := stream.readline()) not in (b"\r\n", b""):
                    if head.lower().startswith(b"content-length:"):
                        length = int(head.split(b":")[1])
                answers.append(stream.read(length))
                line.sendall(b"HTTP/1.1 " + status + b"\r\nContent-Length: 2\r\n\r\nok")

    def accept():
        while True:
            try:
                line, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=talk, args=(line,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    return listener


def test_a_burst_sends_exactly_what_was_asked():
    answers = []
    with serve(answers) as listener:
        measured = burst(listener.getsockname()[1], [post("/", "a=1")], 40, clients=4)
    assert answers == [b"a=1"] * 40
    assert measured.failed == 0
    assert 0 < measured.median_ms <= measured.p95_ms
    assert measured.per_second > 0


def test_a_burst_counts_answers_that_are_no_success():
    with serve([], b"503 Service Unavailable") as listener:
        assert burst(listener.getsockname()[1], [get("/")], 6, clients=2).failed == 6


def test_a_ratio_below_its_limit_does_not_hold():
    assert against_floor("x", 30.0, "1/s", 100.0, 0.35)["holds"] is False
    assert against_floor("x", 30.0, "ms", 10.0, 3.0, least=False)["holds"] is True


def test_a_line_has_what_the_issue_names():
    for line in (against_floor("x", 1.0, "s", 2.0, 0.4), absolute("y", 3.0, "MB")):
        assert list(line) == ["name", "value", "unit", "floor", "ratio", "limit", "holds"]


def test_the_table_shows_what_does_not_hold():
    shown = table([absolute("slow thing", 9.0, "s", 1.0), absolute("told only", 2.0, "MB")])
    assert "NO" in shown.splitlines()[1]
    assert "–" in shown.splitlines()[2]


def test_an_unknown_measure_is_refused_with_the_known_ones():
    with pytest.raises(SystemExit, match="point-to-area"):
        chosen("pots")
    assert chosen("post") == ["post"]


def test_the_bench_carrier_counts_what_it_takes_twice():
    with carrier(delay_ms=0) as port:
        body = "To=%2B972501234567&Body=words"
        burst(port, [post("/2010-04-01/Accounts/AC1/Messages.json", body)], 3, clients=1)
        told = ledger(port, with_moments=True)
    assert (told["taken"], told["addresses"], told["twice"]) == (3, 1, 1)
    assert told["moments"][0][0] == "+972501234567"
