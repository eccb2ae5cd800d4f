"""`python -m service_desk.local run` runs the whole city; `… exec COMMAND …` runs one command against its servers."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from service_desk.local.console import Console
from service_desk.local.stack import Stack, execute
from service_desk.local.state import StateFolder, Trouble, sentence

ROOT = Path(__file__).resolve().parents[2]
USAGE = "Usage: python -m service_desk.local run | exec COMMAND [ARGUMENT …]"


def _port() -> int:
    """Return the port of the web, from PORT or 8000. Raises Trouble when it is no port."""
    given = os.environ.get("PORT") or "8000"
    if not given.isdecimal() or not 0 < int(given) < 65536:
        raise Trouble(f"PORT must be a number from 1 to 65535, not {given!r}")
    return int(given)


def main(argv: list[str] | None = None) -> int:
    """Run one command; return the exit code. Expected troubles are one sentence on standard error, no traceback."""
    words = sys.argv[1:] if argv is None else argv
    folder = Path(os.environ.get("KESHET_STATE") or ROOT / "var").resolve()
    try:
        if words == ["run"]:
            with StateFolder(folder) as state:
                Stack(ROOT, state, Console()).run(_port())
            return 0
        if words[:1] == ["exec"] and words[1:]:
            return execute(ROOT, folder, words[1:], Console(sys.stderr), _port())
    except Trouble as trouble:
        return _complain(str(trouble))
    except OSError as error:
        return _complain(sentence(error, folder))
    sys.stderr.write(USAGE + "\n")
    return 2


def _complain(text: str) -> int:
    sys.stderr.write(text.rstrip(".") + ".\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
