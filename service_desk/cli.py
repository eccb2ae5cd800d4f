"""The command line's door: `service-desk …`."""

from __future__ import annotations

import sys

import click
from flask.cli import FlaskGroup
from psycopg.errors import UndefinedColumn, UndefinedTable
from sqlalchemy.exc import OperationalError, ProgrammingError

from service_desk import commands
from service_desk.app import create_app
from service_desk.config import BadConfiguration

#: how SQLSTATEs begin that mean the database is away: the connection failed, the server is going down or coming up
_AWAY = ("08", "57P")


@click.group(cls=FlaskGroup, create_app=create_app, add_default_commands=False)
def group() -> None:
    """Keshet: the resident service of a city."""


commands.register(group)


def main() -> None:
    """Run a command; a wrong setting, a database that is away or one that was never laid out is one sentence, no traceback."""
    try:
        group(prog_name="service-desk")
    except BadConfiguration as error:
        _give_up(str(error), 2)
    except OperationalError as error:
        # Before there is a connection there is no SQLSTATE; any other (a lock, a full disk) is not for this sentence.
        state = getattr(error.orig, "sqlstate", None)
        if state is not None and not state.startswith(_AWAY):
            raise
        _give_up("The database of DATABASE_URL does not answer; «service-desk doctor» says what to mend.", 1)
    except ProgrammingError as error:
        if not isinstance(error.orig, UndefinedTable | UndefinedColumn):
            raise
        _give_up("The database is not of this version; run «service-desk db upgrade» first.", 1)


def _give_up(sentence: str, code: int) -> None:
    click.echo(f"service-desk: {sentence}", err=True)
    sys.exit(code)
