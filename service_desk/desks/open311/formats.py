"""Answers as JSON or XML, one mapping for both: a list is an element whose children bear its singular."""

from __future__ import annotations

import json
import re
from typing import Any
from xml.etree import ElementTree as ET  # only written here, never read

from flask import Response, request

#: what an element of each list is called in XML
SINGULAR = {
    "services": "service",
    "attributes": "attribute",
    "values": "value",
    "service_requests": "request",
    "errors": "error",
    "endpoints": "endpoint",
    "formats": "format",
}
#: characters that XML 1.0 cannot carry, and those that turn the reading direction
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff\u202a-\u202e\u2066-\u2069]")
_JSON, _XML = "application/json; charset=utf-8", "text/xml; charset=utf-8"


def wanted() -> str:
    """Return json or xml: by the address's ending, else by what the caller accepts; XML is the specification's own."""
    asked = (request.view_args or {}).get("extension")
    if asked in {"json", "xml"}:
        return str(asked)
    ending = request.path.rpartition(".")[2]
    if ending in {"json", "xml"}:
        return ending
    best = request.accept_mimetypes.best_match(["text/xml", "application/xml", "application/json"])
    return "json" if best == "application/json" else "xml"


def answer(root: str, value: Any, status: int = 200) -> Response:
    """Return the value in the asked format. root: the XML element around it; JSON has none."""
    if wanted() == "json":
        body = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        return Response(_FORBIDDEN.sub("", body), status, content_type=_JSON)
    return Response(as_xml(root, value), status, content_type=_XML)


def errors(problems: list[tuple[int, str]], status: int) -> Response:
    """Return an error answer as the specification has it. problems: (code, description) of each."""
    return answer("errors", [{"code": code, "description": words} for code, words in problems], status)


def as_xml(root: str, value: Any) -> bytes:
    """Return the value as an XML document. value: dicts, lists named in SINGULAR, text, numbers, booleans, None."""
    element = ET.Element(root)
    _fill(element, value)
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(element, encoding="utf-8")


def _fill(element: ET.Element, value: Any) -> None:
    if isinstance(value, dict):
        for name, child in value.items():
            _fill(ET.SubElement(element, name), child)
    elif isinstance(value, list):
        for child in value:
            _fill(ET.SubElement(element, SINGULAR[element.tag]), child)
    elif isinstance(value, bool):
        element.text = "true" if value else "false"
    elif value is not None:
        element.text = _FORBIDDEN.sub("", str(value))
