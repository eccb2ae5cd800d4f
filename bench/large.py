"""`python -m bench.large`: ten million tickets. Makes the city (once), counts it from scratch, asks the mayor's pages, says what it takes on disk.

Takes about an hour and 60 GB the first time, on two cores; the city is kept in its folder. The figures go into docs/performance.md by hand,
with the date and the machine.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import time
from pathlib import Path

import psycopg
from tqdm import tqdm

from bench import overview
from bench.multiply import HISTORY, multiply
from bench.report import absolute, against_floor, table
from bench.stage import ROOT, SERVICE_DESK, Stage
from service_desk.local.stack import embedded_servers

SEED = 100_000
TIMES = 100
REBUILD_SECONDS, REBUILD_MIB = 600, 2048
GROWTH = 1.3
_DISK = (
    "SELECT coalesce(sum(pg_total_relation_size(relid)), 0) FROM pg_stat_user_tables WHERE relname = ANY(%s)"
)


def measure(stage, times):
    """Return the lines of a city of times x SEED tickets, beside one of SEED."""
    tickets = SEED * times
    small, plain = stage.cached_city(SEED), stage.floor(SEED)

    def fill(url):
        multiply(_as_superuser(stage, url), times)

    large = stage.multiplied_city(f"large_{tickets}", SEED, fill)
    seconds, peak = rebuild(stage, large)
    lines = [
        absolute(f"rebuild from {tickets:,} tickets", seconds, "s", REBUILD_SECONDS * times / TIMES),
        absolute("rebuild, memory of its process and its database's", peak, "MiB", REBUILD_MIB),
    ]
    few, few_ms = overview.pages(stage, small, plain, f"{SEED:,}")
    many, many_ms = overview.pages(stage, large, plain, f"{tickets:,}")
    lines += few + many
    name = f"overview of days not drawn before, {tickets:,} against {SEED:,}"
    lines.append(against_floor(name, many_ms, "ms", few_ms, GROWTH, least=False))
    with psycopg.connect(large) as connection:
        for name, tables in {
            "history": HISTORY,
            "figures": ("figures_cases", "figures_days", "figures_spreads", "figures_orders"),
        }.items():
            (size,) = connection.execute(_DISK, (list(tables),)).fetchone()
            lines.append(absolute(f"disk per ticket, {name}", float(size) / tickets, "bytes"))
    return lines


def rebuild(stage, url):
    """Count a city from scratch. Returns (seconds, peak MiB of the process and of the database's processes that serve it, shared memory once)."""
    with psycopg.connect(url) as connection:
        wanted = connection.execute("SELECT count(*) FROM clocks WHERE kind = 'resolve'").fetchone()[0]
    process = subprocess.Popen(
        [*SERVICE_DESK, "figures", "rebuild"], cwd=ROOT, env=stage.environment(url), stdout=subprocess.DEVNULL
    )
    began, peak = time.monotonic(), 0.0
    with (
        psycopg.connect(url, autocommit=True) as watching,
        tqdm(total=wanted, unit=" cases", unit_scale=True) as bar,
    ):
        database = watching.info.dbname
        while process.poll() is None:
            time.sleep(2)
            busy = watching.execute(
                "SELECT pid FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()", (database,)
            )
            peak = max(peak, sum(_own_mib(pid) for pid in [process.pid, *(row[0] for row in busy)]))
            (made,) = watching.execute(
                "SELECT coalesce(sum(n_tup_ins), 0) FROM pg_stat_user_tables WHERE relname = 'figures_cases'"
            ).fetchone()
            bar.update(min(int(made), wanted) - bar.n)
    if process.returncode:
        raise SystemExit("the rebuild ended with an error")
    seconds = time.monotonic() - began
    with psycopg.connect(_as_superuser(stage, url), autocommit=True) as connection:
        connection.execute("VACUUM (ANALYZE)")  # as the server would by itself within minutes
    return seconds, peak


def _own_mib(pid):
    """Return the memory that a process has for itself alone (MiB), 0 when it has ended."""
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0.0
    found = re.findall(r"^Private_(?:Clean|Dirty):\s+(\d+)", text, re.MULTILINE)
    return sum(int(each) for each in found) / 1024


def _as_superuser(stage, url):
    return stage.servers.superuser_url.rsplit("/", 1)[0] + "/" + url.rsplit("/", 1)[1]


def main():
    """Measure and print the table; the lines are left beside the city as JSON."""
    parser = argparse.ArgumentParser(prog="python -m bench.large")
    parser.add_argument("--times", type=int, default=TIMES, help="how many times a hundred thousand tickets")
    parser.add_argument("--folder", type=Path, default=ROOT / "var" / "bench-large")
    asked = parser.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    with embedded_servers(asked.folder / "servers", lasting=True) as servers:
        lines = measure(Stage(servers, asked.folder), asked.times)
    (asked.folder / "latest.json").write_text(json.dumps(lines, indent=1))
    print(table(lines))
    sys.exit(0 if all(each["holds"] is not False for each in lines) else 1)


if __name__ == "__main__":
    main()
