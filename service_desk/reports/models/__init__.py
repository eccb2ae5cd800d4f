"""Tables of figures: what was counted, its sums, and what is made of them. All can be made again from the history."""

from service_desk.reports.models.counted import FigureCase, FigureOrder, FigureState
from service_desk.reports.models.made import (
    Alert,
    AlertRule,
    Booklet,
    BookletReader,
    Expected,
    HotSpot,
    Letter,
    Proposal,
)
from service_desk.reports.models.sums import FigureContractor, FigureDay, FigureNow, FigureSpread

__all__ = [
    "Alert",
    "AlertRule",
    "Booklet",
    "BookletReader",
    "Expected",
    "FigureCase",
    "FigureContractor",
    "FigureDay",
    "FigureNow",
    "FigureOrder",
    "FigureSpread",
    "FigureState",
    "HotSpot",
    "Letter",
    "Proposal",
]
