"""Commands on figures that have to hold up."""

from __future__ import annotations

import sys

import click
from flask.cli import with_appcontext

from service_desk import work
from service_desk.city import kept
from service_desk.flow.verify_figures import verify_figures

#: differences printed one by one
MOST_SHOWN = 20


@click.group()
def figures() -> None:
    """Damages and statements, proven from the history."""


@figures.command("verify")
@with_appcontext
def figures_verify() -> None:
    """Make every damage and signed statement again from the history alone. One line; ends with 1 when anything differs."""
    statements = damages = agorot = 0
    differences: list[str] = []
    for authority in kept.authorities():
        with work.tenant(authority.id):
            proof = verify_figures()
        statements += proof.statements
        damages += proof.damages
        agorot += proof.charged_agorot
        differences += [f"{authority.slug}: {each}" for each in proof.differences]
    said = (
        "all equal to their history" if not differences else f"{len(differences)} DIFFER from their history"
    )
    click.echo(
        f"figures: {statements} statements, {damages} damages, {agorot / 100:,.2f} ILS charged: {said}"
    )
    for each in differences[:MOST_SHOWN]:
        click.echo(f"  {each}")
    sys.exit(1 if differences else 0)
