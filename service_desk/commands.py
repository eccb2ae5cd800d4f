"""Commands of the command line; each calls one use-case."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

import click
from flask.cli import with_appcontext

from service_desk import config, jobs
from service_desk.flow import found_city
from service_desk.people.seed import DEMO_PASSWORD


def register(group: click.Group) -> None:
    """Hang every command on the group."""
    for command in (db_group, seed_group, worker, timers, demo_logins, translations):
        group.add_command(command)


@click.group("db")
def db_group() -> None:
    """The database schema."""


def _alembic(*words: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "alembic", "-c", str(config.ROOT / "migrations" / "alembic.ini"), *words],
        check=False,
    )
    sys.exit(done.returncode)


@db_group.command()
@click.argument("revision", default="head")
def upgrade(revision: str) -> None:
    """Bring the schema up to a revision."""
    _alembic("upgrade", revision)


@db_group.command()
@click.argument("revision")
def downgrade(revision: str) -> None:
    """Bring the schema down to a revision."""
    _alembic("downgrade", revision)


@click.group("seed")
def seed_group() -> None:
    """Cities from their data files."""


@seed_group.command("rehovot")
@with_appcontext
def seed_rehovot() -> None:
    """Found Rehovot with its seven centres, and a second authority beside it. Safe to repeat."""
    for slug in ("rehovot", "ness-ziona"):
        made = found_city.found_city(slug)
        click.echo(f"{slug}: {'founded' if made else 'already there'}")


@click.command()
def worker() -> None:
    """Work on queued jobs (RQ), with time-outs tuned so that a killed worker's job is taken up within two minutes."""
    rq = shutil.which("rq", path=os.path.dirname(sys.executable)) or "rq"  # noqa: PTH120
    words = [
        rq,
        "worker",
        "keshet",
        "--url",
        config.read().redis_url,
        "--serializer",
        "json",
        "--worker-ttl",
        "30",
        "--maintenance-interval",
        "15",
        "--worker-class",
        "rq.worker.SimpleWorker",
    ]
    os.execv(words[0], words)  # noqa: S606 — becomes the worker, so that signals reach it


@click.command()
def timers() -> None:
    """Run the timetable (service_desk.jobs.TIMETABLE) until stopped."""
    jobs.run_timetable()


@click.command("demo-logins")
@with_appcontext
def demo_logins() -> None:
    """Print the demo logins."""
    click.echo(f"password of each: {DEMO_PASSWORD}")
    for role, email in found_city.demo_logins(config.current().default_authority):
        click.echo(f"{role}: {email}")


@click.group()
def translations() -> None:
    """Wording in five languages."""


@translations.command("compile")
def compile_translations() -> None:
    """Compile the wordings that changed."""
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "babel.messages.frontend",
            "compile",
            "-d",
            str(config.ROOT / "service_desk" / "translations"),
            "--statistics",
        ],
        check=False,
    )
    sys.exit(done.returncode)
