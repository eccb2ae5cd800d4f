"""What leaves a page as a file: drawn on paper, or handed over."""

from __future__ import annotations

import re
from typing import Any

from flask import Response

from service_desk import config
from service_desk.errors import Unavailable

PDF_TYPE = "application/pdf"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def as_pdf(page: str, style: str, **more: Any) -> bytes:
    """Return a page as PDF. style: a file of static/css; more: options of the renderer.

    Raises Unavailable when the machine has no library that draws text.
    """
    try:
        from weasyprint import CSS, HTML  # noqa: PLC0415 — 20 MB that only a printed page needs
    except OSError as error:
        raise Unavailable("no_pdf") from error
    # This renderer knows no <bdi>: the marks of Unicode isolate the same words.
    page = re.sub(r"(<bdi[^>]*>)(.*?)(</bdi>)", "\\1\u2068\\2\u2069\\3", page, flags=re.DOTALL)
    static = config.ROOT / "static"
    sheet = CSS(filename=str(static / "css" / style))
    body: bytes = HTML(string=page, base_url=f"{static}/").write_pdf(stylesheets=[sheet], **more)
    return body


def handed(body: bytes, mimetype: str, name: str) -> Response:
    """Return an answer that is kept as a file. name: ASCII."""
    response = Response(body, mimetype=mimetype)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
