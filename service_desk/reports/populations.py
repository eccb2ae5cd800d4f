"""The names of the figures that lead to a list: see rules.populations for what each counts."""

from __future__ import annotations

from service_desk.reports.rules.populations import POPULATIONS

FIGURES = tuple(POPULATIONS)
#: figures whose cases are tickets; the cases of the others are promises
OF_TICKETS = frozenset(name for name, each in POPULATIONS.items() if each.is_of_tickets)
