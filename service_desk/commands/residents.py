"""Commands about the people who write to the city."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from service_desk import config, work
from service_desk.city import kept
from service_desk.errors import BadInput
from service_desk.flow.forget_person import forget_person

_PROBLEMS = {
    "phone_unreadable": "this is not an Israeli phone number",
    "required": "say by what the request can be found again: --why «letter 12»",
    "names_number": "the reason stays in the access log: it must not hold a phone number",
}


@click.group()
def residents() -> None:
    """People who write to the city."""


@residents.command("forget")
@click.argument("phone")
@click.option(
    "--why", required=True, help="By what the request to be forgotten can be found again. Names nobody."
)
@click.option("--authority", "slug", help="Of this authority (its short name); else the default one.")
@click.confirmation_option(prompt="The number, the name and the words cannot be brought back. Go on?")
@with_appcontext
def residents_forget(phone: str, why: str, slug: str | None) -> None:
    """Empty all that is kept of the person of a number; requests, their history and figures stay."""
    wanted = slug or config.current().default_authority
    here = next((each for each in kept.authorities() if each.slug == wanted), None)
    if here is None:
        raise click.BadParameter(f"no authority is called {wanted}")
    try:
        with work.tenant(here.id):
            done = forget_person(phone, why)
    except BadInput as error:
        raise click.ClickException(_PROBLEMS[next(iter(error.problems.values()))]) from None
    click.echo(
        f"forgotten: {done.requests} requests left, {done.messages} messages and {done.heard} answers emptied, "
        f"{done.photos} photos removed"
    )
