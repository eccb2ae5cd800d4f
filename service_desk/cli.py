"""The command line's door: `service-desk …`."""

from __future__ import annotations

import sys

import click
from flask.cli import FlaskGroup

from service_desk import commands
from service_desk.app import create_app
from service_desk.config import BadConfiguration


@click.group(cls=FlaskGroup, create_app=create_app, add_default_commands=False)
def group() -> None:
    """Keshet: the resident service of a city."""


commands.register(group)


def main() -> None:
    """Run a command; a wrong setting is one sentence, not a traceback."""
    try:
        group(prog_name="service-desk")
    except BadConfiguration as error:
        click.echo(f"service-desk: {error}", err=True)
        sys.exit(2)
