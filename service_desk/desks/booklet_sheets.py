"""A booklet as a spreadsheet: made from the same frozen content as its page and its paper."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from flask_babel import gettext as _

from service_desk.desks import booklet_words as say
from service_desk.desks.booklet_trend import TREND
from service_desk.desks.filters import by_language
from service_desk.desks.mayor import words
from service_desk.desks.speech import RTL

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from service_desk.reports.models import Booklet

    Content = Mapping[str, Any]


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
#: name, the words at its head, lines
Sheet = tuple[str, list[str], list[list[Cell]]]


def _sheets(booklet: Booklet) -> list[Sheet]:
    content, few = booklet.content, _("fewer than %(num)s", num=booklet.content["hidden"])
    return [
        (_("About"), [_("Monthly booklet"), ""], _about(booklet)),
        _measures(content, few),
        *([_centres(content, few)] if content["centres"] else []),
        _months(content),
        _types(content, few),
        _contractors(content, few),
        _late(content),
    ]


def _measures(content: Content, few: str) -> Sheet:
    head = [
        *(_("Measure"), _("Unit"), say.place_name(content), _("The whole city"), _("The month before")),
        *(_("The same month a year before"), _("Number of cases"), _("What is counted")),
    ]
    return _("Measures"), head, [_measure_line(each, few) for each in content["measures"]]


def _centres(content: Content, few: str) -> Sheet:
    lines: list[list[Cell]] = [
        [str(by_language(each["name"])), *(_cell(each["values"][code], few) for code in say.SIDE)]
        for each in content["centres"]
    ]
    return _("Centres"), [_("Centre"), *(str(words.NAME[code]) for code in say.SIDE)], lines


def _months(content: Content) -> Sheet:
    own = content["trend"]["own"]
    lines: list[list[Cell]] = [
        [each[:7], *(own[code][place] for code in TREND)]
        for place, each in enumerate(content["trend"]["months"])
    ]
    return _("Twelve months"), [_("Month"), *(str(words.NAME[code]) for code in TREND)], lines


def _types(content: Content, few: str) -> Sheet:
    lines: list[list[Cell]] = [
        [str(by_language(each["name"])), each["received"], *_due(each, few)] for each in content["types"]
    ]
    return _("Types of request"), [_("Type"), _("Received"), _("Fell due"), _("On time, %")], lines


def _contractors(content: Content, few: str) -> Sheet:
    head = [_("Contractor"), _("Orders issued"), _("Works done"), _("Fell due"), _("On time, %")]
    lines: list[list[Cell]] = [
        [
            str(by_language(each["name"])),
            *(few if each[name] is None else each[name] for name in ("issued", "done")),
            *_due(each, few),
        ]
        for each in content["contractors"]
    ]
    return _("Contractors"), head, lines


def _late(content: Content) -> Sheet:
    lines: list[list[Cell]] = [
        [each["reference"], str(by_language(each["name"])), each["street"], each["hours"]]
        for each in content["moment"]["late"]["longest"]
    ]
    return _("Late longest"), [_("Request"), _("Type"), _("Street"), _("Hours late")], lines


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
