"""Ready wordings (נוסחים מוכנים): reads, and the writes of who edits them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from service_desk.errors import NotFound
from service_desk.extensions import db
from service_desk.messages.models import ReplyTemplate
from service_desk.work import new_id, tenant_id

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Wording:
    """What is edited of a wording. name, words: by language, Hebrew at least. group_code, service_code: None for any type."""

    name: Mapping[str, str]
    use: str
    words: Mapping[str, str]
    group_code: str | None = None
    service_code: str | None = None
    is_active: bool = True


@dataclass(frozen=True, slots=True)
class Reply:
    """A ready wording as it is kept."""

    id: int
    code: str
    wording: Wording

    def fits(self, use: str, service_code: str, group_code: str) -> bool:
        """Say whether it is offered for this message to a ticket of this type."""
        its = self.wording
        return (
            its.is_active
            and its.use == use
            and its.service_code in (None, service_code)
            and its.group_code in (None, group_code)
        )


def every_reply() -> tuple[Reply, ...]:
    """Return every wording in its order, the resting ones too. One statement; made to be kept in memory."""
    query = (
        select(ReplyTemplate)
        .where(ReplyTemplate.authority_id == tenant_id())
        .order_by(ReplyTemplate.sort, ReplyTemplate.id)
    )
    return tuple(_read(row) for row in db.session.scalars(query))


def reply_or_404(reply_id: int) -> Reply:
    """Return one wording. Raises NotFound."""
    return _read(_row(reply_id))


def write_reply(reply_id: int | None, wording: Wording) -> int:
    """Change a wording, or add one after the others (None). Returns its id. Raises NotFound."""
    if reply_id is None:
        last = db.session.scalar(
            select(func.max(ReplyTemplate.sort)).where(ReplyTemplate.authority_id == tenant_id())
        )
        reply_id = new_id()
        row = ReplyTemplate(
            authority_id=tenant_id(), id=reply_id, code=f"own-{reply_id}", sort=(last or 0) + 1
        )
        db.session.add(row)
    else:
        row = _row(reply_id)
    row.name, row.words, row.use = dict(wording.name), dict(wording.words), wording.use
    row.group_code, row.service_code = wording.group_code, wording.service_code
    row.is_active = wording.is_active
    return reply_id


def _row(reply_id: int) -> ReplyTemplate:
    row = db.session.get(ReplyTemplate, (tenant_id(), reply_id))
    if row is None:
        raise NotFound
    return row


def _read(row: ReplyTemplate) -> Reply:
    wording = Wording(row.name, row.use, row.words, row.group_code, row.service_code, row.is_active)
    return Reply(row.id, row.code, wording)
