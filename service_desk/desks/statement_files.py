"""A statement on paper and as a spreadsheet: made from the same content as the page."""

from __future__ import annotations

import io
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from flask import Response, render_template
from flask_babel import gettext as _

from service_desk.city import kept
from service_desk.desks import money, paper
from service_desk.desks.filters import by_language
from service_desk.desks.speech import RTL

if TYPE_CHECKING:
    from collections.abc import Mapping

    from service_desk.contractors.models import Statement


def file_name(content: Mapping[str, Any], ending: str) -> str:
    """Return an ASCII file name: statement-C-ROADS-2026-10.pdf."""
    return f"statement-{content['unit']['code']}-{content['month'][:7]}.{ending}"


def as_pdf(content: Mapping[str, Any], signed: Statement | None, signer: str, locale: str) -> Response:
    """Return the statement as PDF. Raises Unavailable when the machine has no library that draws text."""
    page = render_template(
        "money/statement_pdf.html", **shown(content, signed, signer), locale=locale, rtl=locale in RTL
    )
    body = paper.as_pdf(page, "statement.css")
    return paper.handed(body, paper.PDF_TYPE, file_name(content, "pdf"))


def shown(content: Mapping[str, Any], signed: Statement | None, signer: str) -> dict[str, Any]:
    """Return what the page and the paper show of a statement."""
    return {
        "content": content,
        "month": date.fromisoformat(content["month"]),
        "signed": signed,
        "signer": signer,
        "money": money,
        "city_name": by_language(kept.authority().name),
        "instant": datetime.fromisoformat,
        "hash": signed.content_hash.hex() if signed else "",
    }


def as_xlsx(content: Mapping[str, Any], locale: str) -> Response:
    """Return the statement as a spreadsheet: one row a line, amounts as numbers, no formula from anybody's words."""
    import xlsxwriter  # noqa: PLC0415 — only a download needs it

    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(
        buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    sheet = book.add_worksheet(content["month"][:7])
    if locale in RTL:
        sheet.right_to_left()
    bold, amount = book.add_format({"bold": True, "bottom": 1}), book.add_format({"num_format": "#,##0.00"})
    sheet.write_row(0, 0, _head(), bold)
    row = 0
    for part in content["contracts"]:
        for line in part["lines"]:
            row += 1
            sheet.write_row(row, 0, _cells(part, line))
            for column, agorot in enumerate(
                (line["working"]["amount_agorot"], line["stepped_agorot"], line["charged_agorot"]), 6
            ):
                sheet.write_number(row, column, agorot / 100, amount)
            sheet.write_string(row, 9, money.line_note(line))
    sheet.write_string(row + 2, 0, _("To be set off"), bold)
    sheet.write_number(
        row + 2, 8, content["total_agorot"] / 100, book.add_format({"bold": True, "num_format": "#,##0.00"})
    )
    sheet.set_column(0, 9, 18)
    sheet.freeze_panes(1, 0)
    book.close()
    return paper.handed(buffer.getvalue(), paper.XLSX_TYPE, file_name(content, "xlsx"))


def _head() -> list[str]:
    return [
        _("Contract"), _("Order"), _("What happened"), _("When"), _("Late, minutes"), _("Units"),
        _("Amount (ILS)"), _("With addition (ILS)"), _("Charged (ILS)"), _("Note"),
    ]  # fmt: skip


def _cells(part: Mapping[str, Any], line: Mapping[str, Any]) -> list[str | int]:
    return [
        part["code"],
        money.order_name(line["reference"], line["number"]),
        str(money.METRIC[line["metric"]]),
        line["breached_at"][:16].replace("T", " ") + " UTC",
        line["working"]["over_minutes"],
        line["working"]["units"],
    ]
