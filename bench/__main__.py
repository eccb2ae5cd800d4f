"""`python -m bench`: measure everything, print a table, write bench/latest.json. `--only NAME` for one, `--quick` for small sizes."""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path

from bench import (
    addresses,
    bulk,
    contractor,
    due_time,
    figures,
    judging,
    memory,
    messages,
    overview,
    pages,
    point_to_area,
    replay,
    statements,
    sweep,
)
from bench.report import table
from bench.stage import ROOT, Stage
from service_desk.local.stack import embedded_servers

#: those that need no server, and those that do
ALONE = {"point-to-area": point_to_area.measure, "due-time": due_time.measure, "addresses": addresses.measure}
SERVED = {
    "post": pages.measure_post,
    "queue": pages.measure_queue,
    "ticket": pages.measure_ticket,
    "memory": memory.measure,
    "judging": judging.measure,
    "bulk": bulk.measure,
    "contractor": contractor.measure,
    "statements": statements.measure,
    "figures": figures.measure,
    "what-if": replay.measure,
    "sweep": sweep.measure,
    "messages": messages.measure,
    "overview": overview.measure,
}
LATEST = Path(__file__).parent / "latest.json"


def chosen(only):
    """Return the names to measure. only: one of them, or '' for all. Raises SystemExit naming them all."""
    names = [*ALONE, *SERVED]
    if only and only not in names:
        raise SystemExit(f"There is no measure «{only}»; there are: {', '.join(names)}.")
    return [only] if only else names


def run(names, folder, *, quick):
    """Return the lines of the named measures. folder: where servers and their data are kept between runs."""
    lines = []
    for name in names:
        if name in ALONE:
            lines += _timed(name, ALONE[name])
    served = [name for name in names if name in SERVED]
    if served:
        folder.mkdir(parents=True, exist_ok=True)
        with embedded_servers(folder / "servers", lasting=True) as servers:
            stage = Stage(servers, folder)
            for name in served:
                lines += _timed(name, lambda name=name: SERVED[name](stage, quick=quick))
    return lines


def _timed(name, measure):
    began = time.monotonic()
    print(f"{name} …", flush=True)
    lines = measure()
    print(f"  {time.monotonic() - began:.0f} s", flush=True)
    return lines


def main():
    """Measure, print, write. Exit code 1 with --strict when a limit does not hold."""
    words = argparse.ArgumentParser(prog="make bench", description=__doc__)
    words.add_argument("--only", default="", help=f"one of: {', '.join([*ALONE, *SERVED])}")
    words.add_argument("--quick", action="store_true", help="small sizes, for a look in a minute")
    words.add_argument("--strict", action="store_true", help="fail when a limit does not hold")
    words.add_argument("--folder", type=Path, default=ROOT / "var" / "bench", help="where its servers live")
    asked = words.parse_args()
    lines = run(chosen(asked.only), asked.folder, quick=asked.quick)
    print("\n" + table(lines))
    LATEST.write_text(json.dumps(lines, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    broken = [line["name"] for line in lines if line["holds"] is False]
    print(
        f"\nwritten: {LATEST.relative_to(ROOT)}"
        + (f"; does not hold: {', '.join(broken)}" if broken else "; all limits hold")
    )
    if asked.strict and broken:
        sys.exit(1)


if __name__ == "__main__":
    main()
