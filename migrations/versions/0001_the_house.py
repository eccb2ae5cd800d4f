"""The house: every table, its tenant isolation, and what the application's role may do.

Revision ID: 0001
Revises:
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Text  # noqa: F401 - named by the column types below
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TENANT_TABLES = (
    "access_log",
    "api_keys",
    "areas",
    "attempts",
    "calendar_days",
    "calendars",
    "centres",
    "clocks",
    "day_anchors",
    "followers",
    "handler_rules",
    "inbound",
    "memberships",
    "messages",
    "pauses",
    "photos",
    "places",
    "receipts",
    "remarks",
    "reports",
    "residents",
    "routes",
    "service_groups",
    "service_types",
    "slas",
    "staff",
    "staff_sessions",
    "street_points",
    "streets",
    "ticket_events",
    "tickets",
    "units",
)
#: never updated, never deleted by the application
APPEND_ONLY = ("ticket_events", "access_log", "day_anchors", "routes", "receipts", "reports")
#: rows the application may delete: logins that ended
DELETABLE = ("staff_sessions",)

SEARCH = """
CREATE FUNCTION search_ticket_ids(wanted text, at_most int) RETURNS SETOF bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
  SELECT id FROM tickets
  WHERE authority_id = NULLIF(current_setting('keshet.authority_id', true), '')::smallint
    AND search LIKE '%' || replace(replace(replace(lower(wanted), '\\', '\\\\'), '%', '\\%'), '_', '\\_') || '%'
  ORDER BY id DESC LIMIT at_most
