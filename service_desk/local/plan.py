"""What `make run` runs: the steps that prepare the database, and the processes of the city."""

from __future__ import annotations

import hashlib
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from service_desk.local import metrics
from service_desk.local.processes import Service

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from service_desk.local.state import StateFolder

_COMMAND = str(Path(sys.executable).parent / "service-desk")
WEB_WORKERS, WEB_THREADS = 2, 8


@dataclass(frozen=True)
class Step:
    """One command to run before the web opens. digest: what it depends on; unchanged, it is left out next time."""

    name: str
    says: str
    argv: tuple[str, ...]
    digest: Callable[[], str]
    #: A step whose result is only shown may fail: the city opens without it.
    is_needed: bool = True
    #: It may run while the web's processes load, which takes as long; nobody is shown a page before both are done.
    is_beside_web: bool = False


@dataclass(frozen=True)
class Plan:
    """Everything that one start runs. web comes up first and is waited for; helpers follow."""

    steps: tuple[Step, ...]
    web: Service
    helpers: tuple[Service, ...]
    #: Prints whom one can log in as; it runs when the web is open already.
    logins: Step | None = None
    #: Where to look, as (for whom, address).
    addresses: tuple[tuple[str, str], ...] = ()


def digest_of(root: Path, *patterns: str) -> str:
    """Return one hash over the names and contents of all files that match."""
    total = hashlib.sha256()
    found = {path for pattern in patterns for path in root.glob(pattern) if "__pycache__" not in path.parts}
    for path in sorted(path for path in found if path.is_file()):
        total.update(str(path.relative_to(root)).encode() + b"\0" + path.read_bytes() + b"\0")
    return total.hexdigest()


def environment(
    state: StateFolder, database_url: str, redis_url: str, port: int, environ: Mapping[str, str] | None = None
) -> dict[str, str]:
    """Return the environment of the city's processes; what the operator has set himself wins."""
    given = dict(os.environ if environ is None else environ)
    settings = {
        "SECRET_KEY": state.secret("secret_key"),
        "PUBLIC_BASE_URL": f"http://127.0.0.1:{port}",
        "KESHET_DEMO": "1",
        "PHOTO_DIR": str(state.path / "photos"),
        "PYTHONUNBUFFERED": "1",
    }
    settings |= {key: given[key] for key in settings if given.get(key)}
    fixed = {
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
        "PROMETHEUS_MULTIPROC_DIR": str(metrics.folder(state)),
        "PORT": str(port),
    }
    return given | settings | fixed


def _missing_translations(root: Path) -> str:
    """Return the catalogues that were never compiled, as text for a digest."""
    sources = (root / "service_desk" / "translations").glob("*/LC_MESSAGES/*.po")
    return " ".join(sorted(str(po) for po in sources if not po.with_suffix(".mo").exists()))


def keshet_plan(root: Path, env: Mapping[str, str], port: int) -> Plan:
    """Return the plan of the city. root: the checkout; env: of every process; port: of the web on 127.0.0.1."""
    return Plan(
        steps=(*_translations(root), *_database(root)),
        logins=Step(
            "demo-logins",
            "Demo logins read",
            (_COMMAND, "demo-logins"),
            lambda: digest_of(root, "service_desk/city/**/*", "service_desk/people/**/*"),
            is_needed=False,
        ),
        web=Service("web", (sys.executable, *_gunicorn(port).split()), env, root, grace_seconds=6),
        helpers=(
            Service("worker", (_COMMAND, "worker"), env, root, grace_seconds=8),
            Service("timers", (_COMMAND, "timers"), env, root, grace_seconds=5),
        ),
        addresses=_addresses(env["PUBLIC_BASE_URL"].rstrip("/"), port),
    )


def _translations(root: Path) -> tuple[Step, ...]:
    """Return the step that compiles the catalogues; none where there are none."""
    folder = root / "service_desk" / "translations"
    if not any(folder.glob("*/LC_MESSAGES/*.po")):
        return ()
    return (
        Step(
            "translations",
            "Translations compiled",
            (sys.executable, "-m", "babel.messages.frontend", "compile", "-d", str(folder)),
            lambda: (
                digest_of(root, "service_desk/translations/*/LC_MESSAGES/*.po") + _missing_translations(root)
            ),
            is_needed=False,
        ),
    )


def _database(root: Path) -> tuple[Step, ...]:
    """Return the steps that bring the database up to date and found the city."""
    settings = str(root / "migrations" / "alembic.ini")
    return (
        Step(
            "migrate",
            "Database brought up to date",
            # What `service-desk db upgrade` runs, without loading the whole app first (2 s).
            (sys.executable, "-m", "alembic", "-c", settings, "upgrade", "head"),
            lambda: digest_of(root, "migrations/**/*.py"),
        ),
        Step(
            "seed",
            "Rehovot and its demo staff seeded",
            (_COMMAND, "seed", "rehovot"),
            lambda: digest_of(root, "service_desk/**/seed/**/*"),
            is_beside_web=True,
        ),
    )


def _gunicorn(port: int) -> str:
    """Return the web's words. One import for all its workers (--preload): they answer a second sooner, and share memory."""
    return (
        f"-m gunicorn wsgi:app --preload --bind 127.0.0.1:{port} --worker-class gthread --workers {WEB_WORKERS}"
        f" --threads {WEB_THREADS} --timeout 60 --graceful-timeout 4 --no-control-socket"
    )


def _addresses(base: str, port: int) -> tuple[tuple[str, str], ...]:
    """Return where each reader of the console goes first."""
    return (
        ("Residents", f"{base}/"),
        ("Staff log in", f"{base}/staff/login"),
        ("Sandbox phones", f"{base}/sandbox/"),
        ("The mayor", f"{base}/mayor/"),
        ("Open311", f"{base}/open311/v2/discovery.json"),
        ("A second city", f"http://ness-ziona.localhost:{port}/"),
    )
