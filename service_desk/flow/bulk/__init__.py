"""Acts on many tickets at once: seen before they are done, done once, and taken back when they were hasty."""

from service_desk.flow.bulk.acting import HELD, UNDO, act
from service_desk.flow.bulk.asked import BULK_OUTCOMES, BULK_UNITS, LIMIT, VERBS, BulkAsked, Meant
from service_desk.flow.bulk.preview import Preview, preview
from service_desk.flow.bulk.undoing import undo

__all__ = [
    "BULK_OUTCOMES",
    "BULK_UNITS",
    "HELD",
    "LIMIT",
    "UNDO",
    "VERBS",
    "BulkAsked",
    "Meant",
    "Preview",
    "act",
    "preview",
    "undo",
]
