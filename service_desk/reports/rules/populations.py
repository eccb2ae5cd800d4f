"""What each figure counts, once: by which day of a case, and which cases. Sums, lists and exports are made from this.

A condition is a piece of SQL over the columns of `figures_cases`; it names no table, and takes no parameter.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Population:
    """The cases behind a figure. day: the column of the day by which it counts, '' = at this moment; condition: SQL, '' = all.

    at: the column that its list is ordered by, which an index has; the day is that instant's, or it is the day itself.
    """

    day: str
    at: str
    condition: str = ""
    #: its cases are tickets; those of the others are promises
    is_of_tickets: bool = False

    @property
    def where(self) -> str:
        """Return the condition without the days: that the case has the day, and is one of them."""
        parts = [f"{self.day} IS NOT NULL"] if self.day else []
        return " AND ".join([*parts, *([self.condition] if self.condition else [])]) or "true"


POPULATIONS = {
    "received": Population("opened_day", "opened_at", is_of_tickets=True),
    "hazards": Population("opened_day", "opened_at", "is_hazard", is_of_tickets=True),
    "repeats": Population("opened_day", "opened_at", "is_repeat", is_of_tickets=True),
    "due": Population("due_day", "due_at"),
    "met": Population("due_day", "due_at", "is_met"),
    "missed": Population("due_day", "due_at", "NOT is_met"),
    "over": Population("due_day", "due_at", "over_minutes IS NOT NULL"),
    "breached": Population("breached_day", "breached_day"),
    "done": Population("done_day", "done_at"),
    "came_back": Population("done_day", "done_at", "came_back"),
    "said": Population("done_day", "done_at", "said IS NOT NULL"),
    "said_yes": Population("done_day", "done_at", "said = 'yes'"),
    "said_no": Population("done_day", "done_at", "said = 'no'"),
    "answered": Population("answered_day", "answered_day"),
    "ended": Population("ended_day", "ended_day", is_of_tickets=True),
    "without_work": Population("ended_day", "ended_day", "without_work", is_of_tickets=True),
    "open": Population("", "opened_at", "is_open", is_of_tickets=True),
    "late": Population("", "due_at", "is_late"),
    "hazards_open": Population("", "opened_at", "is_open AND is_hazard", is_of_tickets=True),
}
#: seconds held until done, by whom
HELD = ("held_centre", "held_unit", "held_contractor", "held_outside", "held_resident")
#: columns of figures_days by the day of a case that they count, in the table's order; a held one is a sum of seconds
COUNTERS = {
    "opened_day": ("received", "hazards", "repeats"),
    "due_day": ("due", "met"),
    "breached_day": ("breached",),
    "done_day": ("done", "came_back", "said_yes", "said_no", *HELD),
    "answered_day": ("answered",),
    "ended_day": ("ended", "without_work"),
}
COUNTED = tuple(name for names in COUNTERS.values() for name in names)
#: columns of figures_now, and what they count
STANDING = {"open": "open", "late": "late", "hazards": "hazards_open"}
#: what is kept as a spread: {measure: (day of the case, its minutes)}
SPREAD_OF = {
    "resolve": ("done_day", "took_minutes"),
    "answer": ("answered_day", "answer_minutes"),
    "over": ("due_day", "over_minutes"),
}
