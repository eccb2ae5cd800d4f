"""One line of the table for each measure, and the table."""

from __future__ import annotations


def against_floor(name, value, unit, floor, limit, *, least=True, ratio=None):
    """Return the line of a measure held against a floor. limit: of the ratio; least: the ratio must be at least it."""
    ratio = value / floor if ratio is None else ratio
    return {
        "name": name,
        "value": round(value, 4),
        "unit": unit,
        "floor": round(floor, 4),
        "ratio": round(ratio, 3),
        "limit": limit,
        "holds": ratio >= limit if least else ratio <= limit,
    }


def absolute(name, value, unit, limit=None, *, least=False):
    """Return the line of a measure with a limit of its own, or of none (then it informs)."""
    holds = None if limit is None else (value >= limit if least else value <= limit)
    return {
        "name": name,
        "value": round(value, 4),
        "unit": unit,
        "floor": None,
        "ratio": None,
        "limit": limit,
        "holds": holds,
    }


def table(lines):
    """Return the lines as a table for a terminal."""
    head = ("measure", "value", "unit", "floor", "ratio", "limit", "holds")
    rows = [head] + [
        tuple(_shown(line[key]) for key in ("name", "value", "unit", "floor", "ratio", "limit", "holds"))
        for line in lines
    ]
    widths = [max(len(row[n]) for row in rows) for n in range(len(head))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if n in {0, 2} else cell.rjust(width)
            for n, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    )


def _shown(value):
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "NO"
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"
    return str(value)
