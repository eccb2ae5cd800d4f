"""Messages both ways: preferences and consent, one-time codes, the city's own words, approvals, conversations.

Revision ID: 0003
Revises: 0002
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Text  # noqa: F401 - named by the column types below
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TENANT_TABLES = (
    "approvals",
    "consents",
    "conversations",
    "phone_codes",
    "preferences",
    "wordings",
)
#: never updated, never deleted by the application
APPEND_ONLY = ("consents",)
#: rows the application may delete: what is over and nobody needs
DELETABLE = ("conversations", "phone_codes")

#: columns of a message that are empty when no ticket stands behind it
BEHIND = ("ticket_id", "follower_id")
CHANNELS_BEFORE = "channel IN ('sms', 'whatsapp', 'none')"
CHANNELS_AFTER = "channel IN ('sms', 'whatsapp', 'voice', 'email', 'none')"


def upgrade() -> None:
    """Make the tables, their isolation and grants; let a message be a call or a letter."""
    _tables()
    for table in TENANT_TABLES:
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(
            f"CREATE POLICY tenant ON {table} TO keshet_app "
            "USING (authority_id = NULLIF(current_setting('keshet.authority_id', true), '')::smallint)"
        )
        verbs = "SELECT, INSERT" if table in APPEND_ONLY else "SELECT, INSERT, UPDATE"
        op.execute(f"GRANT {verbs} ON {table} TO keshet_app")
    for table in DELETABLE:
        op.execute(f"GRANT DELETE ON {table} TO keshet_app")
    _channels(CHANNELS_AFTER)
    op.create_index("ix_attempts_claimed", "attempts", ["authority_id", "claimed_at"])
    for column in BEHIND:
        op.alter_column("messages", column, nullable=True)


def _channels(condition: str) -> None:
    op.drop_constraint(op.f("ck_messages_channel"), "messages", type_="check")
    op.create_check_constraint(op.f("ck_messages_channel"), "messages", condition)


def downgrade() -> None:
    """Take them away again. Calls and letters become messages that nobody asked for."""
    op.execute("UPDATE messages SET channel = 'none' WHERE channel IN ('voice', 'email')")
    _channels(CHANNELS_BEFORE)
    op.drop_index("ix_attempts_claimed", table_name="attempts")
    op.execute("DELETE FROM attempts USING messages WHERE attempts.message_id = messages.id AND messages.ticket_id IS NULL")
    op.execute("DELETE FROM messages WHERE ticket_id IS NULL")
    for column in BEHIND:
        op.alter_column("messages", column, nullable=False)
    op.drop_column('messages', 'is_urgent')
    op.drop_column('messages', 'channel_reason')
    op.drop_column('messages', 'currency')
    op.drop_column('messages', 'price_micros')
    op.drop_column('messages', 'segments')
    op.drop_index('ix_inbound_media', table_name='inbound', postgresql_where=sa.text('media_next_at IS NOT NULL'))
    op.drop_column('inbound', 'media_next_at')
    op.drop_column('inbound', 'media_fetched_at')
    op.drop_column('inbound', 'lat')
    op.drop_column('inbound', 'lon')
    op.drop_table('preferences')
    op.drop_index('ix_consents_resident', table_name='consents')
    op.drop_table('consents')
    op.drop_index('uq_wordings_in_force', table_name='wordings', postgresql_where=sa.text('valid_to IS NULL'))
    op.drop_table('wordings')
    op.drop_table('approvals')
    op.drop_index('ix_phone_codes_request', table_name='phone_codes')
    op.drop_index('ix_phone_codes_created', table_name='phone_codes')
    op.drop_index('ix_phone_codes_phone', table_name='phone_codes')
    op.drop_table('phone_codes')
    op.drop_index('ix_conversations_expires', table_name='conversations')
    op.drop_table('conversations')


def _tables() -> None:
    op.create_table('conversations',
    sa.Column('authority_id', sa.SmallInteger(), nullable=False),
    sa.Column('channel', sa.Text(), nullable=False),
    sa.Column('address', sa.Text(), nullable=False),
    sa.Column('locale', sa.Text(), nullable=False),
    sa.Column('step', sa.Text(), nullable=False),
    sa.Column('draft', postgresql.JSONB(), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('authority_id', 'channel', 'address', name=op.f('pk_conversations'))
    )
    op.create_index('ix_conversations_expires', 'conversations', ['authority_id', 'expires_at'], unique=False)
    op.create_table('phone_codes',
    sa.Column('authority_id', sa.SmallInteger(), nullable=False),
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('phone', sa.Text(), nullable=False),
    sa.Column('code_hash', sa.Text(), nullable=False),
    sa.Column('request_hash', sa.LargeBinary(), nullable=False),
    sa.Column('origin_hash', sa.LargeBinary(), nullable=False),
    sa.Column('network_hash', sa.LargeBinary(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('tries', sa.SmallInteger(), nullable=False),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('authority_id', 'id', name=op.f('pk_phone_codes'))
    )
    op.create_index('ix_phone_codes_phone', 'phone_codes', ['authority_id', 'phone', 'created_at'], unique=False)
    op.create_index('ix_phone_codes_created', 'phone_codes', ['authority_id', 'created_at'], unique=False)
    op.create_index('ix_phone_codes_request', 'phone_codes', ['authority_id', 'request_hash'], unique=False)
    op.create_table('approvals',
    sa.Column('authority_id', sa.SmallInteger(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('content_sid', sa.Text(), nullable=True),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('synced_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['authority_id'], ['authorities.id'], name=op.f('fk_approvals_authority_id')),
    sa.PrimaryKeyConstraint('authority_id', 'name', name=op.f('pk_approvals'))
    )
    op.create_table('wordings',
    sa.Column('authority_id', sa.SmallInteger(), nullable=False),
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('event', sa.Text(), nullable=False),
    sa.Column('channel', sa.Text(), nullable=False),
    sa.Column('locale', sa.Text(), nullable=False),
    sa.Column('version', sa.SmallInteger(), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('valid_from', sa.DateTime(timezone=True), nullable=False),
    sa.Column('valid_to', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_by', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['authority_id'], ['authorities.id'], name=op.f('fk_wordings_authority_id')),
    sa.PrimaryKeyConstraint('authority_id', 'id', name=op.f('pk_wordings')),
    sa.UniqueConstraint('authority_id', 'event', 'channel', 'locale', 'version', name=op.f('uq_wordings_authority_id_event_channel_locale_version'))
    )
    op.create_index('uq_wordings_in_force', 'wordings', ['authority_id', 'event', 'channel', 'locale'], unique=True, postgresql_where=sa.text('valid_to IS NULL'))
    op.create_table('consents',
    sa.Column('authority_id', sa.SmallInteger(), nullable=False),
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('resident_id', sa.BigInteger(), nullable=False),
    sa.Column('channel', sa.Text(), nullable=False),
    sa.Column('purpose', sa.Text(), nullable=False),
    sa.Column('is_given', sa.Boolean(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('source', sa.Text(), nullable=False),
    sa.Column('wording_hash', sa.LargeBinary(), nullable=True),
    sa.CheckConstraint("purpose IN ('service', 'news')", name=op.f('ck_consents_purpose')),
    sa.ForeignKeyConstraint(['authority_id', 'resident_id'], ['residents.authority_id', 'residents.id'], name=op.f('fk_consents_authority_id_resident_id')),
    sa.PrimaryKeyConstraint('authority_id', 'id', name=op.f('pk_consents'))
    )
    op.create_index('ix_consents_resident', 'consents', ['authority_id', 'resident_id'], unique=False)
    op.create_table('preferences',
    sa.Column('authority_id', sa.SmallInteger(), nullable=False),
    sa.Column('resident_id', sa.BigInteger(), nullable=False),
    sa.Column('channel', sa.Text(), nullable=False),
    sa.Column('locale', sa.Text(), nullable=False),
    sa.Column('email', sa.Text(), nullable=False),
    sa.Column('is_any_hour', sa.Boolean(), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("channel IN ('sms', 'whatsapp', 'voice', 'email', 'none')", name=op.f('ck_preferences_channel')),
    sa.ForeignKeyConstraint(['authority_id', 'resident_id'], ['residents.authority_id', 'residents.id'], name=op.f('fk_preferences_authority_id_resident_id')),
    sa.PrimaryKeyConstraint('authority_id', 'resident_id', name=op.f('pk_preferences'))
    )
    op.add_column('inbound', sa.Column('lon', sa.Double(), nullable=True))
    op.add_column('inbound', sa.Column('lat', sa.Double(), nullable=True))
    op.add_column('inbound', sa.Column('media_fetched_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('inbound', sa.Column('media_next_at', sa.DateTime(timezone=True), nullable=True))
    op.create_index('ix_inbound_media', 'inbound', ['authority_id', 'media_next_at'], unique=False, postgresql_where=sa.text('media_next_at IS NOT NULL'))
    op.add_column('messages', sa.Column('segments', sa.SmallInteger(), nullable=True))
    op.add_column('messages', sa.Column('price_micros', sa.BigInteger(), nullable=True))
    op.add_column('messages', sa.Column('currency', sa.Text(), nullable=True))
    op.add_column('messages', sa.Column('channel_reason', sa.Text(), nullable=True))
    op.add_column('messages', sa.Column('is_urgent', sa.Boolean(), server_default=sa.false(), nullable=False))
