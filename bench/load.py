"""A small bounded client: so many keep-alive connections to 127.0.0.1, so many requests, each one timed.

It is a process of its own, written with plain sockets, so that it takes as little as possible of the machine that it measures.
"""

from __future__ import annotations

import json
import socket
import statistics
import subprocess
import sys
import threading
from dataclasses import dataclass
from time import perf_counter

CLIENTS = 8


@dataclass(frozen=True)
class Measured:
    """One burst. per_second: answers; p95_ms and median_ms: of one answer; failed: answers that were not 2xx."""

    per_second: float
    median_ms: float
    p95_ms: float
    failed: int


def burst(port, requests, total, *, clients=CLIENTS):
    """Send the requests round and round until `total` were answered. requests: raw HTTP/1.1 as bytes. Returns Measured.

    Runs as a child process. Bounded by its count and by two minutes.
    """
    asked = json.dumps(
        {
            "port": port,
            "requests": [each.decode("latin-1") for each in requests],
            "total": total,
            "clients": clients,
        }
    )
    done = subprocess.run(
        [sys.executable, __file__], input=asked, capture_output=True, text=True, timeout=120, check=True
    )
    return Measured(**json.loads(done.stdout))


def get(path, **headers):
    """Return a raw GET. headers: with underscores for hyphens."""
    more = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept-Language: en\r\n{more}\r\n".encode()


def post(path, form, **headers):
    """Return a raw POST of a URL-encoded form."""
    body = form.encode()
    more = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\n{more}Content-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


def _answer(stream):
    """Read one answer off the stream; return its status."""
    status = int(stream.readline().split()[1])
    length, is_chunked = 0, False
    while (line := stream.readline()) not in (b"\r\n", b""):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
        is_chunked = is_chunked or (name.lower() == b"transfer-encoding" and b"chunked" in value)
    if is_chunked:
        while size := int(stream.readline(), 16):
            stream.read(size + 2)
        stream.readline()
    else:
        stream.read(length)
    return status


def _client(asked, requests, numbers, times, failures):
    def connect():
        line = socket.create_connection(("127.0.0.1", asked["port"]), 30)
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return line, line.makefile("rb")

    line, stream = connect()
    for number in iter(lambda: next(numbers, None), None):
        began = perf_counter()
        try:
            line.sendall(requests[number % len(requests)])
            status = _answer(stream)
        except (OSError, IndexError):  # the server may close an idle connection between two requests
            line, stream = connect()
            line.sendall(requests[number % len(requests)])
            status = _answer(stream)
        times.append(perf_counter() - began)
        if not 200 <= status < 300:
            failures.append(status)


def _main():
    asked = json.load(sys.stdin)
    requests = [each.encode("latin-1") for each in asked["requests"]]
    times, failures, numbers = [], [], iter(range(asked["total"]))
    threads = [
        threading.Thread(target=_client, args=(asked, requests, numbers, times, failures))
        for _ in range(asked["clients"])
    ]
    began = perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(100)
    seconds = perf_counter() - began
    times.sort()
    found = {
        "per_second": len(times) / seconds,
        "median_ms": 1000 * statistics.median(times),
        "p95_ms": 1000 * times[int(0.95 * len(times))],
        "failed": len(failures),
    }
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    _main()
