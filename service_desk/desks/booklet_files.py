"""A booklet on paper and as a letter: made from the same frozen content as its page."""

from __future__ import annotations

import threading
from email.message import EmailMessage
from email.utils import formatdate, parseaddr
from typing import TYPE_CHECKING, Any

from flask import current_app
from flask_babel import force_locale
from flask_babel import gettext as _

from service_desk import config
from service_desk.desks import booklet_trend as trend
from service_desk.desks import booklet_words as say
from service_desk.desks import paper
from service_desk.desks.mayor import words
from service_desk.desks.speech import RTL
from service_desk.messages.channels.email import html_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from service_desk.reports.models import Booklet

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
        "drawings": trend.drawings(booklet.content),
        "trend": trend,
        "say": say,
        "words": words,
        "rtl": locale in RTL,
        "hash": booklet.content_hash.hex(),
    }


class _Drawn:
    """The last few papers: a booklet never changes, and many readers of one get the same."""

    MOST = 16

    def __init__(self) -> None:
        self._lock, self._kept = threading.Lock(), dict[tuple[int, int, str], bytes]()

    def get(self, key: tuple[int, int, str], draw: Callable[[], bytes]) -> bytes:
        """Return what was drawn for the key, drawing it when nothing was yet."""
        found = self._kept.get(key)
        if found is None:
            found = draw()
            with self._lock:
                self._kept[key] = found
                if len(self._kept) > self.MOST:
                    del self._kept[next(iter(self._kept))]
        return found


_drawn = _Drawn()


def as_pdf(booklet: Booklet, locale: str) -> bytes:
    """Return the booklet as PDF in the present language. Raises Unavailable when the machine has no library that draws text."""
    return _drawn.get((booklet.authority_id, booklet.id, locale), lambda: _draw(booklet, locale))


def _draw(booklet: Booklet, locale: str) -> bytes:
    # past Flask's own rendering, which asks who is looking: a worker draws letters, and nobody looks
    template = current_app.jinja_env.get_template("mayor/booklet_pdf.html")
    page = template.render(**shown(booklet, locale), locale=locale)
    return paper.as_pdf(page, "booklet.css", pdf_variant="pdf/ua-1")


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
        home = f"{settings.public_base_url}/mayor/booklets"
        letter["List-Unsubscribe"] = f"<{home}#mail>"
        body = _body(booklet, home)
        letter.set_content(body)
        letter.add_alternative(html_of(body, locale), subtype="html")
        main, sub = paper.PDF_TYPE.split("/")
        letter.add_attachment(as_pdf(booklet, locale), main, sub, filename=file_name(booklet, "pdf"))
        # at the end: what is attached takes such headers of before to its own part
        letter["Content-Language"] = locale
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
