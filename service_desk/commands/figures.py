"""Commands on figures that have to hold up: made from scratch, and proven."""

from __future__ import annotations

import sys
import time

import click
from flask.cli import with_appcontext

from service_desk import work
from service_desk.city import kept
from service_desk.flow.count_figures import rebuild
from service_desk.flow.find_hot_spots import find_hot_spots
from service_desk.flow.make_expected import make_expected
from service_desk.flow.raise_alerts import raise_changes
from service_desk.flow.verify_counts import verify_counts
from service_desk.flow.verify_figures import verify_figures

#: differences printed one by one
MOST_SHOWN = 20


@click.group()
def figures() -> None:
    """Counted figures, damages and statements, proven from the history."""


@figures.command("rebuild")
@with_appcontext
def figures_rebuild() -> None:
    """Make every counted figure from scratch, for every authority. Pages show the figures of before until the end."""
    for authority in kept.authorities():
        began = time.monotonic()
        with work.tenant(authority.id):
            cases = rebuild(_show)
        click.echo(f"\r{authority.slug}: {cases:,} cases in {time.monotonic() - began:.0f} s")


def _show(done: int, parts: int) -> None:
    if sys.stderr.isatty():
        click.echo(f"\r{100 * done // parts} %", nl=False, err=True)


@figures.command("expected")
@with_appcontext
def figures_expected() -> None:
    """Make expected times, hot spots and the morning's alerts of changes anew, as each night, for every authority."""
    for authority in kept.authorities():
        with work.tenant(authority.id):
            made, spots, changes = make_expected(), find_hot_spots(), raise_changes()
        click.echo(
            f"{authority.slug}: {made.estimates} expected times ({made.of_centres} of one centre; tried on {made.tested:,} "
            f"requests), {spots} hot spots, {changes} new alerts"
        )


@figures.command("verify")
@with_appcontext
def figures_verify() -> None:
    """Make every counted figure, damage and signed statement again from the history alone.

    One line; ends with 1 when anything differs, with the first differences below.
    """
    statements = damages = agorot = cases = sums = 0
    differences: list[str] = []
    for authority in kept.authorities():
        with work.tenant(authority.id):
            proof, counts = verify_figures(), verify_counts()
        statements += proof.statements
        damages += proof.damages
        agorot += proof.charged_agorot
        cases += counts.cases
        sums += counts.sums
        differences += [f"{authority.slug}: {each}" for each in (*proof.differences, *counts.differences)]
    said = (
        "all equal to their history" if not differences else f"{len(differences)} DIFFER from their history"
    )
    click.echo(
        f"figures: {cases:,} cases in {sums:,} sums, {statements} statements, {damages} damages, "
        f"{agorot / 100:,.2f} ILS charged: {said}"
    )
    for each in differences[:MOST_SHOWN]:
        click.echo(f"  {each}")
    sys.exit(1 if differences else 0)
