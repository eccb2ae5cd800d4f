"""A city of stand-in processes under the real launcher: `python stub_city.py FOLDER PORT [broken-web|frail-worker|no-servers|bad-step]`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from service_desk.local.console import Console
from service_desk.local.plan import Plan, Step
from service_desk.local.processes import Service
from service_desk.local.stack import Stack
from service_desk.local.state import StateFolder, Trouble, sentence

if TYPE_CHECKING:
    from collections.abc import Mapping

#: Each process writes its name into the diary when it is asked to stop, then stops.
STAND_IN = """
import os, signal, sys, time
name, diary = sys.argv[1:3]
def end(*_):
    with open(diary, "a") as out: out.write(name + "\\n")
    os._exit(0)
signal.signal(signal.SIGTERM, end)
signal.signal(signal.SIGINT, signal.SIG_IGN)
print(name, "works", flush=True)
"""
IDLE = STAND_IN + "\nwhile True: time.sleep(1)\n"
FRAIL = "import sys, time; print('the worker has met a bug', flush=True); time.sleep(0.1); sys.exit(3)"
WEB = (
    STAND_IN
    + """
import http.server
class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.end_headers(); self.wfile.write(b"open")
http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[3])), Page).serve_forever()
"""
)
BROKEN = "import sys; print('no module named wsgi', flush=True); sys.exit(3)"


def stub_plan(kind: str, folder: Path):
    """Return the plan of the stand-ins."""
    diary = str(folder.parent / "diary")

    def plan(_root: Path, env: Mapping[str, str], port: int) -> Plan:
        def python(name: str, code: str, *more: str) -> Service:
            return Service(name, (sys.executable, "-c", code, name, diary, *more), env, grace_seconds=30)

        note = "import sys; open(sys.argv[1], 'a').write('prepared\\n')"
        failing = "import sys; print('relation is missing'); sys.exit(4)"
        step = (sys.executable, "-c", failing if kind == "bad-step" else note, diary)
        return Plan(
            steps=(Step("migrate", "Prepared", step, lambda: "1"),),
            web=python("web", BROKEN if kind == "broken-web" else WEB, str(port)),
            helpers=(
                python("worker", FRAIL if kind == "frail-worker" else IDLE),
                python("timers", IDLE),
            ),
            addresses=(("Residents", f"http://127.0.0.1:{port}/"),),
        )

    return plan


def main() -> int:
    folder, port, kind = Path(sys.argv[1]), int(sys.argv[2]), (sys.argv[3:] or [""])[0]
    try:
        with StateFolder(folder) as state:
            Stack(folder.parent, state, Console(), plan=stub_plan(kind, folder)).run(port)
    except Trouble as trouble:
        sys.stderr.write(f"{trouble}\n")
        return 1
    except OSError as error:
        sys.stderr.write(f"{sentence(error, folder)}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
