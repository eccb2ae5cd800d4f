"""Tables of the city's own words: replies, messages, and what the provider approved."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    DateTime,
    ForeignKey,
    Index,
    SmallInteger,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from service_desk.extensions import Table
from service_desk.work import new_id

Instant = DateTime(timezone=True)


class ReplyTemplate(Table):
    """Words a clerk starts a reply from (נוסח מוכן), by type and status, in the resident's language."""

    __tablename__ = "reply_templates"
    __table_args__ = (UniqueConstraint("authority_id", "code"),)
    authority_id: Mapped[int] = mapped_column(ForeignKey("authorities.id"), primary_key=True)
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, default=new_id)
    code: Mapped[str] = mapped_column(Text)
    name: Mapped[dict[str, str]] = mapped_column(JSONB)
    #: null: for every type
    group_code: Mapped[str | None] = mapped_column(Text)
    service_code: Mapped[str | None] = mapped_column(Text)
    #: reply | question | resolved | rejected | order: where it is offered
    use: Mapped[str] = mapped_column(Text)
    #: {"he": …, "ar": …, "ru": …, "en": …, "am": …} with {reference}, {street}, {due}
    words: Mapped[dict[str, str]] = mapped_column(JSONB)
    sort: Mapped[int] = mapped_column(SmallInteger, default=0)
    is_active: Mapped[bool] = mapped_column(default=True)


class Wording(Table):
    """A version of the city's own words for one event, channel and language (נוסח הודעה)."""

    __tablename__ = "wordings"
    __table_args__ = (
        UniqueConstraint("authority_id", "event", "channel", "locale", "version"),
        Index(
            "uq_wordings_in_force",
            "authority_id",
            "event",
            "channel",
            "locale",
            unique=True,
            postgresql_where=text("valid_to IS NULL"),
        ),
    )
    authority_id: Mapped[int] = mapped_column(ForeignKey("authorities.id"), primary_key=True)
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, default=new_id)
    event: Mapped[str] = mapped_column(Text)
    channel: Mapped[str] = mapped_column(Text)
    locale: Mapped[str] = mapped_column(Text)
    version: Mapped[int] = mapped_column(SmallInteger)
    #: with {reference}, {link}, {due}, {service} … as messages.wording names them
    body: Mapped[str] = mapped_column(Text)
    valid_from: Mapped[datetime] = mapped_column(Instant)
    valid_to: Mapped[datetime | None] = mapped_column(Instant)
    created_by: Mapped[int | None] = mapped_column(BigInteger)


class Approval(Table):
    """What the provider says of a WhatsApp template (אישור תבנית), kept in sync."""

    __tablename__ = "approvals"
    authority_id: Mapped[int] = mapped_column(ForeignKey("authorities.id"), primary_key=True)
    #: as submitted: keshet_<event>_<locale>, of a city's own words with its slug and a mark of the words
    name: Mapped[str] = mapped_column(Text, primary_key=True)
    content_sid: Mapped[str | None] = mapped_column(Text)
    #: unsubmitted | received | pending | approved | rejected | paused | disabled
    state: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text, default="")
    synced_at: Mapped[datetime] = mapped_column(Instant)