$$
"""


def upgrade() -> None:
    """Make extensions, role, tables, policies and grants."""
    for extension in ("pg_trgm", "btree_gist"):
        op.execute(f"CREATE EXTENSION IF NOT EXISTS {extension}")
    op.execute(
        "DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'keshet_app') THEN CREATE ROLE keshet_app NOLOGIN; END IF; END $$"
    )
    op.execute("GRANT keshet_app TO CURRENT_USER")
    op.execute("CREATE SEQUENCE keshet_ids START 1")
    op.execute("CREATE SEQUENCE ticket_numbers START 1")
    _tables()
    _isolate()
    # LIKE is not leakproof, so under row-level security it could not use the trigram index: this function names the tenant itself.
    op.execute(SEARCH)
    op.execute("REVOKE ALL ON FUNCTION search_ticket_ids(text, int) FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION search_ticket_ids(text, int) TO keshet_app")


def _isolate() -> None:
    op.execute("GRANT USAGE ON SCHEMA public TO keshet_app")
    op.execute("GRANT SELECT ON authorities TO keshet_app")
    op.execute("GRANT UPDATE (data_version) ON authorities TO keshet_app")
    op.execute("GRANT USAGE ON SEQUENCE keshet_ids, ticket_numbers TO keshet_app")
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


def downgrade() -> None:
    """Take the house down. The role stays: other databases of the server may use it."""
    op.execute("DROP FUNCTION search_ticket_ids(text, int)")
    op.drop_table('street_points')
    op.drop_table('staff_sessions')
    op.drop_index('uq_service_types_in_force', table_name='service_types', postgresql_where='valid_to IS NULL')
    op.drop_table('service_types')
    op.drop_table('memberships')
    op.drop_table('handler_rules')
    op.drop_index('ix_attempts_message', table_name='attempts')
    op.drop_table('attempts')
    op.drop_table('areas')
    op.drop_table('units')
    op.drop_index('ix_ticket_events_at', table_name='ticket_events')
    op.drop_table('ticket_events')
    op.drop_table('streets')
    op.drop_table('staff')
    op.drop_index('uq_slas_in_force', table_name='slas', postgresql_where=sa.text('valid_to IS NULL'))
    op.drop_table('slas')
    op.drop_table('service_groups')
    op.drop_table('routes')
    op.drop_table('residents')
    op.drop_index('ix_reports_ticket', table_name='reports')
    op.drop_table('reports')
    op.drop_index('ix_remarks_ticket', table_name='remarks')
    op.drop_table('remarks')
    op.drop_table('places')
    op.drop_index('ix_photos_ticket', table_name='photos')
    op.drop_table('photos')
    op.drop_index(op.f('ix_pauses_ticket_id'), table_name='pauses')
    op.drop_table('pauses')
    op.drop_index('ix_messages_ticket', table_name='messages')
    op.drop_index('ix_messages_provider', table_name='messages', postgresql_where=sa.text('provider_id IS NOT NULL'))
    op.drop_index('ix_messages_due', table_name='messages', postgresql_where=sa.text('next_try_at IS NOT NULL'))
    op.drop_index('ix_messages_address', table_name='messages')
    op.drop_table('messages')
    op.drop_index('uq_followers_person', table_name='followers', postgresql_where=sa.text('resident_id IS NOT NULL'))
    op.drop_index('ix_followers_ticket', table_name='followers')
    op.drop_table('followers')
    op.drop_index('ix_clocks_stopped', table_name='clocks')
    op.drop_index('ix_clocks_judged', table_name='clocks')
    op.drop_index('ix_clocks_due', table_name='clocks', postgresql_where=sa.text('stopped_at IS NULL AND paused_at IS NULL AND breached_at IS NULL'))
    op.drop_table('clocks')
    op.drop_table('centres')
    op.drop_index('uq_calendars_in_force', table_name='calendars', postgresql_where=sa.text('valid_to IS NULL'))
    op.drop_table('calendars')
    op.drop_table('calendar_days')
    op.drop_table('api_keys')
    op.drop_index('ix_tickets_unit', table_name='tickets', postgresql_where=sa.text('is_open'))
    op.drop_index('ix_tickets_search', table_name='tickets', postgresql_using='gin', postgresql_ops={'search': 'gin_trgm_ops'})
    op.drop_index('ix_tickets_queue', table_name='tickets', postgresql_where=sa.text('is_open'))
    op.drop_index('ix_tickets_opened', table_name='tickets')
    op.drop_index('ix_tickets_mine', table_name='tickets', postgresql_where=sa.text('is_open'))
    op.drop_index('ix_tickets_kind_place', table_name='tickets', postgresql_where=sa.text('is_open'))
    op.drop_index('ix_tickets_city_queue', table_name='tickets', postgresql_where=sa.text('is_open'))
    op.drop_index('ix_tickets_centre_opened', table_name='tickets')
    op.drop_table('tickets')
    op.drop_table('receipts')
    op.drop_index('ix_inbound_address', table_name='inbound')
    op.drop_table('inbound')
    op.drop_table('day_anchors')
    op.drop_table('authorities')
    op.drop_index('ix_access_log_ticket', table_name='access_log')
    op.drop_table('access_log')
    op.execute("DROP SEQUENCE ticket_numbers")
    op.execute("DROP SEQUENCE keshet_ids")


def _tables() -> None:
    op.create_table('access_log',
    sa.Column('authority_id', sa.SmallInteger(), nullable=False),
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('staff_id', sa.BigInteger(), nullable=True),
    sa.Column('ticket_id', sa.BigInteger(), nullable=True),
    sa.Column('what', sa.Text(), nullable=False),
    sa.Column('is_allowed', sa.Boolean(), nullable=False),
    sa.Column('why', sa.Text(), nullable=True),
    sa.PrimaryKeyConstraint('authority_id', 'id', name=op.f('pk_access_log'))
    )
    op.create_index('ix_access_log_ticket', 'access_log', ['authority_id', 'ticket_id'], unique=False)
    op.create_table('authorities',
    sa.Column('id', sa.SmallInteger(), autoincrement=False, nullable=False),
    sa.Column('slug', sa.Text(), nullable=False),
    sa.Column('name', postgresql.JSONB(), nullable=False),
    sa.Column('hosts', sa.ARRAY(sa.Text()), nullable=False),
    sa.Column('jurisdiction', sa.Text(), nullable=False),
    sa.Column('hotline', sa.Text(), nullable=False),
    sa.Column('default_centre_id', sa.BigInteger(), nullable=True),
    sa.Column('lon', sa.Double(), nullable=False),
    sa.Column('lat', sa.Double(), nullable=False),
    sa.Column('data_version', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_authorities')),
    sa.UniqueConstraint('jurisdiction', name=op.f('uq_authorities_jurisdiction')),
    sa.UniqueConstraint('slug', name=op.f('uq_authorities_slug'))
    )
    op.create_table('day_anchors',
    sa.Column('authority_id', sa.SmallInteger(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('events', sa.Integer(), nullable=False),
    sa.Column('hash', sa.LargeBinary(), nullable=False),
    sa.PrimaryKeyConstraint('authority_id', 'day', name=op.f('pk_day_anchors'))
    )
    op.create_table('inbound',
    sa.Column('authority_id', sa.SmallInteger(), nullable=False),
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('provider_id', sa.Text(), nullable=False),
    sa.Column('channel', sa.Text(), nullable=False),
    sa.Column('address', sa.Text(), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('media', postgresql.JSONB(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('resident_id', sa.BigInteger(), nullable=True),
    sa.Column('ticket_id', sa.BigInteger(), nullable=True),
    sa.Column('outcome', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('authority_id', 'id', name=op.f('pk_inbound')),
    sa.UniqueConstraint('authority_id', 'provider_id', name=op.f('uq_inbound_authority_id_provider_id'))
    )
    op.create_index('ix_inbound_address', 'inbound', ['authority_id', 'address', 'at'], unique=False)
    op.create_table('receipts',
    sa.Column('authority_id', sa.SmallInteger(), nullable=False),
    sa.Column('provider_id', sa.Text(), nullable=False),
    sa.Column('status', sa.Text(), nullable=False),
    sa.Column('message_id', sa.BigInteger(), nullable=True),
    sa.Column('attempt_token', sa.Text(), nullable=False),
    sa.Column('error_code', sa.Text(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('authority_id', 'provider_id', 'status', name=op.f('pk_receipts'))
    )
    op.create_table('tickets',
    sa.Column('authority_id', sa.SmallInteger(), nullable=False),
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('reference', sa.Text(), nullable=False),
    sa.Column('service_code', sa.Text(), nullable=False),
    sa.Column('service_type_id', sa.BigInteger(), nullable=False),
    sa.Column('group_code', sa.Text(), nullable=False),
    sa.Column('status', sa.Text(), nullable=False),
    sa.Column('is_open', sa.Boolean(), nullable=False),
    sa.Column('is_hazard', sa.Boolean(), nullable=False),
    sa.Column('is_sensitive', sa.Boolean(), nullable=False),
    sa.Column('centre_id', sa.BigInteger(), nullable=False),
    sa.Column('area_code', sa.Text(), nullable=True),
    sa.Column('neighbour_centre_id', sa.BigInteger(), nullable=True),
    sa.Column('triage_reason', sa.Text(), nullable=True),
    sa.Column('routing_method', sa.Text(), nullable=False),
    sa.Column('handler_kind', sa.Text(), nullable=False),
    sa.Column('unit_id', sa.BigInteger(), nullable=True),
    sa.Column('assignee_id', sa.BigInteger(), nullable=True),
    sa.Column('holder_kind', sa.Text(), nullable=False),
    sa.Column('holder_since', sa.DateTime(timezone=True), nullable=False),
    sa.Column('lon', sa.Double(), nullable=True),
    sa.Column('lat', sa.Double(), nullable=True),
    sa.Column('address', sa.Text(), nullable=False),
    sa.Column('landmark', sa.Text(), nullable=False),
    sa.Column('summary', sa.Text(), nullable=False),
    sa.Column('search', sa.Text(), nullable=False),
    sa.Column('channel', sa.Text(), nullable=False),
    sa.Column('locale', sa.Text(), nullable=False),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('resolved_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('outcome', sa.Text(), nullable=True),
    sa.Column('merged_into_id', sa.BigInteger(), nullable=True),
    sa.Column('reopened_count', sa.SmallInteger(), nullable=False),
    sa.Column('follower_count', sa.SmallInteger(), nullable=False),
    sa.Column('photo_count', sa.SmallInteger(), nullable=False),
    sa.Column('has_news', sa.Boolean(), nullable=False),
    sa.Column('last_touch_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('last_touch', sa.Text(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('last_hash', sa.LargeBinary(), nullable=False),
    sa.CheckConstraint("holder_kind IN ('centre', 'unit', 'contractor', 'outside', 'resident', 'nobody')", name=op.f('ck_tickets_holder_kind')),
    sa.CheckConstraint("status IN ('received', 'triaged', 'assigned', 'in_progress', 'waiting', 'resolved', 'closed', 'reopened', 'handed_over', 'rejected', 'duplicate')", name=op.f('ck_tickets_status')),
    sa.PrimaryKeyConstraint('authority_id', 'id', name=op.f('pk_tickets')),
    sa.UniqueConstraint('authority_id', 'reference', name=op.f('uq_tickets_authority_id_reference'))
    )
    op.create_index('ix_tickets_centre_opened', 'tickets', ['authority_id', 'centre_id', 'opened_at'], unique=False)
    op.create_index('ix_tickets_city_queue', 'tickets', ['authority_id', 'due_at', 'id'], unique=False, postgresql_where=sa.text('is_open'))
    op.create_index('ix_tickets_kind_place', 'tickets', ['authority_id', 'service_code', 'lat', 'lon'], unique=False, postgresql_where=sa.text('is_open'))
    op.create_index('ix_tickets_mine', 'tickets', ['authority_id', 'assignee_id', 'due_at'], unique=False, postgresql_where=sa.text('is_open'))
    op.create_index('ix_tickets_opened', 'tickets', ['authority_id', 'opened_at'], unique=False)
    op.create_index('ix_tickets_queue', 'tickets', ['authority_id', 'centre_id', 'due_at', 'id'], unique=False, postgresql_where=sa.text('is_open'))
    op.create_index('ix_tickets_search', 'tickets', ['search'], unique=False, postgresql_using='gin', postgresql_ops={'search': 'gin_trgm_ops'})
    op.create_index('ix_tickets_unit', 'tickets', ['authority_id', 'unit_id', 'due_at'], unique=False, postgresql_where=sa.text('is_open'))
    op.create_table('api_keys',
    sa.Column('authority_id', sa.SmallInteger(), nullable=False),
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('key_hash', sa.LargeBinary(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('revoked_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['authority_id'], ['authorities.id'], name=op.f('fk_api_keys_authority_id')),
    sa.PrimaryKeyConstraint('authority_id', 'id', name=op.f('pk_api_keys')),
    sa.UniqueConstraint('authority_id', 'key_hash', name=op.f('uq_api_keys_authority_id_key_hash'))
    )
    op.create_table('calendar_days',
    sa.Column('authority_id', sa.SmallInteger(), nullable=False),
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('calendar_code', sa.Text(), nullable=True),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('windows', postgresql.JSONB(), nullable=False),
    sa.Column('name', postgresql.JSONB(), nullable=False),
    sa.Column('source', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['authority_id'], ['authorities.id'], name=op.f('fk_calendar_days_authority_id')),
    sa.PrimaryKeyConstraint('authority_id', 'id', name=op.f('pk_calendar_days'))
    )
    op.create_table('calendars',
    sa.Column('authority_id', sa.SmallInteger(), nullable=False),
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('name', postgresql.JSONB(), nullable=False),
    sa.Column('windows', postgresql.JSONB(), nullable=False),
    sa.Column('is_always_open', sa.Boolean(), nullable=False),
    sa.Column('holidays', sa.Text(), nullable=False),
    sa.Column('valid_from', sa.Date(), nullable=False),
    sa.Column('valid_to', sa.Date(), nullable=True),
    sa.ForeignKeyConstraint(['authority_id'], ['authorities.id'], name=op.f('fk_calendars_authority_id')),
    sa.PrimaryKeyConstraint('authority_id', 'id', name=op.f('pk_calendars'))
    )
    op.create_index('uq_calendars_in_force', 'calendars', ['authority_id', 'code'], unique=True, postgresql_where=sa.text('valid_to IS NULL'))
    op.create_table('centres',
    sa.Column('authority_id', sa.SmallInteger(), nullable=False),
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('number', sa.SmallInteger(), nullable=False),
    sa.Column('name', postgresql.JSONB(), nullable=False),
    sa.Column('address', postgresql.JSONB(), nullable=False),
    sa.Column('phone', sa.Text(), nullable=False),
    sa.Column('lon', sa.Double(), nullable=False),
    sa.Column('lat', sa.Double(), nullable=False),
    sa.Column('calendar_code', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['authority_id'], ['authorities.id'], name=op.f('fk_centres_authority_id')),
    sa.PrimaryKeyConstraint('authority_id', 'id', name=op.f('pk_centres')),
    sa.UniqueConstraint('authority_id', 'code', name=op.f('uq_centres_authority_id_code'))
    )
    op.create_table('clocks',
    sa.Column('authority_id', sa.SmallInteger(), nullable=False),
    sa.Column('ticket_id', sa.BigInteger(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('round', sa.SmallInteger(), nullable=False),
    sa.Column('sla_id', sa.BigInteger(), nullable=True),
    sa.Column('calendar_id', sa.BigInteger(), nullable=False),
    sa.Column('calendar_code', sa.Text(), nullable=False),
    sa.Column('minutes', sa.Integer(), nullable=False),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('paused_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('remaining_seconds', sa.Integer(), nullable=True),
    sa.Column('stopped_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('result', sa.Text(), nullable=True),
    sa.Column('breached_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("kind IN ('acknowledge', 'make_safe', 'resolve')", name=op.f('ck_clocks_kind')),
    sa.CheckConstraint("result IN ('met', 'missed', 'void')", name=op.f('ck_clocks_result')),
    sa.ForeignKeyConstraint(['authority_id', 'ticket_id'], ['tickets.authority_id', 'tickets.id'], name=op.f('fk_clocks_authority_id_ticket_id')),
    sa.PrimaryKeyConstraint('authority_id', 'ticket_id', 'kind', 'round', name=op.f('pk_clocks'))
    )
    op.create_index('ix_clocks_due', 'clocks', ['authority_id', 'due_at'], unique=False, postgresql_where=sa.text('stopped_at IS NULL AND paused_at IS NULL AND breached_at IS NULL'))
    op.create_index('ix_clocks_judged', 'clocks', ['authority_id', 'kind', 'due_at'], unique=False)
    op.create_index('ix_clocks_stopped', 'clocks', ['authority_id', 'kind', 'stopped_at'], unique=False)
    op.create_table('followers',
    sa.Column('authority_id', sa.SmallInteger(), nullable=False),
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('ticket_id', sa.BigInteger(), nullable=False),
    sa.Column('resident_id', sa.BigInteger(), nullable=True),
    sa.Column('role', sa.Text(), nullable=False),
    sa.Column('locale', sa.Text(), nullable=False),
    sa.Column('channel', sa.Text(), nullable=False),
    sa.Column('token_hash', sa.LargeBinary(), nullable=False),
    sa.Column('token_nonce', sa.LargeBinary(), nullable=False),
    sa.Column('joined_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('left_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("role IN ('reporter', 'follower')", name=op.f('ck_followers_role')),
    sa.ForeignKeyConstraint(['authority_id', 'ticket_id'], ['tickets.authority_id', 'tickets.id'], name=op.f('fk_followers_authority_id_ticket_id')),
    sa.PrimaryKeyConstraint('authority_id', 'id', name=op.f('pk_followers')),
    sa.UniqueConstraint('authority_id', 'token_hash', name=op.f('uq_followers_authority_id_token_hash'))
    )
    op.create_index('ix_followers_ticket', 'followers', ['authority_id', 'ticket_id'], unique=False)
    op.create_index('uq_followers_person', 'followers', ['authority_id', 'ticket_id', 'resident_id'], unique=True, postgresql_where=sa.text('resident_id IS NOT NULL'))
    op.create_table('messages',
    sa.Column('authority_id', sa.SmallInteger(), nullable=False),
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('ticket_id', sa.BigInteger(), nullable=False),
    sa.Column('event_seq', sa.Integer(), nullable=False),
    sa.Column('event', sa.Text(), nullable=False),
    sa.Column('resident_id', sa.BigInteger(), nullable=True),
    sa.Column('follower_id', sa.BigInteger(), nullable=False),
    sa.Column('channel', sa.Text(), nullable=False),
    sa.Column('address', sa.Text(), nullable=False),
    sa.Column('locale', sa.Text(), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('template_values', postgresql.JSONB(), nullable=False),
    sa.Column('dedupe_key', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('next_try_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('attempt', sa.SmallInteger(), nullable=False),
    sa.Column('attempt_token', sa.Text(), nullable=True),
    sa.Column('claimed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('lease_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('reconciled', sa.SmallInteger(), nullable=False),
    sa.Column('provider_id', sa.Text(), nullable=True),
    sa.Column('error_code', sa.Text(), nullable=True),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.Column('settled_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('is_possible_duplicate', sa.Boolean(), nullable=False),
    sa.Column('fallback_of_id', sa.BigInteger(), nullable=True),
    sa.CheckConstraint("channel IN ('sms', 'whatsapp', 'none')", name=op.f('ck_messages_channel')),
    sa.CheckConstraint("state IN ('pending', 'sending', 'accepted', 'sent', 'delivered', 'read', 'undelivered', 'failed', 'unknown', 'manual', 'expired', 'superseded', 'skipped')", name=op.f('ck_messages_state')),
    sa.ForeignKeyConstraint(['authority_id', 'ticket_id'], ['tickets.authority_id', 'tickets.id'], name=op.f('fk_messages_authority_id_ticket_id')),
    sa.PrimaryKeyConstraint('authority_id', 'id', name=op.f('pk_messages')),
    sa.UniqueConstraint('attempt_token', name=op.f('uq_messages_attempt_token')),
    sa.UniqueConstraint('authority_id', 'dedupe_key', name=op.f('uq_messages_authority_id_dedupe_key'))
    )
    op.create_index('ix_messages_address', 'messages', ['authority_id', 'address', 'created_at'], unique=False)
    op.create_index('ix_messages_due', 'messages', ['authority_id', 'next_try_at'], unique=False, postgresql_where=sa.text('next_try_at IS NOT NULL'))
    op.create_index('ix_messages_provider', 'messages', ['authority_id', 'provider_id'], unique=False, postgresql_where=sa.text('provider_id IS NOT NULL'))
    op.create_index('ix_messages_ticket', 'messages', ['authority_id', 'ticket_id'], unique=False)
    op.create_table('pauses',
    sa.Column('authority_id', sa.SmallInteger(), nullable=False),
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('ticket_id', sa.BigInteger(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['authority_id', 'ticket_id'], ['tickets.authority_id', 'tickets.id'], name=op.f('fk_pauses_authority_id_ticket_id')),
    sa.PrimaryKeyConstraint('authority_id', 'id', name=op.f('pk_pauses'))
    )
    op.create_index(op.f('ix_pauses_ticket_id'), 'pauses', ['ticket_id'], unique=False)
    op.create_table('photos',
    sa.Column('authority_id', sa.SmallInteger(), nullable=False),
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('ticket_id', sa.BigInteger(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('storage_key', sa.Text(), nullable=False),
    sa.Column('width', sa.Integer(), nullable=False),
    sa.Column('height', sa.Integer(), nullable=False),
    sa.Column('size_bytes', sa.Integer(), nullable=False),
    sa.Column('sha256', sa.LargeBinary(), nullable=False),
    sa.Column('added_by', sa.Text(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("kind IN ('report', 'remark', 'before', 'after')", name=op.f('ck_photos_kind')),
    sa.ForeignKeyConstraint(['authority_id', 'ticket_id'], ['tickets.authority_id', 'tickets.id'], name=op.f('fk_photos_authority_id_ticket_id')),
    sa.PrimaryKeyConstraint('authority_id', 'id', name=op.f('pk_photos'))
    )
    op.create_index('ix_photos_ticket', 'photos', ['authority_id', 'ticket_id'], unique=False)
    op.create_table('places',
    sa.Column('authority_id', sa.SmallInteger(), nullable=False),
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('name', postgresql.JSONB(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('lon', sa.Double(), nullable=False),
    sa.Column('lat', sa.Double(), nullable=False),
    sa.Column('precision_m', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['authority_id'], ['authorities.id'], name=op.f('fk_places_authority_id')),
    sa.PrimaryKeyConstraint('authority_id', 'id', name=op.f('pk_places'))
    )
    op.create_table('remarks',
    sa.Column('authority_id', sa.SmallInteger(), nullable=False),
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('ticket_id', sa.BigInteger(), nullable=False),
    sa.Column('seq', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('is_internal', sa.Boolean(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('actor_kind', sa.Text(), nullable=False),
    sa.Column('actor_id', sa.BigInteger(), nullable=True),
    sa.CheckConstraint("kind IN ('note', 'question', 'answer', 'remark', 'reason', 'reply')", name=op.f('ck_remarks_kind')),
    sa.ForeignKeyConstraint(['authority_id', 'ticket_id'], ['tickets.authority_id', 'tickets.id'], name=op.f('fk_remarks_authority_id_ticket_id')),
    sa.PrimaryKeyConstraint('authority_id', 'id', name=op.f('pk_remarks'))
    )
    op.create_index('ix_remarks_ticket', 'remarks', ['authority_id', 'ticket_id'], unique=False)
    op.create_table('reports',
    sa.Column('authority_id', sa.SmallInteger(), nullable=False),
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('ticket_id', sa.BigInteger(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('channel', sa.Text(), nullable=False),
    sa.Column('service_code', sa.Text(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('answers', postgresql.JSONB(), nullable=False),
    sa.Column('place', postgresql.JSONB(), nullable=False),
    sa.Column('lon', sa.Double(), nullable=True),
    sa.Column('lat', sa.Double(), nullable=True),
    sa.Column('locale', sa.Text(), nullable=False),
    sa.Column('resident_id', sa.BigInteger(), nullable=True),
    sa.Column('staff_id', sa.BigInteger(), nullable=True),
    sa.Column('api_key_id', sa.BigInteger(), nullable=True),
    sa.Column('submission_key', sa.Text(), nullable=False),
    sa.Column('content_hash', sa.LargeBinary(), nullable=False),
    sa.CheckConstraint("channel IN ('web', 'phone', 'walk_in', 'open311', 'sms', 'whatsapp')", name=op.f('ck_reports_channel')),
    sa.ForeignKeyConstraint(['authority_id', 'ticket_id'], ['tickets.authority_id', 'tickets.id'], name=op.f('fk_reports_authority_id_ticket_id')),
    sa.PrimaryKeyConstraint('authority_id', 'id', name=op.f('pk_reports')),
    sa.UniqueConstraint('authority_id', 'submission_key', name=op.f('uq_reports_authority_id_submission_key'))
    )
    op.create_index('ix_reports_ticket', 'reports', ['authority_id', 'ticket_id'], unique=False)
    op.create_table('residents',
    sa.Column('authority_id', sa.SmallInteger(), nullable=False),
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('phone', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('locale', sa.Text(), nullable=False),
    sa.Column('channel', sa.Text(), nullable=False),
    sa.Column('stopped', sa.ARRAY(sa.Text()), nullable=False),
    sa.Column('last_inbound_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['authority_id'], ['authorities.id'], name=op.f('fk_residents_authority_id')),
    sa.PrimaryKeyConstraint('authority_id', 'id', name=op.f('pk_residents')),
    sa.UniqueConstraint('authority_id', 'phone', name=op.f('uq_residents_authority_id_phone'))
    )
    op.create_table('routes',
    sa.Column('authority_id', sa.SmallInteger(), nullable=False),
    sa.Column('ticket_id', sa.BigInteger(), nullable=False),
    sa.Column('round', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('method', sa.Text(), nullable=False),
    sa.Column('centre_id', sa.BigInteger(), nullable=True),
    sa.Column('area_code', sa.Text(), nullable=True),
    sa.Column('area_id', sa.BigInteger(), nullable=True),
    sa.Column('handler_kind', sa.Text(), nullable=False),
    sa.Column('unit_id', sa.BigInteger(), nullable=True),
    sa.Column('why', postgresql.JSONB(), nullable=False),
    sa.CheckConstraint("method IN ('pin', 'address', 'street', 'place', 'triage', 'outside', 'chosen')", name=op.f('ck_routes_method')),
    sa.ForeignKeyConstraint(['authority_id', 'ticket_id'], ['tickets.authority_id', 'tickets.id'], name=op.f('fk_routes_authority_id_ticket_id')),
    sa.PrimaryKeyConstraint('authority_id', 'ticket_id', 'round', name=op.f('pk_routes'))
    )
    op.create_table('service_groups',
    sa.Column('authority_id', sa.SmallInteger(), nullable=False),
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('name', postgresql.JSONB(), nullable=False),
    sa.Column('examples', postgresql.JSONB(), nullable=False),
    sa.Column('icon', sa.Text(), nullable=False),
    sa.Column('sort', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['authority_id'], ['authorities.id'], name=op.f('fk_service_groups_authority_id')),
    sa.PrimaryKeyConstraint('authority_id', 'code', name=op.f('pk_service_groups'))
    )
    op.create_table('slas',
    sa.Column('authority_id', sa.SmallInteger(), nullable=False),
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('service_code', sa.Text(), nullable=False),
    sa.Column('acknowledge_minutes', sa.Integer(), nullable=False),
    sa.Column('make_safe_minutes', sa.Integer(), nullable=True),
    sa.Column('resolve_minutes', sa.Integer(), nullable=False),
    sa.Column('reopened_minutes', sa.Integer(), nullable=False),
    sa.Column('calendar_code', sa.Text(), nullable=False),
    sa.Column('source', sa.Text(), nullable=False),
    sa.Column('valid_from', sa.Date(), nullable=False),
    sa.Column('valid_to', sa.Date(), nullable=True),
    sa.ForeignKeyConstraint(['authority_id'], ['authorities.id'], name=op.f('fk_slas_authority_id')),
    sa.PrimaryKeyConstraint('authority_id', 'id', name=op.f('pk_slas'))
    )
    op.create_index('uq_slas_in_force', 'slas', ['authority_id', 'service_code'], unique=True, postgresql_where=sa.text('valid_to IS NULL'))
    op.create_table('staff',
    sa.Column('authority_id', sa.SmallInteger(), nullable=False),
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('email', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('password_hash', sa.Text(), nullable=False),
    sa.Column('locale', sa.Text(), nullable=False),
    sa.Column('is_active', sa.Boolean(), nullable=False),
    sa.Column('failed_logins', sa.Integer(), nullable=False),
    sa.Column('locked_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['authority_id'], ['authorities.id'], name=op.f('fk_staff_authority_id')),
    sa.PrimaryKeyConstraint('authority_id', 'id', name=op.f('pk_staff')),
    sa.UniqueConstraint('authority_id', 'email', name=op.f('uq_staff_authority_id_email'))
    )
    op.create_table('streets',
    sa.Column('authority_id', sa.SmallInteger(), nullable=False),
    sa.Column('code', sa.Integer(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('spellings', sa.ARRAY(sa.Text()), nullable=False),
    sa.ForeignKeyConstraint(['authority_id'], ['authorities.id'], name=op.f('fk_streets_authority_id')),
    sa.PrimaryKeyConstraint('authority_id', 'code', name=op.f('pk_streets'))
    )
    op.create_table('ticket_events',
    sa.Column('authority_id', sa.SmallInteger(), nullable=False),
    sa.Column('ticket_id', sa.BigInteger(), nullable=False),
    sa.Column('seq', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('actor_kind', sa.Text(), nullable=False),
    sa.Column('actor_id', sa.BigInteger(), nullable=True),
    sa.Column('status', sa.Text(), nullable=False),
    sa.Column('holder_kind', sa.Text(), nullable=False),
    sa.Column('holder_id', sa.BigInteger(), nullable=True),
    sa.Column('data', postgresql.JSONB(), nullable=False),
    sa.Column('hash', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['authority_id', 'ticket_id'], ['tickets.authority_id', 'tickets.id'], name=op.f('fk_ticket_events_authority_id_ticket_id')),
    sa.PrimaryKeyConstraint('authority_id', 'ticket_id', 'seq', name=op.f('pk_ticket_events'))
    )
    op.create_index('ix_ticket_events_at', 'ticket_events', ['authority_id', 'at'], unique=False)
    op.create_table('units',
    sa.Column('authority_id', sa.SmallInteger(), nullable=False),
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('name', postgresql.JSONB(), nullable=False),
    sa.Column('phone', sa.Text(), nullable=True),
    sa.CheckConstraint("kind IN ('unit', 'contractor', 'outside')", name=op.f('ck_units_kind')),
    sa.ForeignKeyConstraint(['authority_id'], ['authorities.id'], name=op.f('fk_units_authority_id')),
    sa.PrimaryKeyConstraint('authority_id', 'id', name=op.f('pk_units')),
    sa.UniqueConstraint('authority_id', 'code', name=op.f('uq_units_authority_id_code'))
    )
    op.create_table('areas',
    sa.Column('authority_id', sa.SmallInteger(), nullable=False),
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('centre_id', sa.BigInteger(), nullable=True),
    sa.Column('name', postgresql.JSONB(), nullable=False),
    sa.Column('geometry', postgresql.JSONB(), nullable=False),
    sa.Column('residents', sa.Integer(), nullable=True),
    sa.Column('valid_from', sa.Date(), nullable=False),
    sa.Column('valid_to', sa.Date(), nullable=True),
    sa.CheckConstraint("kind IN ('centre', 'boundary')", name=op.f('ck_areas_kind')),
    sa.ForeignKeyConstraint(['authority_id', 'centre_id'], ['centres.authority_id', 'centres.id'], name=op.f('fk_areas_authority_id_centre_id')),
    sa.ForeignKeyConstraint(['authority_id'], ['authorities.id'], name=op.f('fk_areas_authority_id')),
    sa.PrimaryKeyConstraint('authority_id', 'id', name=op.f('pk_areas'))
    )
    op.create_table('attempts',
    sa.Column('authority_id', sa.SmallInteger(), nullable=False),
    sa.Column('token', sa.Text(), nullable=False),
    sa.Column('message_id', sa.BigInteger(), nullable=False),
    sa.Column('number', sa.SmallInteger(), nullable=False),
    sa.Column('claimed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('settled_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('outcome', sa.Text(), nullable=True),
    sa.Column('provider_id', sa.Text(), nullable=True),
    sa.Column('error_code', sa.Text(), nullable=True),
    sa.ForeignKeyConstraint(['authority_id', 'message_id'], ['messages.authority_id', 'messages.id'], name=op.f('fk_attempts_authority_id_message_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['authority_id'], ['authorities.id'], name=op.f('fk_attempts_authority_id')),
    sa.PrimaryKeyConstraint('authority_id', 'token', name=op.f('pk_attempts'))
    )
    op.create_index('ix_attempts_message', 'attempts', ['authority_id', 'message_id'], unique=False)
    op.create_table('handler_rules',
    sa.Column('authority_id', sa.SmallInteger(), nullable=False),
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('domain', sa.Text(), nullable=False),
    sa.Column('area_code', sa.Text(), nullable=True),
    sa.Column('unit_id', sa.BigInteger(), nullable=False),
    sa.Column('valid_from', sa.Date(), nullable=False),
    sa.Column('valid_to', sa.Date(), nullable=True),
    sa.ForeignKeyConstraint(['authority_id', 'unit_id'], ['units.authority_id', 'units.id'], name=op.f('fk_handler_rules_authority_id_unit_id')),
    sa.ForeignKeyConstraint(['authority_id'], ['authorities.id'], name=op.f('fk_handler_rules_authority_id')),
    sa.PrimaryKeyConstraint('authority_id', 'id', name=op.f('pk_handler_rules'))
    )
    op.create_table('memberships',
    sa.Column('authority_id', sa.SmallInteger(), nullable=False),
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('staff_id', sa.BigInteger(), nullable=False),
    sa.Column('role', sa.Text(), nullable=False),
    sa.Column('centre_id', sa.BigInteger(), nullable=True),
    sa.Column('unit_id', sa.BigInteger(), nullable=True),
    sa.CheckConstraint("role IN ('clerk', 'manager', 'unit', 'contractor', 'mayor', 'admin')", name=op.f('ck_memberships_role')),
    sa.ForeignKeyConstraint(['authority_id', 'centre_id'], ['centres.authority_id', 'centres.id'], name=op.f('fk_memberships_authority_id_centre_id')),
    sa.ForeignKeyConstraint(['authority_id', 'staff_id'], ['staff.authority_id', 'staff.id'], name=op.f('fk_memberships_authority_id_staff_id')),
    sa.ForeignKeyConstraint(['authority_id', 'unit_id'], ['units.authority_id', 'units.id'], name=op.f('fk_memberships_authority_id_unit_id')),
    sa.ForeignKeyConstraint(['authority_id'], ['authorities.id'], name=op.f('fk_memberships_authority_id')),
    sa.PrimaryKeyConstraint('authority_id', 'id', name=op.f('pk_memberships'))
    )
    op.create_table('service_types',
    sa.Column('authority_id', sa.SmallInteger(), nullable=False),
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('group_code', sa.Text(), nullable=False),
    sa.Column('name', postgresql.JSONB(), nullable=False),
    sa.Column('description', postgresql.JSONB(), nullable=False),
    sa.Column('keywords', postgresql.JSONB(), nullable=False),
    sa.Column('questions', postgresql.JSONB(), nullable=False),
    sa.Column('icon', sa.Text(), nullable=False),
    sa.Column('is_hazard', sa.Boolean(), nullable=False),
    sa.Column('is_sensitive', sa.Boolean(), nullable=False),
    sa.Column('is_public', sa.Boolean(), nullable=False),
    sa.Column('needs_place', sa.Boolean(), nullable=False),
    sa.Column('known_radius_m', sa.Integer(), nullable=False),
    sa.Column('handler_kind', sa.Text(), nullable=False),
    sa.Column('unit_code', sa.Text(), nullable=True),
    sa.Column('contractor_domain', sa.Text(), nullable=True),
    sa.Column('sort', sa.Integer(), nullable=False),
    sa.Column('valid_from', sa.Date(), nullable=False),
    sa.Column('valid_to', sa.Date(), nullable=True),
    sa.CheckConstraint("handler_kind IN ('centre', 'unit', 'contractor', 'outside')", name=op.f('ck_service_types_handler_kind')),
    sa.ForeignKeyConstraint(['authority_id', 'group_code'], ['service_groups.authority_id', 'service_groups.code'], name=op.f('fk_service_types_authority_id_group_code')),
    sa.ForeignKeyConstraint(['authority_id'], ['authorities.id'], name=op.f('fk_service_types_authority_id')),
    sa.PrimaryKeyConstraint('authority_id', 'id', name=op.f('pk_service_types'))
    )
    op.create_index('uq_service_types_in_force', 'service_types', ['authority_id', 'code'], unique=True, postgresql_where='valid_to IS NULL')
    op.create_table('staff_sessions',
    sa.Column('authority_id', sa.SmallInteger(), nullable=False),
    sa.Column('token_hash', sa.LargeBinary(), nullable=False),
    sa.Column('staff_id', sa.BigInteger(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('last_seen_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['authority_id', 'staff_id'], ['staff.authority_id', 'staff.id'], name=op.f('fk_staff_sessions_authority_id_staff_id')),
    sa.ForeignKeyConstraint(['authority_id'], ['authorities.id'], name=op.f('fk_staff_sessions_authority_id')),
    sa.PrimaryKeyConstraint('authority_id', 'token_hash', name=op.f('pk_staff_sessions'))
    )
    op.create_table('street_points',
    sa.Column('authority_id', sa.SmallInteger(), nullable=False),
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('street_code', sa.Integer(), nullable=False),
    sa.Column('house_no', sa.Integer(), nullable=True),
    sa.Column('lon', sa.Double(), nullable=False),
    sa.Column('lat', sa.Double(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('source', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['authority_id', 'street_code'], ['streets.authority_id', 'streets.code'], name=op.f('fk_street_points_authority_id_street_code')),
    sa.ForeignKeyConstraint(['authority_id'], ['authorities.id'], name=op.f('fk_street_points_authority_id')),
    sa.PrimaryKeyConstraint('authority_id', 'id', name=op.f('pk_street_points'))
    )
