"""Commands about messages."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from service_desk import clock
from service_desk.flow.restored import doubt_restored


@click.group()
def messages() -> None:
    """What goes out to people."""


@messages.command("restored")
@with_appcontext
def messages_restored() -> None:
    """Say that this database comes from a backup: before any waiting message leaves, the provider is asked about it."""
    count = doubt_restored(clock.now())
    click.echo(f"messages: {count} will be asked about before they are sent")
