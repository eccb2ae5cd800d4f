"""The checklists a city begins with."""

from service_desk.supervision.seed.load import load_checklists

__all__ = ["load_checklists"]
