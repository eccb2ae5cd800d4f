"""The house stands as it was drawn: imports go one way, and every name in a string exists."""

from __future__ import annotations

import pkgutil
import re
import subprocess
import sys
from pathlib import Path

from service_desk import config, jobs

SOURCES = sorted((config.ROOT / "service_desk").rglob("*.py"))
_SETTING = re.compile(r'env(?:\.get\(|\[)"([A-Z_0-9]+)"')
_JOB = re.compile(r'"(service_desk\.jobs\.\w+)"')


def test_imports_go_one_way():
    lint = Path(sys.executable).parent / "lint-imports"
    done = subprocess.run([lint, "--no-cache"], cwd=config.ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-3000:]


def test_every_job_named_in_a_string_exists():
    named = {name for source in SOURCES for name in _JOB.findall(source.read_text(encoding="utf-8"))}
    assert named
    for name in named:
        assert callable(pkgutil.resolve_name(name)), name


def test_every_setting_is_in_the_readme_s_table():
    settings = set(_SETTING.findall((config.ROOT / "service_desk" / "config.py").read_text(encoding="utf-8")))
    table = (config.ROOT / "README.md").read_text(encoding="utf-8")
    assert len(settings) > 15
    assert [name for name in sorted(settings) if f"`{name}`" not in table] == []


def test_the_timetable_names_each_timer_once():
    names = [timer.name for timer in jobs.TIMETABLE]
    assert len(names) == len(set(names))
    assert all(timer.every_seconds > 0 for timer in jobs.TIMETABLE)


def test_migrations_are_numbered_without_gaps():
    numbers = sorted(
        int(path.name[:4]) for path in (config.ROOT / "migrations" / "versions").glob("[0-9]*.py")
    )
    assert numbers == list(range(1, len(numbers) + 1))


def test_no_source_carries_a_path_of_somebody_s_machine():
    named = re.compile(r"(?<![\w.])/(?:work|root|home/\w+)/")
    guilty = [str(path) for path in SOURCES if named.search(path.read_text(encoding="utf-8"))]
    assert guilty == []
