"""Whole numbers out of forms and addresses: ids, versions, counts. What is no plain number is None, never an error."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

#: digits of the longest id that the database can look for: 10**18 is below 2**63
ID_DIGITS = 18


def whole(said: str, *, digits: int = ID_DIGITS) -> int | None:
    """Return the number that is written in 1 to `digits` of the digits 0–9, or None.

    Our own pages write them so; «٣», which int() would read, and «²», at which it fails, come from nobody's form.
    """
    return int(said) if len(said) <= digits and said.isascii() and said.isdigit() else None


def wholes(said: Iterable[str]) -> list[int]:
    """Return the numbers among what was said, in its order; what is none is left out."""
    return [number for each in said if (number := whole(each)) is not None]
