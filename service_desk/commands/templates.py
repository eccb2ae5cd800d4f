"""Commands on the templates of WhatsApp."""

from __future__ import annotations

import sys

import click
from flask.cli import with_appcontext

from service_desk import work
from service_desk.city import kept
from service_desk.flow.sync_templates import sync_whatsapp


@click.group()
def templates() -> None:
    """WhatsApp templates: made, handed in for approval, and their state kept in step."""


@templates.command("sync")
@with_appcontext
def templates_sync() -> None:
    """Sync with the provider now; the timers do it every half hour. One line a city; ends with 1 without a provider."""
    for authority in kept.authorities():
        with work.tenant(authority.id):
            states = sync_whatsapp()
        if states is None:
            click.echo("templates: MESSAGE_TRANSPORT=twilio and TWILIO_WHATSAPP_SENDER are needed")
            sys.exit(1)
        said = ", ".join(f"{count} {state}" for state, count in sorted(states.items()))
        click.echo(f"templates: {authority.slug}: {said or 'the provider did not answer'}")
