"""The first file anyone runs: understood by old Pythons, clear when something is missing."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "bootstrap.py"


def run_as(version: tuple[int, int, int], folder: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """Run bootstrap.py believing that this Python has the given version."""
    code = (
        f"import runpy, sys; sys.version_info = {version!r}; sys.argv = ['bootstrap.py', 'run'];"
        f"runpy.run_path({str(folder / 'bootstrap.py')!r}, run_name='__main__')"
    )
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60
    )


@pytest.fixture
def clone(tmp_path):
    """A bare copy of what bootstrap.py reads, without an environment."""
    for name in ("bootstrap.py", "requirements.lock", "requirements-uv.lock", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path)
    return tmp_path


def test_an_old_python_is_told_what_is_needed():
    done = run_as((3, 9, 2))
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.startswith("Keshet needs Python 3.11 or newer")
    assert "3.9.2" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_an_old_python_can_read_the_file():
    ast.parse(SOURCE.read_text(encoding="utf-8"), feature_version=(3, 6))


def test_without_ensurepip_the_missing_package_is_named(clone):
    code = (
        "import runpy, sys; sys.modules['ensurepip'] = None; sys.argv = ['bootstrap.py', 'run'];"
        f"runpy.run_path({str(clone / 'bootstrap.py')!r}, run_name='__main__')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "python3-venv" in done.stderr
    assert not (clone / ".venv").exists()


def test_an_unreachable_package_index_is_one_sentence(clone):
    env = {
        **os.environ,
        "PIP_CONFIG_FILE": "/dev/null",
        "PIP_INDEX_URL": "http://127.0.0.1:9/",
        "PIP_RETRIES": "0",
    }
    env = {key: value for key, value in env.items() if key not in {"PIP_FIND_LINKS", "PIP_EXTRA_INDEX_URL"}}
    argv = [sys.executable, "bootstrap.py", "run"]
    done = subprocess.run(argv, cwd=clone, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith("Fetching uv did not succeed")
    assert len(done.stderr.splitlines()) == 1
    assert "Traceback" not in done.stderr


def test_a_named_browser_that_is_not_there_is_said():
    code = (
        "import os, runpy; os.environ['CHROMIUM'] = '/nowhere/chrome';"
        f"b = runpy.run_path({str(SOURCE)!r});"
        "\ntry: b['find_browser']()\nexcept b['Trouble'] as t: print(t)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "/nowhere/chrome" in done.stdout


def test_an_unknown_command_lists_those_there_are():
    done = subprocess.run([sys.executable, str(SOURCE), "fly"], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "run|test|lint" in done.stdout


def test_two_windows_install_one_after_the_other(clone):
    # a copy: the lock of the checkout itself may be held by whoever works in it
    code = (
        f"import runpy, sys; b = runpy.run_path({str(clone / 'bootstrap.py')!r})\n"
        "with b['alone'](): b['say']('in'); sys.stdin.read(); b['say']('out')"
    )
    argv, pipe = [sys.executable, "-c", code], subprocess.PIPE
    first = subprocess.Popen(argv, stdin=pipe, stdout=pipe, text=True)
    assert first.stdout.readline() == "in\n"
    second = subprocess.Popen(argv, stdin=pipe, stdout=pipe, text=True)
    assert "waiting" in second.stdout.readline()
    assert first.communicate(timeout=60)[0] == "out\n"
    assert second.communicate(timeout=60)[0] == "in\nout\n"
