"""Reads a contract's JSON field by field and gathers every problem, so that a form can show them all at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from service_desk.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable


class BadTerms(BadInput):
    """Terms that cannot be judged by. problems: {path of the field, such as `prices.0.unit`: code of the sentence}."""

    key = "bad_terms"


class Reading:
    """One object of a JSON document being read. Problems of all nested readings gather in one dict, the first per path."""

    def __init__(self, data: object, path: str = "", problems: dict[str, str] | None = None) -> None:
        """data: what should be an object; anything else is a problem and reads as an empty one."""
        self.problems: dict[str, str] = {} if problems is None else problems
        self.path = path
        self.data: dict[str, Any] = data if isinstance(data, dict) else {}
        if not isinstance(data, dict):
            self.refuse("", "not_an_object")

    def refuse(self, name: str, code: str) -> None:
        """Note a problem of the field; the first one noted stands."""
        self.problems.setdefault(self._at(name), code)

    def only(self, names: Collection[str]) -> None:
        """Refuse fields of other names: a misspelt term would silently not hold."""
        for name in self.data:
            if name not in names:
                self.refuse(str(name), "unknown_field")

    def whole(self, name: str, low: int, high: int, *, default: int | None = None) -> int:
        """Return a whole number within low…high. Missing: the default, or a problem when there is none."""
        value = self.data.get(name)
        if value is None:
            if default is None:
                self.refuse(name, "required")
            return low if default is None else default
        return self._checked(name, value, low, high)

    def maybe_whole(self, name: str, low: int, high: int) -> int | None:
        """Return a whole number within low…high, or None when it is missing."""
        value = self.data.get(name)
        return None if value is None else self._checked(name, value, low, high)

    def flag(self, name: str, *, default: bool) -> bool:
        """Return a boolean."""
        value = self.data.get(name, default)
        if not isinstance(value, bool):
            self.refuse(name, "not_yes_or_no")
            return default
        return value

    def choice(self, name: str, known: Iterable[str] | None) -> str:
        """Return one of the known words; known None: any word."""
        value = self.data.get(name)
        if not isinstance(value, str) or not value:
            self.refuse(name, "required")
            return ""
        if known is not None and value not in known:
            self.refuse(name, "unknown")
        return value

    def choices(self, name: str, known: Iterable[str] | None, *, default: tuple[str, ...]) -> tuple[str, ...]:
        """Return several of the known words, each once, in their order; known None: any words."""
        values = self.data.get(name)
        if values is None:
            return default
        if not isinstance(values, list) or not all(isinstance(each, str) for each in values):
            self.refuse(name, "not_a_list")
            return default
        if len(set(values)) < len(values):
            self.refuse(name, "twice")
        if known is not None and any(each not in known for each in values):
            self.refuse(name, "unknown")
        return tuple(values)

    def part(self, name: str) -> Reading:
        """Return the reading of a nested object; a missing one is empty."""
        value = self.data.get(name)
        return Reading({} if value is None else value, self._at(name), self.problems)

    def parts(self, name: str) -> list[Reading]:
        """Return the readings of a list of objects."""
        values = self.data.get(name)
        if values is None:
            return []
        if not isinstance(values, list):
            self.refuse(name, "not_a_list")
            return []
        return [Reading(each, f"{self._at(name)}.{n}", self.problems) for n, each in enumerate(values)]

    def _at(self, name: str) -> str:
        return ".".join(each for each in (self.path, name) if each)

    def _checked(self, name: str, value: object, low: int, high: int) -> int:
        # True is an int to Python; a contract that says «true minutes» is a mistake.
        if isinstance(value, bool) or not isinstance(value, int):
            self.refuse(name, "not_whole")
            return low
        if value < low:
            self.refuse(name, "too_small")
        elif value > high:
            self.refuse(name, "too_large")
        return min(max(value, low), high)
