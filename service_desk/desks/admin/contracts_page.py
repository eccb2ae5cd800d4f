"""Contracts of the administrator, to be read: the list, a contract's versions, and a version as a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Response, render_template, request

from service_desk import clock
from service_desk.city.queries import city_map
from service_desk.contractors.queries import contracts
from service_desk.desks import money
from service_desk.desks.admin import contract_files, contract_view
from service_desk.desks.admin import contract_words as words
from service_desk.desks.admin.keys_page import desk
from service_desk.errors import NotFound

if TYPE_CHECKING:
    from service_desk.contractors.models import Contract


@desk.get("/admin/contracts", endpoint="contracts")
def contract_list() -> str:
    """Show every contract with its versions. One statement: the rest is in memory."""
    return render_template(
        "admin/contracts.html",
        rows=contract_view.listed(clock.now()),
        words=words,
        money=money,
        city=city_map(),
    )


@desk.get("/admin/contracts/<code>", endpoint="contract")
def contract_page(code: str) -> str:
    """Show one version of a contract in words: the last one, or the one asked for. One statement."""
    versions = versions_or_404(code)
    asked = request.args.get("version", "")
    shown = next((row for row in versions if str(row.version) == asked), versions[-1])
    return render_template(
        "admin/contract.html",
        contract=shown,
        versions=versions,
        view=contract_view.readable(shown),
        standing=contract_view.standing(shown, clock.now()),
        standing_of=lambda row: contract_view.standing(row, clock.now()),
        words=words,
        money=money,
        city=city_map(),
    )


@desk.get("/admin/contracts/<code>/<int:version>.<kind>", endpoint="contract_file")
def contract_file(code: str, version: int, kind: str) -> Response:
    """Give a version's terms as a file that the form takes back."""
    writers = {
        "json": (contract_files.as_json, "application/json"),
        "csv": (contract_files.as_csv, "text/csv"),
    }
    row = next((each for each in versions_or_404(code) if each.version == version), None)
    if row is None or kind not in writers:
        raise NotFound
    write, mimetype = writers[kind]
    answer = Response(write(row.terms), mimetype=mimetype)
    answer.headers.set("Content-Disposition", "attachment", filename=f"{code}-{version}.{kind}")
    return answer


def versions_or_404(code: str) -> list[Contract]:
    """Return a contract's versions, oldest first. Raises NotFound."""
    found = contracts.versions_of(code)
    if not found:
        raise NotFound
    return found
