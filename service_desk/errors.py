"""Errors the domain raises; each carries its HTTP status and a key that the edge translates."""

from __future__ import annotations


class KeshetError(Exception):
    """An expected refusal. status: HTTP; key: which sentence the reader gets; values fill it."""

    status = 400
    key = "error"

    def __init__(self, key: str | None = None, **values: object) -> None:
        """Keep the sentence's key and what fills it. Rolls the transaction back when it leaves it."""
        super().__init__(key or self.key)
        self.key = key or self.key
        self.values = values


class BadInput(KeshetError):
    """What was entered cannot be used. problems: {field: key of the sentence}."""

    status = 422
    key = "bad_input"

    def __init__(self, problems: dict[str, str], key: str | None = None) -> None:
        """Keep the problem of each field so the form can show it beside what was typed."""
        super().__init__(key)
        self.problems = problems


class NotFound(KeshetError):
    """There is no such thing, or it belongs to somebody else: both look the same."""

    status = 404
    key = "not_found"


class NotAllowed(KeshetError):
    """The actor may not do this."""

    status = 403
    key = "not_allowed"


class InvalidMove(KeshetError):
    """The ticket's present state does not allow this move."""

    status = 409
    key = "invalid_move"


class StaleVersion(KeshetError):
    """Somebody changed the ticket since the page was opened. current: the version now."""

    status = 409
    key = "stale_version"

    def __init__(self, ticket_id: int, seen: int, current: int) -> None:
        """Keep both versions, so the edge can show what happened between them."""
        super().__init__()
        self.ticket_id, self.seen, self.current = ticket_id, seen, current


class Conflict(KeshetError):
    """The same submission key came with different content."""

    status = 422
    key = "same_key_other_content"


class Unavailable(KeshetError):
    """The installation lacks what the feature needs; the sentence says what."""

    status = 503
    key = "unavailable"
