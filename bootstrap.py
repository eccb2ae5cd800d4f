"""Prepare this checkout and run it: `python3 bootstrap.py run`, `test`, `lint`, `bench`, `doctor`, `demo`, `figures`.

Needs a Python alone, with its standard library: it makes `.venv`, installs what the locks name (only when a lock
changed), fetches the browser files by npm, and hands over. The file must stay readable by Python 3.6, so that an
old Python gets a sentence and not a syntax error.
"""
# ruff: noqa: S603 — it runs only its own fixed commands

import errno
import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import Iterator  # noqa: UP035 — where an old Python has it too

SOURCE = Path(__file__).resolve()
ROOT = SOURCE.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "keshet-installed.json"
LOG = VENV / "keshet-install.log"
OLDEST = (3, 11)
BROWSERS = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
#: Files that decide what the front end's packages are.
FRONT_END = ("package.json", "package-lock.json", "static/icons.txt", "service_desk/local/vendor.py")


class Trouble(Exception):
    """Something the person at the console must mend; the message is one sentence."""


def say(line: str) -> None:
    """Print one line at once, also into a pipe."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def check_python() -> None:
    """Refuse a Python that is too old or cannot make virtual environments. Raises Trouble."""
    version = tuple(sys.version_info[:3])
    if version < OLDEST:
        raise Trouble(
            "Keshet needs Python {}.{} or newer, and {} is {}.{}.{}: install a newer one or name it, "
            "for example: make run PYTHON=python3.12".format(
                *((*OLDEST, sys.executable or "python3", *version))
            )
        )
    try:
        import ensurepip  # noqa: F401, PLC0415 — asked only whether it is there
        import venv  # noqa: F401, PLC0415
    except ImportError as error:
        raise Trouble(
            f"This Python ({sys.executable}) cannot make virtual environments because its {error.name} module is missing; "
            "on Debian or Ubuntu: sudo apt-get install python3-venv"
        ) from error


def digest(*names: str) -> str:
    """Return one hash over the named files of the checkout; a missing file counts as empty."""
    total = hashlib.sha256()
    for name in names:
        path = ROOT / name
        total.update(name.encode() + b"\0" + (path.read_bytes() if path.is_file() else b"") + b"\0")
    return total.hexdigest()


def stamped() -> "dict[str, str]":
    """Return what was installed last: the digest of each part, by name. Empty when unknown."""
    try:
        return dict(json.loads(STAMP.read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return {}


def stamp(**parts: str) -> None:
    """Remember the parts that are installed now, beside those remembered before."""
    kept = stamped()
    kept.update(parts)
    STAMP.write_text(json.dumps(kept, indent=1), encoding="utf-8")


def quietly(what: str, *argv: str) -> None:
    """Run one step of the installation, its output into the log. Raises Trouble with the step and its last line."""
    environ = dict(os.environ, VIRTUAL_ENV=str(VENV), UV_PYTHON_DOWNLOADS="never", UV_NO_PROGRESS="1")
    environ["PATH"] = str(VENV / "bin") + os.pathsep + environ.get("PATH", "")
    environ.pop("PYTHONHOME", None)
    with LOG.open("ab") as log:
        begun = log.tell()
        log.write("\n$ {}\n".format(" ".join(argv)).encode())
        log.flush()
        code = subprocess.call(
            argv, cwd=str(ROOT), env=environ, stdout=log, stderr=log, stdin=subprocess.DEVNULL
        )
    if code == 0:
        return
    with LOG.open("rb") as log:
        log.seek(begun)
        said = log.read().decode("utf-8", "replace")
    if "No space left on device" in said:
        raise OSError(errno.ENOSPC, "No space left on device", str(VENV))
    lines = [
        line.strip() for line in said.splitlines()[2:] if line.strip() and not line.startswith("[notice]")
    ]
    raise Trouble(
        f"{what} did not succeed ({lines[-1] if lines else code}); check the network, a proxy, or the package index that pip is set to, "
        f"then run this again. Everything it said is in {LOG}"
    )


@contextmanager
def alone() -> Iterator[None]:
    """Let one window at a time change `.venv`; another waits here until it has."""
    with SOURCE.open("rb") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Another window is installing in this folder: waiting for it …")
            fcntl.flock(held, fcntl.LOCK_EX)
        except OSError:  # a file system without locks
            pass
        yield


def make_environment() -> None:
    """Make `.venv` with the pinned installer in it, unless it is there and answers."""
    uv = VENV / "bin" / "uv"
    wanted = digest("requirements-uv.lock")
    if PYTHON.exists() and uv.exists() and stamped().get("uv") == wanted:
        return
    if (
        not PYTHON.exists()
        or subprocess.call([str(PYTHON), "-c", "import pip"], stderr=subprocess.DEVNULL) != 0
    ):
        say("Making the virtual environment .venv …")
        shutil.rmtree(str(VENV), ignore_errors=True)
        VENV.mkdir()
        quietly("Making .venv", sys.executable, "-m", "venv", str(VENV))
    say("Installing the installer (uv) …")
    pip = (str(PYTHON), "-m", "pip", "install", "--disable-pip-version-check", "--require-hashes")
    quietly("Fetching uv", *((*pip, "-r", "requirements-uv.lock")))
    stamp(uv=wanted)


def install_packages(with_tools: bool) -> None:  # noqa: FBT001 — one switch, named at each call
    """Make `.venv` hold exactly the locked packages, and this checkout. with_tools: also those for tests.

    An environment that has the tools serves `run` too, so the two commands do not undo each other's work.
    """
    run_lock, all_lock = (
        digest("requirements.lock", "pyproject.toml"),
        digest("requirements-dev.lock", "pyproject.toml"),
    )
    have = stamped()
    if have.get("packages") == run_lock and (have.get("tools") == all_lock or not with_tools):
        return
    with_tools = with_tools or bool(have.get("tools"))
    lock = "requirements-dev.lock" if with_tools else "requirements.lock"
    say("Installing the packages of {} …".format(lock))  # noqa: UP032
    stamp(packages="", tools="", npm="")
    uv = str(VENV / "bin" / "uv")
    # Compiled here and once: else the first start compiles, and every start where PYTHONDONTWRITEBYTECODE is set.
    quietly("Fetching the packages", uv, "pip", "sync", "--require-hashes", "--compile-bytecode", lock)
    quietly("Installing Keshet", uv, "pip", "install", "--no-deps", "--no-build-isolation", "-e", ".")
    stamp(packages=run_lock, tools=all_lock if with_tools else "")


def install_front_end(with_tools: bool) -> None:  # noqa: FBT001
    """Bring the browser's files (styles, fonts, map) into static/vendor by npm: the system's, or one from a wheel."""
    if not all((ROOT / name).is_file() for name in FRONT_END):
        return
    wanted, have = digest(*FRONT_END), stamped()
    current = (ROOT / "static" / "vendor").is_dir() and have.get("front") == wanted
    if current and (have.get("front_tools") == wanted or not with_tools):
        return
    if shutil.which("npm") is None and have.get("npm") != digest("requirements-node.lock"):
        say("No npm on this machine: installing Node.js from a wheel …")
        quietly(
            "Fetching Node.js",
            str(VENV / "bin" / "uv"),
            "pip",
            "install",
            "--require-hashes",
            "-r",
            "requirements-node.lock",
        )
        stamp(npm=digest("requirements-node.lock"))
    say("Fetching styles, fonts and scripts by npm …")
    with_tools = with_tools or bool(have.get("front_tools"))
    flags = ("--dev",) if with_tools else ()
    quietly("Fetching the front end by npm", *((str(PYTHON), "-m", "service_desk.local.vendor", *flags)))
    stamp(front=wanted, front_tools=wanted if with_tools else "")


def find_browser() -> str:
    """Return the Chromium that browser tests drive: $CHROMIUM, or the first one found. Raises Trouble."""
    named = os.environ.get("CHROMIUM")
    for name in (named,) if named else BROWSERS:
        found = shutil.which(name)
        if found:
            return found
    if named:
        raise Trouble("CHROMIUM names {}, which is not there or cannot be run".format(named))  # noqa: UP032
    raise Trouble(
        "The browser tests need Chromium or Chrome and none was found; on Debian or Ubuntu: "
        "sudo apt-get install chromium fonts-noto-core; elsewhere name yours: make test CHROMIUM=/path/to/chrome"
    )


def hand_over(*argv: str) -> "None":
    """Become the given program, so that Ctrl-C and signals reach it directly. Does not return."""
    sys.stdout.flush()
    os.chdir(str(ROOT))
    os.environ["PATH"] = str(VENV / "bin") + os.pathsep + os.environ.get("PATH", "")
    os.execv(argv[0], argv)  # noqa: S606


def lint() -> None:
    """Run every check of CI that needs no server, all of them even if one fails, and say which failed."""
    checks = (("ruff", "check", "."), ("ruff", "format", "--check", "."), ("mypy",), ("lint-imports",))
    failed = []
    for check in checks:
        say("$ {}".format(" ".join(check)))
        if subprocess.call([str(VENV / "bin" / check[0])] + list(check[1:]), cwd=str(ROOT)) != 0:  # noqa: RUF005
            failed.append(" ".join(check))
    if failed:
        raise Trouble("Not clean: {}".format(", ".join(failed)))


def perform(command: str, rest: "list[str]") -> None:
    """Prepare what the command needs, then run it. rest: handed on to it."""
    with_tools = command in ("test", "lint", "bench", "bench-large", "faults")
    with alone():
        make_environment()
        install_packages(with_tools)
        install_front_end(with_tools)
    local = (str(PYTHON), "-m", "service_desk.local")
    if command == "run":
        hand_over(*((*local, "run", *tuple(rest))))
    elif command == "test":
        os.environ["CHROMIUM"] = find_browser()
        hand_over(str(VENV / "bin" / "pytest"), "-n", os.environ.get("TEST_WORKERS", "2"), *rest)
    elif command == "faults":
        os.environ.setdefault("FAULT_SEEDS", "20")
        hand_over(
            str(VENV / "bin" / "pytest"), "tests/faults", "-n", os.environ.get("TEST_WORKERS", "2"), *rest
        )
    elif command == "lint":
        lint()
    elif command == "bench":
        hand_over(str(PYTHON), "-m", "bench", *rest)
    elif command == "bench-large":
        hand_over(str(PYTHON), "-m", "bench.large", *rest)
    elif command in OF_THE_CITY:
        wanted = OF_THE_CITY[command]
        hand_over(*((*local, "exec", str(VENV / "bin" / "service-desk"), *wanted, *tuple(rest))))


#: commands that are asked of the running or resting city
OF_THE_CITY = {"doctor": ("doctor",), "demo": ("seed", "demo"), "figures": ("figures", "verify")}
COMMANDS = ("install", "run", "test", "lint", "bench", "bench-large", "faults", *OF_THE_CITY)


def main(argv: "list[str]") -> int:
    """Run one command; return the exit code: 0, 1 for a sentence of trouble, 2 for an unknown command."""
    if len(argv) < 2 or argv[1] not in COMMANDS:
        say("Usage: python3 bootstrap.py {}".format("|".join(COMMANDS)))
        return 2
    try:
        check_python()
        perform(argv[1], argv[2:])
    except Trouble as trouble:
        sys.stderr.write("{}.\n".format(str(trouble).rstrip(".")))
    except OSError as error:
        if error.errno in (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)):
            sys.stderr.write(f"The disk that holds {ROOT} is full: free about 1 GB and run this again.\n")
        else:
            sys.stderr.write("{}: {}.\n".format(error.filename or ROOT, error.strerror))  # noqa: UP032
    except KeyboardInterrupt:
        sys.stderr.write("Stopped.\n")
    else:
        return 0
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv))
