"""A booklet on paper, as a spreadsheet and as a letter: made from the same frozen content as its page."""

from __future__ import annotations

import io
import re
from email.message import EmailMessage
from email.utils import formatdate, parseaddr
from typing import TYPE_CHECKING, Any

from flask import current_app
from flask_babel import force_locale
from flask_babel import gettext as _

from service_desk import config
from service_desk.desks import booklet_words as say
from service_desk.desks.filters import by_language
from service_desk.desks.mayor import words
from service_desk.desks.speech import RTL
from service_desk.errors import Unavailable
from service_desk.messages.channels.email import html_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from service_desk.reports.models import Booklet

PDF_TYPE = "application/pdf"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: whom a letter of a city without a mail server is said to come from
_NOBODY = "Keshet <keshet@localhost>"


def file_name(booklet: Booklet, ending: str) -> str:
    """Return an ASCII file name: keshet-2026-10-centre-5-v2.pdf; the first edition has no number."""
    centre = booklet.content["centre"]
    place = f"centre-{centre['number']}" if centre else "city"
    edition = f"-v{booklet.edition}" if booklet.edition > 1 else ""
    return f"keshet-{booklet.month:%Y-%m}-{place}{edition}.{ending}"


def shown(booklet: Booklet, locale: str) -> dict[str, Any]:
    """Return what the page and the paper show of a booklet."""
    return {
        "booklet": booklet,
        "content": booklet.content,
        "rows": say.rows(booklet.content),
        "drawings": say.drawings(booklet.content),
        "say": say,
        "words": words,
        "rtl": locale in RTL,
        "hash": booklet.content_hash.hex(),
    }


def as_pdf(booklet: Booklet, locale: str) -> bytes:
    """Return the booklet as PDF in the present language. Raises Unavailable when the machine has no library that draws text."""
    try:
        from weasyprint import CSS, HTML  # noqa: PLC0415 — 20 MB that only a printed page needs
    except OSError as error:
        raise Unavailable("no_pdf") from error
    # past Flask's own rendering, which asks who is looking: a worker draws letters, and nobody looks
    paper = current_app.jinja_env.get_template("mayor/booklet_pdf.html")
    page = paper.render(**shown(booklet, locale), locale=locale)
    # This renderer knows no <bdi>: the marks of Unicode isolate the same words.
    page = re.sub(r"(<bdi[^>]*>)(.*?)(</bdi>)", "\\1\u2068\\2\u2069\\3", page, flags=re.DOTALL)
    static = config.ROOT / "static"
    style = CSS(filename=str(static / "css" / "booklet.css"))
    body: bytes = HTML(string=page, base_url=f"{static}/").write_pdf(
        stylesheets=[style], pdf_variant="pdf/ua-1"
    )
    return body


def compose(booklet: Booklet, address: str, locale: str, letter_id: int) -> EmailMessage:
    """Return the letter with the booklet attached, in its reader's language. Raises ValueError for an address that is none.

    The same letter has the same Message-ID however often it is sent, so that a mailbox can tell a second one.
    """
    settings = config.current()
    sender = settings.mail_from or _NOBODY
    with force_locale(locale):
        letter = EmailMessage()
        letter["Subject"] = _subject(booklet)
        letter["From"], letter["To"] = sender, address
        letter["Date"] = formatdate(booklet.made_at.timestamp())
        letter["Message-ID"] = f"<keshet.booklet.{letter_id}@{parseaddr(sender)[1].rpartition('@')[2]}>"
        letter["Auto-Submitted"] = "auto-generated"
        letter["Content-Language"] = locale
        home = f"{settings.public_base_url}/mayor/booklets"
        letter["List-Unsubscribe"] = f"<{home}#mail>"
        body = _body(booklet, home)
        letter.set_content(body)
        letter.add_alternative(html_of(body, locale), subtype="html")
        main, sub = PDF_TYPE.split("/")
        letter.add_attachment(as_pdf(booklet, locale), main, sub, filename=file_name(booklet, "pdf"))
    return letter


def _subject(booklet: Booklet) -> str:
    values = {"place": say.place_name(booklet.content), "month": say.month_name(booklet.month)}
    if booklet.edition > 1:
        return _(
            "%(place)s, %(month)s: corrected booklet, edition %(edition)s", edition=booklet.edition, **values
        )
    return _("%(place)s, %(month)s: the monthly booklet", **values)


