"""What was said and shown on the tickets that were merged into one, for the page of the one that stays."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service_desk.flow.dossier import dossiers_of
from service_desk.flow.merging import absorbed
from service_desk.work import transaction

if TYPE_CHECKING:
    from service_desk.flow.dossier import Dossier

#: shown on one page; the rest are a link away
MOST = 50


def duplicates_of(dossier: Dossier) -> list[Dossier]:
    """Return the tickets now merged into this one, the first first; one statement, and none when there are none."""
    ids = [each.from_id for each in absorbed(dossier.events) if each.stands][:MOST]
    if not ids:
        return []
    with transaction():
        return dossiers_of(ids)
