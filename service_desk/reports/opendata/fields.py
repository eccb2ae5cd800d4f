"""The columns of each open file, written once: the header, the published schema and the page are made of them.

Types and constraints are those of the Frictionless Table Schema.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

#: a place, a street or a topic is told only when so many rows of the file share it: one and five others
TOGETHER = 6
#: widths of the squares that places are rounded to, the fine one first (m)
GRIDS_M = (50, 200)
STATUSES = ("open", "done", "reopened", "without_work", "ended")
#: why a row says less: its topic is sensitive or not public; its topic is rare; its place would single somebody out
WITHHELD = ("sensitive", "few", "place")
MEASURES = (
    "received", "per_1000", "due", "on_time", "done", "half", "most", "came_back", "without_work", "satisfaction", "response",
)  # fmt: skip
UNITS = ("cases", "percent", "hours", "per_1000")


@dataclass(frozen=True)
class Column:
    """One column. type: date, boolean, string, integer or number; constraints: of the Table Schema."""

    name: str
    type: str
    description: str
    constraints: dict[str, Any] = field(default_factory=dict)

    def as_schema(self) -> dict[str, Any]:
        """Return the field descriptor of the Table Schema."""
        made: dict[str, Any] = {"name": self.name, "type": self.type, "description": self.description}
        if self.type == "boolean":
            made |= {"trueValues": ["true"], "falseValues": ["false"]}
        if self.constraints:
            made["constraints"] = self.constraints
        return made


REQUESTS = (
    Column("received_on", "date", "Day of the report. Count the rows where is_again is false for «received»."),
    Column("is_again", "boolean", "The row is the new promise of a reopened request, and no arrival."),
    Column("group", "string", "Code of the group of topics.", {"pattern": "[A-Z]+"}),
    Column("service", "string", "Code of the topic.", {"pattern": "[A-Z]+-[A-Z0-9]+"}),
    Column("service_name", "string", "Name of the topic in Hebrew."),
    Column("centre", "integer", "Number of the neighbourhood centre.", {"minimum": 1}),
    Column("status", "string", "How it stands.", {"enum": list(STATUSES)}),
    Column("due_on", "date", "Day by which it was promised."),
    Column("in_time", "boolean", "The promise was kept. Empty while it is not decided. Not empty: it counts as «due»."),
    Column("done_on", "date", "Day on which the work was said to be done. Not empty: it counts as «done»."),
    Column("lon", "number", "Middle of the square, WGS84 degrees.", {"minimum": -180, "maximum": 180}),
    Column("lat", "number", "Middle of the square, WGS84 degrees.", {"minimum": -90, "maximum": 90}),
    Column("grid_m", "integer", "Width of the square in metres.", {"enum": list(GRIDS_M)}),
    Column("street", "string", "Official name of the street, never a house number."),
    Column("withheld", "string", "Why the row says less.", {"enum": list(WITHHELD)}),
)  # fmt: skip
FIGURES = (
    Column("month", "date", "First day of the month.", {"required": True}),
    Column("centre", "integer", "Number of the centre; empty: the whole city.", {"minimum": 1}),
    Column("measure", "string", "Code of the measure.", {"required": True, "enum": list(MEASURES)}),
    Column("unit", "string", "Unit of the value.", {"required": True, "enum": list(UNITS)}),
    Column("value", "number", "The measure. Empty: nothing to say, or hidden.", {"minimum": 0}),
    Column("cases", "integer", "How many cases it speaks of. Empty when hidden.", {"minimum": 0}),
    Column("hidden", "boolean", "From 1 to 4 cases, or the only other one that would give them away.", {"required": True}),
)  # fmt: skip


def names(columns: tuple[Column, ...]) -> list[str]:
    """Return the header."""
    return [each.name for each in columns]
