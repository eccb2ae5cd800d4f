"""Commands of the command line; each calls one use-case."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import click
from flask.cli import with_appcontext

from service_desk import config, jobs, telemetry, work
from service_desk.city import kept
from service_desk.commands.figures import figures
from service_desk.commands.messages import messages
from service_desk.commands.residents import residents
from service_desk.commands.templates import templates
from service_desk.errors import NotFound
from service_desk.flow import found_city
from service_desk.flow.anchor_days import anchor_days
from service_desk.flow.verify_history import verify_history
from service_desk.local.external import check_database
from service_desk.local.state import Trouble
from service_desk.people.seed import DEMO_PASSWORD

if TYPE_CHECKING:
    from service_desk.city.models import Authority


def register(group: click.Group) -> None:
    """Hang every command on the group."""
    for command in (
        db_group,
        seed_group,
        worker,
        timers,
        demo_logins,
        translations,
        history,
        figures,
        templates,
        messages,
        residents,
        doctor,
    ):
        group.add_command(command)


@click.group("db")
def db_group() -> None:
    """The database schema."""


def _alembic(*words: str) -> None:
    try:
        check_database(config.read().database_url)
    except Trouble as trouble:
        raise click.ClickException(f"{trouble}.") from None
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


@seed_group.command("demo")
@click.option(
    "--tickets", default=5000, show_default=True, type=click.IntRange(1, 5_000_000), help="How many."
)
@click.option(
    "--months", default=12.0, show_default=True, type=click.FloatRange(0.1, 18), help="How far back."
)
@click.option("--seed", default=1, show_default=True, help="The same seed draws the same past.")
@click.option("--more", is_flag=True, help="Add to a demo that is there already.")
@click.option("--lean", is_flag=True, help="Only tickets, history, clocks and routes: for load.")
@with_appcontext
def seed_demo(tickets: int, months: float, seed: int, *, more: bool, lean: bool) -> None:
    """Write a believable past of Rehovot: seasons, storms, late ones, reopened ones, messages and drawn photos."""
    from tqdm import tqdm  # noqa: PLC0415 — of no use to any other command

    from service_desk.flow import demo  # noqa: PLC0415 — as above
    from service_desk.flow.anchor_days import anchor_anew  # noqa: PLC0415 — as above
    from service_desk.flow.demo.supervision import seed_supervision  # noqa: PLC0415 — as above
    from service_desk.flow.demo.visits import seed_visits  # noqa: PLC0415 — as above

    rehovot = next((row.id for row in kept.authorities() if row.slug == "rehovot"), None)
    if rehovot is None:
        raise click.ClickException("Rehovot is not founded yet: run «service-desk seed rehovot» first.")
    # Shown after a moment: a refusal comes before any work, and needs no bar beside it.
    bar = tqdm(total=tickets, unit=" tickets", unit_scale=True, smoothing=0.1, delay=0.5)
    try:
        with bar, work.tenant(rehovot):
            done = demo.seed_past(
                tickets=tickets, months=months, seed=seed, more=more, lean=lean, progress=bar.update
            )
            if not lean:
                seed_supervision(seed)
                seed_visits()
            # A past written now changes days that may be sealed already; only a demo's seals are ever made anew.
            anchor_anew()
    except demo.NotADemo:
        raise click.ClickException(
            "The demo's residents are invented: it needs MESSAGE_TRANSPORT=sandbox."
        ) from None
    except demo.DemoExists:
        raise click.ClickException("The demo is there already; add to it with --more.") from None
    click.echo(
        f"{done.tickets} tickets of the last {months:g} months written, with {done.photos} drawn photos."
    )


@click.command()
def worker() -> None:
    """Work on queued jobs (RQ) until stopped."""
    if not config.read().redis_url:  # a wrong setting is told here, in one sentence
        raise config.BadConfiguration("REDIS_URL must name the queue's server, e.g. redis://127.0.0.1:6379.")
    # -P: a file in the folder that it is started in is no module of ours
    words = [sys.executable, "-P", "-m", "service_desk.worker"]
    os.execv(words[0], words)  # noqa: S606 — becomes the worker, so that signals reach it


@click.command()
def timers() -> None:
    """Run the timetable (service_desk.jobs.TIMETABLE) until stopped."""
    telemetry.serve(config.read().log_level)
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


@click.group()
def history() -> None:
    """The hash-chained history of tickets."""


def _authorities(slug: str | None) -> list[Authority]:
    chosen = [each for each in kept.authorities() if slug in (None, each.slug)]
    if not chosen:
        raise click.BadParameter(f"no authority is called {slug}" if slug else "no city is founded yet")
    return chosen


@history.command("verify")
@click.option("--authority", "slug", help="Only this authority (its short name).")
@click.option("--ticket", help="Only the ticket with this reference.")
@with_appcontext
def history_verify(slug: str | None, ticket: str | None) -> None:
    """Look for tampering: changed, added or missing events, tickets that contradict them, broken seals."""
    broken = 0
    if ticket:
        slug = slug or config.current().default_authority
    for each in _authorities(slug):
        with work.tenant(each.id):
            try:
                found = verify_history(ticket)
            except NotFound:
                raise click.BadParameter(f"{each.slug} has no ticket {ticket}") from None
        click.echo(
            f"{each.slug}: {found.events} events of {found.tickets} tickets, {found.cases} cases and {found.days} sealed days, "
            f"{found.count} broken places"
        )
        for place in found.places:
            click.echo(
                f"  {place.where} event {place.seq}: {place.what}"
                if place.seq
                else f"  {place.where}: {place.what}"
            )
        broken += found.count
    sys.exit(1 if broken else 0)


@history.command("anchor")
@click.option("--authority", "slug", help="Only this authority (its short name).")
@with_appcontext
def history_anchor(slug: str | None) -> None:
    """Seal every finished day that is not yet sealed (the timetable does so as well)."""
    for each in _authorities(slug):
        with work.tenant(each.id):
            click.echo(f"{each.slug}: {anchor_days()} days sealed")


@click.command()
def doctor() -> None:
    """Check this installation and say what to mend. Ends with 1 when something must be mended."""
    from service_desk.flow.doctor import examine  # noqa: PLC0415 — brings the migration tool and the carrier's library

    has_failed = False
    for finding in examine():
        click.echo(str(finding))
        has_failed = has_failed or finding.level == "FAIL"
    sys.exit(1 if has_failed else 0)
