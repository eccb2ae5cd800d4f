"""What pages repeat, made once: the addresses of our own files, and the output of macros that depend on nothing else."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from flask import Flask, url_for
from flask.globals import _cv_request
from flask.templating import Environment

from service_desk import config
from service_desk.desks.speech import spoken

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, MutableMapping

T = TypeVar("T")
#: outputs that one macro may keep; the least used makes room
ROOM = 1024


def _version_static(endpoint: str, values: dict[str, object]) -> None:
    """Give each file of ours an address that changes with it, so that browsers may keep it for a year."""
    if endpoint == "static" and "v" not in values:
        values["v"] = _file_version(str(values["filename"]))


@lru_cache(maxsize=256)
def _file_version(filename: str) -> str:
    try:
        return format(int((config.ROOT / "static" / filename).stat().st_mtime), "x")
    except OSError:
        return "0"


@lru_cache(maxsize=512)
def _address(_root: str, endpoint: str, filename: str) -> str:
    return url_for(endpoint, filename=filename) if filename else url_for(endpoint)


def _root() -> str | None:
    """Return the path under which the request's application stands; None outside a request."""
    context = _cv_request.get(None)
    return context.request.script_root if context is not None else None


def address(endpoint: str, **values: Any) -> str:
    """Return an address as Flask builds it; one of a file of ours, or without values, is built once: a page names thirty."""
    if not values or (endpoint == "static" and len(values) == 1):
        root = _root()
        if root is not None:
            return _address(root, endpoint, values.get("filename", ""))
    return url_for(endpoint, **values)


class Same(Generic[T]):
    """A large thing of memory as an argument of a kept macro: the same only as itself, never compared by its contents."""

    __slots__ = ("it",)

    def __init__(self, it: T) -> None:
        """it: for example the catalogue; a changed one is another object."""
        self.it = it

    def __eq__(self, other: object) -> bool:
        """Say whether it is the very same thing."""
        return isinstance(other, Same) and self.it is other.it

    def __hash__(self) -> int:
        """Whoever keeps this keeps the thing too, so its id is not given to another."""
        return id(self.it)


def kept(macro: Callable[..., str], room: int = ROOM) -> Callable[..., str]:
    """Return the macro, its outputs kept by language and arguments.

    Only for macros imported without context whose output is decided by their arguments, which must be hashable.
    """

    @lru_cache(maxsize=room, typed=True)  # typed: markup is not taken for the same letters unescaped
    def made(_root: str, _language: str, *given: Hashable, **named: Hashable) -> str:
        return macro(*given, **named)

    def piece(*given: Hashable, **named: Hashable) -> str:
        return made(_root() or "", spoken(), *given, **named)

    return piece


class Pages(Environment):
    """Jinja's environment for templates whose globals all stand before the first page is asked for.

    Jinja gives each template a view of the environment's globals, and compares it name by name at every import: ten
    times a page. A plain copy is compared in one go.
    """

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """Return a template's globals. d: its own, which win."""
        return {**self.globals, **(d or {})}


def init_app(app: Flask) -> None:
    """Give the templates what is made once."""
    app.url_defaults(_version_static)
    app.jinja_env.globals.update({"url_for": address, "kept": kept, "same": Same})