def _body(booklet: Booklet, home: str) -> str:
    parts = [" ".join(say.sentences(booklet.content)), _("The booklet is attached.")]
    if booklet.edition > 1:
        parts.append(
            _(
                "It replaces an earlier edition, whose numbers were corrected since. What changed stands in it."
            )
        )
    parts.append(f"{_('On the screen, with all months:')}\n{home}/{booklet.id}")
    parts.append(f"{_('These letters are stopped here:')}\n{home}#mail")
    return "\n\n".join(parts)


def as_xlsx(booklet: Booklet, locale: str) -> bytes:
    """Return the booklet as a spreadsheet: a sheet for each part, numbers as numbers, no formula from anybody's words."""
    import xlsxwriter  # noqa: PLC0415 — only a download needs it

    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(
        buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    bold = book.add_format({"bold": True, "bottom": 1, "text_wrap": True})
    for name, head, lines in _sheets(booklet):
        sheet = book.add_worksheet(name[:31])
        if locale in RTL:
            sheet.right_to_left()
        sheet.write_row(0, 0, head, bold)
        for number, line in enumerate(lines, start=1):
            for column, cell in enumerate(line):
                if isinstance(cell, int | float):
                    sheet.write_number(number, column, cell)
                elif cell is not None:
                    sheet.write_string(number, column, str(cell))
        sheet.set_column(0, 0, 42)
        sheet.set_column(1, max(len(head) - 1, 1), 18)
        sheet.freeze_panes(1, 1)
    book.close()
    return buffer.getvalue()


Cell = str | int | float | None


def _sheets(booklet: Booklet) -> list[tuple[str, list[str], list[list[Cell]]]]:
    content, few = booklet.content, _("fewer than %(num)s", num=booklet.content["hidden"])
    found = [
        (_("About"), [_("Monthly booklet"), ""], _about(booklet)),
        (
            _("Measures"),
            [_("Measure"), _("Unit"), say.place_name(content), _("The whole city"), _("The month before"),
             _("The same month a year before"), _("Cases"), _("What is counted")],
            [_measure_line(each, few) for each in content["measures"]],
        ),
        (
            _("Twelve months"),
            [_("Month"), *(str(words.NAME[code]) for code in say.TREND)],
            [[each[:7], *(content["trend"]["own"][code][place] for code in say.TREND)]
             for place, each in enumerate(content["trend"]["months"])],
        ),
        (
            _("Types of request"),
            [_("Type"), _("Received"), _("Fell due"), _("On time, %")],
            [[str(by_language(each["name"])), each["received"], *_due(each, few)] for each in content["types"]],
        ),
        (
            _("Contractors"),
            [_("Contractor"), _("Orders issued"), _("Done"), _("Fell due"), _("On time, %")],
            [[str(by_language(each["name"])), *(few if each[name] is None else each[name] for name in ("issued", "done")),
              *_due(each, few)] for each in content["contractors"]],
        ),
        (
            _("Late longest"),
            [_("Request"), _("Type"), _("Street"), _("Hours late")],
            [[each["reference"], str(by_language(each["name"])), each["street"], each["hours"]]
             for each in content["moment"]["late"]["longest"]],
        ),
    ]  # fmt: skip
    if content["centres"]:
        codes = say.SIDE
        head = [_("Centre"), *(str(words.NAME[code]) for code in codes)]
        lines = [
            [str(by_language(each["name"])), *(_cell(each["values"][code], few) for code in codes)]
            for each in content["centres"]
        ]
        found.insert(2, (_("Centres"), head, lines))
    return found


def _about(booklet: Booklet) -> list[list[Cell]]:
    content = booklet.content
    return [
        [_("Month"), say.month_name(booklet.month)],
        [_("Place"), say.place_name(content)],
        [_("Edition"), booklet.edition],
        [_("Made (UTC)"), f"{booklet.made_at:%Y-%m-%d %H:%M}"],
        [_("Fewest cases to compare by"), content["fewest"]],
        [_("Numbers are not shown of fewer cases than"), content["hidden"]],
        ["sha-256", booklet.content_hash.hex()],
    ]


def _measure_line(each: dict[str, Any], few: str) -> list[Cell]:
    code = each["code"]
    others: Sequence[Any] = (each["own"], each["city"], each["before"], each["year"])
    return [
        str(words.NAME[code]),
        say.unit(code),
        *("" if held is None else _cell(held, few) for held in others),
        each["own"]["cases"],
        str(words.DEFINITION[code]),
    ]


def _cell(frozen: dict[str, Any], few: str) -> Cell:
    if frozen["hidden"]:
        return few
    number: float | int | None = frozen["number"]
    return None if number is None else round(number, 2)


def _due(each: dict[str, Any], few: str) -> list[Cell]:
    return [few, few] if each["due"] is None else [each["due"], each["on_time"]]
