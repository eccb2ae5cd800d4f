"""Reads of the catalogue: one immutable picture per authority, kept in memory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from service_desk.catalog.models import ServiceGroup
from service_desk.catalog.models import ServiceType as TypeRow
from service_desk.catalog.rules import Group, HandlerKind, ServiceType, Suggester, read_question
from service_desk.city.kept import Kept
from service_desk.errors import NotFound
from service_desk.extensions import db
from service_desk.work import tenant_id

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Catalogue:
    """The types in force and every older version's name. types: by code; ids: code → version id in force."""

    groups: Mapping[str, Group]
    types: Mapping[str, ServiceType]
    ids: Mapping[str, int]
    suggester: Suggester

    def type(self, code: str) -> ServiceType:
        """Return the type in force under the code. Raises NotFound."""
        if code not in self.types:
            raise NotFound("no_such_service")
        return self.types[code]

    def of_group(self, code: str) -> list[ServiceType]:
        """Return the types of a group, in the catalogue's order. Raises NotFound."""
        if code not in self.groups:
            raise NotFound
        return [each for each in self.types.values() if each.group_code == code]


def _load() -> Catalogue:
    here = tenant_id()
    groups = db.session.scalars(
        select(ServiceGroup).where(ServiceGroup.authority_id == here).order_by(ServiceGroup.sort)
    ).all()
    rows = db.session.scalars(
        select(TypeRow).where(TypeRow.authority_id == here, TypeRow.valid_to.is_(None)).order_by(TypeRow.sort)
    ).all()
    types = {row.code: _as_value(row) for row in rows}
    found = Catalogue(
        groups={
            each.code: Group(each.code, each.name, each.examples, each.icon, each.sort) for each in groups
        },
        types=types,
        ids={row.code: row.id for row in rows},
        suggester=Suggester(types.values()),
    )
    db.session.expunge_all()
    return found


def _as_value(row: TypeRow) -> ServiceType:
    return ServiceType(
        code=row.code,
        group_code=row.group_code,
        name=row.name,
        description=row.description,
        keywords=row.keywords,
        questions=tuple(map(read_question, row.questions)),
        is_hazard=row.is_hazard,
        is_sensitive=row.is_sensitive,
        is_public=row.is_public,
        needs_place=row.needs_place,
        known_radius_m=row.known_radius_m,
        handler_kind=HandlerKind(row.handler_kind),
        unit_code=row.unit_code,
        contractor_domain=row.contractor_domain,
        icon=row.icon,
    )


_kept = Kept(_load)


def catalogue() -> Catalogue:
    """Return the present authority's catalogue; no statement when it is in memory."""
    return _kept.get()
