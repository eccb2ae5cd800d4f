"""A carrier of the loopback for measuring: takes messages over HTTP after a set delay, in one process and one thread.

`python -m bench.carrier PORT DELAY_MS` keeps each message's address and words in memory; GET /ledger tells how many
were taken, how many addresses got more than one, and when the first and the last came.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from contextlib import contextmanager
from urllib.parse import parse_qs

from bench.stage import ROOT, wait_for
from service_desk.local.state import free_port

DELAY_MS = 20
ACCOUNT, TOKEN = "AC" + "1" * 32, "token-of-the-bench"


class _Ledger:
    """What was taken: {address: times}, and the moments of each address (monotonic s)."""

    def __init__(self):
        self.taken, self.moments = Counter(), []

    def take(self, address):
        self.taken[address] += 1
        self.moments.append((address, time.time()))
        return f"SM{len(self.moments):032d}"

    def told(self, *, with_moments):
        return {
            "taken": len(self.moments),
            "addresses": len(self.taken),
            "twice": sum(times > 1 for times in self.taken.values()),
            "seconds": self.moments[-1][1] - self.moments[0][1] if self.moments else 0,
            "moments": self.moments if with_moments else [],
        }


async def _serve(ledger, delay_s, reader, writer):
    """Answer one connection's requests until it is closed."""
    try:
        while line := await reader.readline():
            length = 0
            while (head := await reader.readline()) not in (b"\r\n", b""):
                if head.lower().startswith(b"content-length:"):
                    length = int(head[15:])
            body = await reader.readexactly(length)
            if line.startswith(b"POST"):
                await asyncio.sleep(delay_s)
                sid = ledger.take(parse_qs(body.decode())["To"][0])
                status, shown = b"201 Created", {"sid": sid, "status": "queued", "error_code": None}
            else:
                status, shown = b"200 OK", ledger.told(with_moments=b"moments" in line)
            answer = json.dumps(shown).encode()
            writer.write(
                b"HTTP/1.1 %b\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b"
                % (status, len(answer), answer)
            )
    except (ConnectionError, asyncio.IncompleteReadError):
        return  # the client went away
    finally:
        writer.close()


async def _main(port, delay_s):
    ledger = _Ledger()
    server = await asyncio.start_server(
        lambda reader, writer: _serve(ledger, delay_s, reader, writer), "127.0.0.1", port
    )
    await server.serve_forever()


@contextmanager
def carrier(delay_ms=DELAY_MS):
    """Run a carrier in a process of its own; yields its port."""
    port = free_port()
    process = subprocess.Popen([sys.executable, "-m", "bench.carrier", str(port), str(delay_ms)], cwd=ROOT)
    try:
        wait_for(port, process)
        yield port
    finally:
        process.kill()
        process.wait()


def ledger(port, *, with_moments=False):
    """Return what the carrier has taken so far."""
    address = f"http://127.0.0.1:{port}/{'moments' if with_moments else 'ledger'}"
    with urllib.request.urlopen(address, timeout=30) as answer:
        return json.load(answer)


def environment(port):
    """Return the settings that point the product at the carrier."""
    return {
        "MESSAGE_TRANSPORT": "twilio",
        "TWILIO_ACCOUNT_SID": ACCOUNT,
        "TWILIO_AUTH_TOKEN": TOKEN,
        "TWILIO_API_BASE": f"http://127.0.0.1:{port}",
        "QUIET_HOURS": "0",
        "LOG_LEVEL": "ERROR",
    }


if __name__ == "__main__":
    asyncio.run(_main(int(sys.argv[1]), int(sys.argv[2]) / 1000))
