"""Figures: cases as counted, their daily sums, and what is made of them; field visits; changes tried before they are made.

Revision ID: 0004
Revises: 0003
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Text  # noqa: F401 - named by the column types below
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TENANT_TABLES = (
    "alert_rules",
    "alerts",
    "booklet_readers",
    "booklets",
    "commitment_events",
    "commitments",
    "figures_cases",
    "figures_contractors",
    "figures_days",
    "figures_expected",
    "figures_now",
    "figures_orders",
    "figures_spreads",
    "figures_state",
    "hot_spots",
    "letters",
    "proposals",
    "uncounted",
    "visits",
)
#: never updated, never deleted by the application
APPEND_ONLY = ("booklets", "commitment_events", "uncounted")
#: rows the application may delete: what can be made again, has been counted, or was let go of
DELETABLE = (
    "booklet_readers",
    "figures_cases",
    "figures_contractors",
    "figures_days",
    "figures_expected",
    "figures_now",
    "figures_orders",
    "figures_spreads",
    "hot_spots",
    "uncounted",
)


def upgrade() -> None:
    """Make the tables, their isolation and grants; what happened before is counted by a rebuild."""
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


def downgrade() -> None:
    """Take them away again: figures can be made anew, visits and proposals are lost."""
    op.drop_table('commitment_events')
    op.drop_index('ix_commitments_visit', table_name='commitments')
    op.drop_index('ix_commitments_ticket', table_name='commitments', postgresql_where=sa.text('ticket_id IS NOT NULL'))
    op.drop_index('ix_commitments_open', table_name='commitments', postgresql_where=sa.text("state = 'open'"))
    op.drop_table('commitments')
    op.drop_index('ix_visits_at', table_name='visits')
    op.drop_table('visits')
    op.drop_table('uncounted')
    op.drop_table('proposals')
    op.drop_index('ix_letters_due', table_name='letters', postgresql_where=sa.text('sent_at IS NULL'))
    op.drop_table('letters')
    op.drop_table('hot_spots')
    op.drop_table('figures_state')
    op.drop_table('figures_spreads')
    op.drop_index('ix_figures_orders_unit', table_name='figures_orders')
    op.drop_index('ix_figures_orders_ticket', table_name='figures_orders')
    op.drop_table('figures_orders')
    op.drop_table('figures_now')
    op.drop_table('figures_expected')
    op.drop_table('figures_days')
    op.drop_table('figures_contractors')
    op.drop_index('ix_figures_cases_place', table_name='figures_cases', postgresql_where=sa.text('place_cell IS NOT NULL'))
    op.drop_index('ix_figures_cases_opened', table_name='figures_cases')
    op.drop_index('ix_figures_cases_due', table_name='figures_cases')
    op.drop_index('ix_figures_cases_done', table_name='figures_cases')
    op.drop_table('figures_cases')
    op.drop_table('booklets')
    op.drop_table('booklet_readers')
    op.drop_index('ix_alerts_untold', table_name='alerts', postgresql_where=sa.text('told_at IS NULL'))
    op.drop_index('ix_alerts_day', table_name='alerts')
    op.drop_table('alerts')
    op.drop_table('alert_rules')


def _tables() -> None:
    op.create_table('alert_rules',
    sa.Column('authority_id', sa.SmallInteger(), nullable=False),
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('measure', sa.Text(), nullable=False),
    sa.Column('centre_id', sa.BigInteger(), nullable=True),
    sa.Column('service_code', sa.Text(), nullable=True),
    sa.Column('limit_value', sa.Double(), nullable=False),
    sa.Column('is_above', sa.Boolean(), nullable=False),
    sa.Column('days', sa.SmallInteger(), nullable=False),
    sa.Column('is_active', sa.Boolean(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('created_by', sa.BigInteger(), nullable=True),
    sa.CheckConstraint("kind IN ('threshold', 'change')", name=op.f('ck_alert_rules_kind')),
    sa.PrimaryKeyConstraint('authority_id', 'id', name=op.f('pk_alert_rules'))
    )
    op.create_table('alerts',
    sa.Column('authority_id', sa.SmallInteger(), nullable=False),
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('rule_id', sa.BigInteger(), nullable=False),
    sa.Column('centre_id', sa.BigInteger(), nullable=False),
    sa.Column('service_code', sa.Text(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('found', postgresql.JSONB(astext_type=Text()), nullable=False),
    sa.Column('told_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('authority_id', 'id', name=op.f('pk_alerts')),
    sa.UniqueConstraint('authority_id', 'rule_id', 'centre_id', 'service_code', 'day', name=op.f('uq_alerts_authority_id_rule_id_centre_id_service_code_day'))
    )
    op.create_index('ix_alerts_day', 'alerts', ['authority_id', 'day'], unique=False)
    op.create_index('ix_alerts_untold', 'alerts', ['authority_id', 'id'], unique=False, postgresql_where=sa.text('told_at IS NULL'))
    op.create_table('booklet_readers',
    sa.Column('authority_id', sa.SmallInteger(), nullable=False),
    sa.Column('staff_id', sa.BigInteger(), nullable=False),
    sa.Column('centre_id', sa.BigInteger(), nullable=False),
    sa.Column('since', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('authority_id', 'staff_id', 'centre_id', name=op.f('pk_booklet_readers'))
    )
    op.create_table('booklets',
    sa.Column('authority_id', sa.SmallInteger(), nullable=False),
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('centre_id', sa.BigInteger(), nullable=False),
    sa.Column('month', sa.Date(), nullable=False),
    sa.Column('edition', sa.SmallInteger(), nullable=False),
    sa.Column('content', postgresql.JSONB(astext_type=Text()), nullable=False),
    sa.Column('content_hash', sa.LargeBinary(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('made_by', sa.BigInteger(), nullable=True),
    sa.PrimaryKeyConstraint('authority_id', 'id', name=op.f('pk_booklets')),
    sa.UniqueConstraint('authority_id', 'centre_id', 'month', 'edition', name=op.f('uq_booklets_authority_id_centre_id_month_edition'))
    )
    op.create_table('figures_cases',
    sa.Column('authority_id', sa.SmallInteger(), nullable=False),
    sa.Column('ticket_id', sa.BigInteger(), nullable=False),
    sa.Column('round', sa.SmallInteger(), nullable=False),
    sa.Column('centre_id', sa.BigInteger(), nullable=False),
    sa.Column('area_code', sa.Text(), nullable=True),
    sa.Column('service_code', sa.Text(), nullable=False),
    sa.Column('handler_kind', sa.Text(), nullable=False),
    sa.Column('unit_id', sa.BigInteger(), nullable=True),
    sa.Column('is_open', sa.Boolean(), nullable=False),
    sa.Column('is_hazard', sa.Boolean(), nullable=False),
    sa.Column('is_sensitive', sa.Boolean(), nullable=False),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('opened_day', sa.Date(), nullable=True),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('calendar_id', sa.BigInteger(), nullable=True),
    sa.Column('promised_minutes', sa.Integer(), nullable=True),
    sa.Column('due_day', sa.Date(), nullable=True),
    sa.Column('is_met', sa.Boolean(), nullable=False),
    sa.Column('is_late', sa.Boolean(), nullable=False),
    sa.Column('breached_day', sa.Date(), nullable=True),
    sa.Column('done_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('done_day', sa.Date(), nullable=True),
    sa.Column('took_minutes', sa.Integer(), nullable=True),
    sa.Column('over_minutes', sa.Integer(), nullable=True),
    sa.Column('came_back', sa.Boolean(), nullable=False),
    sa.Column('said', sa.Text(), nullable=True),
    sa.Column('answered_day', sa.Date(), nullable=True),
    sa.Column('answer_minutes', sa.Integer(), nullable=True),
    sa.Column('ended_day', sa.Date(), nullable=True),
    sa.Column('without_work', sa.Boolean(), nullable=False),
    sa.Column('is_repeat', sa.Boolean(), nullable=False),
    sa.Column('held_centre', sa.BigInteger(), nullable=False),
    sa.Column('held_unit', sa.BigInteger(), nullable=False),
    sa.Column('held_contractor', sa.BigInteger(), nullable=False),
    sa.Column('held_outside', sa.BigInteger(), nullable=False),
    sa.Column('held_resident', sa.BigInteger(), nullable=False),
    sa.Column('told_half_minutes', sa.Integer(), nullable=True),
    sa.Column('told_most_minutes', sa.Integer(), nullable=True),
    sa.Column('lon', sa.Double(), nullable=True),
    sa.Column('lat', sa.Double(), nullable=True),
    sa.Column('place_cell', sa.BigInteger(), nullable=True),
    sa.PrimaryKeyConstraint('authority_id', 'ticket_id', 'round', name=op.f('pk_figures_cases'))
    )
    op.create_index('ix_figures_cases_done', 'figures_cases', ['authority_id', 'done_at', 'ticket_id', 'round'], unique=False, postgresql_where=sa.text('done_at IS NOT NULL'))
    op.create_index('ix_figures_cases_breached', 'figures_cases', ['authority_id', 'breached_day', 'ticket_id', 'round'], unique=False, postgresql_where=sa.text('breached_day IS NOT NULL'))
    op.create_index('ix_figures_cases_answered', 'figures_cases', ['authority_id', 'answered_day', 'ticket_id', 'round'], unique=False, postgresql_where=sa.text('answered_day IS NOT NULL'))
    op.create_index('ix_figures_cases_ended', 'figures_cases', ['authority_id', 'ended_day', 'ticket_id', 'round'], unique=False, postgresql_where=sa.text('ended_day IS NOT NULL'))
    op.create_index('ix_figures_cases_open', 'figures_cases', ['authority_id', 'opened_at', 'ticket_id', 'round'], unique=False, postgresql_where=sa.text('is_open'))
    op.create_index('ix_figures_cases_late', 'figures_cases', ['authority_id', 'due_at', 'ticket_id', 'round'], unique=False, postgresql_where=sa.text('is_late'))
    op.create_index('ix_figures_cases_due', 'figures_cases', ['authority_id', 'due_at', 'ticket_id', 'round'], unique=False)
    op.create_index('ix_figures_cases_opened', 'figures_cases', ['authority_id', 'opened_at', 'ticket_id', 'round'], unique=False)
    op.create_index('ix_figures_cases_place', 'figures_cases', ['authority_id', 'place_cell', 'service_code', 'opened_at'], unique=False, postgresql_where=sa.text('place_cell IS NOT NULL'))
    op.create_table('figures_contractors',
    sa.Column('authority_id', sa.SmallInteger(), nullable=False),
    sa.Column('unit_id', sa.BigInteger(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('issued', sa.Integer(), nullable=False),
    sa.Column('refused', sa.Integer(), nullable=False),
    sa.Column('repeats', sa.Integer(), nullable=False),
    sa.Column('due', sa.Integer(), nullable=False),
    sa.Column('met', sa.Integer(), nullable=False),
    sa.Column('done', sa.Integer(), nullable=False),
    sa.Column('failed', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('authority_id', 'unit_id', 'day', name=op.f('pk_figures_contractors'))
    )
    op.create_table('figures_days',
    sa.Column('authority_id', sa.SmallInteger(), nullable=False),
    sa.Column('service_code', sa.Text(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('centre_id', sa.BigInteger(), nullable=False),
    sa.Column('received', sa.Integer(), nullable=False),
    sa.Column('hazards', sa.Integer(), nullable=False),
    sa.Column('repeats', sa.Integer(), nullable=False),
    sa.Column('due', sa.Integer(), nullable=False),
    sa.Column('met', sa.Integer(), nullable=False),
    sa.Column('breached', sa.Integer(), nullable=False),
    sa.Column('done', sa.Integer(), nullable=False),
    sa.Column('came_back', sa.Integer(), nullable=False),
    sa.Column('said_yes', sa.Integer(), nullable=False),
    sa.Column('said_no', sa.Integer(), nullable=False),
    sa.Column('held_centre', sa.BigInteger(), nullable=False),
    sa.Column('held_unit', sa.BigInteger(), nullable=False),
    sa.Column('held_contractor', sa.BigInteger(), nullable=False),
    sa.Column('held_outside', sa.BigInteger(), nullable=False),
    sa.Column('held_resident', sa.BigInteger(), nullable=False),
    sa.Column('answered', sa.Integer(), nullable=False),
    sa.Column('ended', sa.Integer(), nullable=False),
    sa.Column('without_work', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('authority_id', 'service_code', 'day', 'centre_id', name=op.f('pk_figures_days'))
    )
    op.create_table('figures_expected',
    sa.Column('authority_id', sa.SmallInteger(), nullable=False),
    sa.Column('service_code', sa.Text(), nullable=False),
    sa.Column('centre_id', sa.BigInteger(), nullable=False),
    sa.Column('half_minutes', sa.Integer(), nullable=True),
    sa.Column('most_minutes', sa.Integer(), nullable=True),
    sa.Column('half_low', sa.Integer(), nullable=True),
    sa.Column('half_high', sa.Integer(), nullable=True),
    sa.Column('most_low', sa.Integer(), nullable=True),
    sa.Column('most_high', sa.Integer(), nullable=True),
    sa.Column('cases', sa.Integer(), nullable=False),
    sa.Column('still_open', sa.Integer(), nullable=False),
    sa.Column('curve', postgresql.JSONB(astext_type=Text()), nullable=False),
    sa.Column('back_test', postgresql.JSONB(astext_type=Text()), nullable=False),
    sa.Column('kept', postgresql.JSONB(astext_type=Text()), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('authority_id', 'service_code', 'centre_id', name=op.f('pk_figures_expected'))
    )
    op.create_table('figures_now',
    sa.Column('authority_id', sa.SmallInteger(), nullable=False),
    sa.Column('service_code', sa.Text(), nullable=False),
    sa.Column('centre_id', sa.BigInteger(), nullable=False),
    sa.Column('open', sa.Integer(), nullable=False),
    sa.Column('late', sa.Integer(), nullable=False),
    sa.Column('hazards', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('authority_id', 'service_code', 'centre_id', name=op.f('pk_figures_now'))
    )
    op.create_table('figures_orders',
    sa.Column('authority_id', sa.SmallInteger(), nullable=False),
    sa.Column('order_id', sa.BigInteger(), nullable=False),
    sa.Column('ticket_id', sa.BigInteger(), nullable=False),
    sa.Column('unit_id', sa.BigInteger(), nullable=False),
    sa.Column('service_code', sa.Text(), nullable=False),
    sa.Column('area_code', sa.Text(), nullable=True),
    sa.Column('issued_day', sa.Date(), nullable=False),
    sa.Column('due_day', sa.Date(), nullable=True),
    sa.Column('is_met', sa.Boolean(), nullable=False),
    sa.Column('done_day', sa.Date(), nullable=True),
    sa.Column('took_minutes', sa.Integer(), nullable=True),
    sa.Column('failed', sa.SmallInteger(), nullable=False),
    sa.Column('is_refused', sa.Boolean(), nullable=False),
    sa.Column('is_repeat', sa.Boolean(), nullable=False),
    sa.Column('is_open', sa.Boolean(), nullable=False),
    sa.PrimaryKeyConstraint('authority_id', 'order_id', name=op.f('pk_figures_orders'))
    )
    op.create_index('ix_figures_orders_ticket', 'figures_orders', ['authority_id', 'ticket_id'], unique=False)
    op.create_index('ix_figures_orders_unit', 'figures_orders', ['authority_id', 'unit_id', 'issued_day'], unique=False)
    op.create_table('figures_spreads',
    sa.Column('authority_id', sa.SmallInteger(), nullable=False),
    sa.Column('measure', sa.Text(), nullable=False),
    sa.Column('span', sa.Text(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('centre_id', sa.BigInteger(), nullable=False),
    sa.Column('steps', sa.LargeBinary(), nullable=False),
    sa.CheckConstraint("measure IN ('resolve', 'answer', 'over')", name=op.f('ck_figures_spreads_measure')),
    sa.CheckConstraint("span IN ('day', 'month')", name=op.f('ck_figures_spreads_span')),
    sa.PrimaryKeyConstraint('authority_id', 'measure', 'span', 'day', 'centre_id', name=op.f('pk_figures_spreads'))
    )
    op.create_table('figures_state',
    sa.Column('authority_id', sa.SmallInteger(), nullable=False),
    sa.Column('counted_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('rebuilt_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('definitions', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('authority_id', name=op.f('pk_figures_state'))
    )
    op.create_table('hot_spots',
    sa.Column('authority_id', sa.SmallInteger(), nullable=False),
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('service_code', sa.Text(), nullable=False),
    sa.Column('centre_id', sa.BigInteger(), nullable=False),
    sa.Column('street', sa.Text(), nullable=False),
    sa.Column('lon', sa.Double(), nullable=False),
    sa.Column('lat', sa.Double(), nullable=False),
    sa.Column('radius_m', sa.Double(), nullable=False),
    sa.Column('cases', sa.Integer(), nullable=False),
    sa.Column('expected', sa.Double(), nullable=False),
    sa.Column('false_share', sa.Double(), nullable=False),
    sa.Column('first_day', sa.Date(), nullable=False),
    sa.Column('last_day', sa.Date(), nullable=False),
    sa.Column('weeks', postgresql.JSONB(astext_type=Text()), nullable=False),
    sa.Column('ticket_ids', postgresql.JSONB(astext_type=Text()), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('authority_id', 'id', name=op.f('pk_hot_spots'))
    )
    op.create_table('letters',
    sa.Column('authority_id', sa.SmallInteger(), nullable=False),
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('staff_id', sa.BigInteger(), nullable=False),
    sa.Column('booklet_id', sa.BigInteger(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('next_try_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('tries', sa.SmallInteger(), nullable=False),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('trouble', sa.Text(), nullable=True),
    sa.PrimaryKeyConstraint('authority_id', 'id', name=op.f('pk_letters')),
    sa.UniqueConstraint('authority_id', 'staff_id', 'booklet_id', name=op.f('uq_letters_authority_id_staff_id_booklet_id'))
    )
    op.create_index('ix_letters_due', 'letters', ['authority_id', 'next_try_at'], unique=False, postgresql_where=sa.text('sent_at IS NULL'))
    op.create_table('proposals',
    sa.Column('authority_id', sa.SmallInteger(), nullable=False),
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('content', postgresql.JSONB(astext_type=Text()), nullable=False),
    sa.Column('result', postgresql.JSONB(astext_type=Text()), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('created_by', sa.BigInteger(), nullable=False),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('decided_by', sa.BigInteger(), nullable=True),
    sa.Column('valid_from', sa.Date(), nullable=True),
    sa.Column('submission_key', sa.Text(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("kind IN ('boundary', 'sla', 'hours', 'contract_area')", name=op.f('ck_proposals_kind')),
    sa.CheckConstraint("state IN ('draft', 'agreed', 'applied', 'dropped')", name=op.f('ck_proposals_state')),
    sa.PrimaryKeyConstraint('authority_id', 'id', name=op.f('pk_proposals')),
    sa.UniqueConstraint('authority_id', 'submission_key', name=op.f('uq_proposals_authority_id_submission_key'))
    )
    op.create_table('uncounted',
    sa.Column('authority_id', sa.SmallInteger(), nullable=False),
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('ticket_id', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('authority_id', 'id', name=op.f('pk_uncounted'))
    )
    op.create_table('visits',
    sa.Column('authority_id', sa.SmallInteger(), nullable=False),
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('centre_id', sa.BigInteger(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('place', sa.Text(), nullable=False),
    sa.Column('lon', sa.Double(), nullable=True),
    sa.Column('lat', sa.Double(), nullable=True),
    sa.Column('words', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('is_public', sa.Boolean(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('created_by', sa.BigInteger(), nullable=False),
    sa.Column('submission_key', sa.Text(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("state IN ('planned', 'held', 'cancelled')", name=op.f('ck_visits_state')),
    sa.ForeignKeyConstraint(['authority_id', 'centre_id'], ['centres.authority_id', 'centres.id'], name=op.f('fk_visits_authority_id_centre_id')),
    sa.PrimaryKeyConstraint('authority_id', 'id', name=op.f('pk_visits')),
    sa.UniqueConstraint('authority_id', 'submission_key', name=op.f('uq_visits_authority_id_submission_key'))
    )
    op.create_index('ix_visits_at', 'visits', ['authority_id', 'at'], unique=False)
    op.create_table('commitments',
    sa.Column('authority_id', sa.SmallInteger(), nullable=False),
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('visit_id', sa.BigInteger(), nullable=False),
    sa.Column('centre_id', sa.BigInteger(), nullable=False),
    sa.Column('unit_id', sa.BigInteger(), nullable=True),
    sa.Column('words', sa.Text(), nullable=False),
    sa.Column('to_whom', sa.Text(), nullable=False),
    sa.Column('is_public', sa.Boolean(), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('first_due_on', sa.Date(), nullable=False),
    sa.Column('ticket_id', sa.BigInteger(), nullable=True),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('made_by', sa.BigInteger(), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('submission_key', sa.Text(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("state IN ('open', 'kept', 'not_kept', 'withdrawn')", name=op.f('ck_commitments_state')),
    sa.ForeignKeyConstraint(['authority_id', 'centre_id'], ['centres.authority_id', 'centres.id'], name=op.f('fk_commitments_authority_id_centre_id')),
    sa.ForeignKeyConstraint(['authority_id', 'ticket_id'], ['tickets.authority_id', 'tickets.id'], name=op.f('fk_commitments_authority_id_ticket_id')),
    sa.ForeignKeyConstraint(['authority_id', 'unit_id'], ['units.authority_id', 'units.id'], name=op.f('fk_commitments_authority_id_unit_id')),
    sa.ForeignKeyConstraint(['authority_id', 'visit_id'], ['visits.authority_id', 'visits.id'], name=op.f('fk_commitments_authority_id_visit_id')),
    sa.PrimaryKeyConstraint('authority_id', 'id', name=op.f('pk_commitments')),
    sa.UniqueConstraint('authority_id', 'submission_key', name=op.f('uq_commitments_authority_id_submission_key'))
    )
    op.create_index('ix_commitments_open', 'commitments', ['authority_id', 'due_on'], unique=False, postgresql_where=sa.text("state = 'open'"))
    op.create_index('ix_commitments_ticket', 'commitments', ['authority_id', 'ticket_id'], unique=False, postgresql_where=sa.text('ticket_id IS NOT NULL'))
    op.create_index('ix_commitments_visit', 'commitments', ['authority_id', 'visit_id'], unique=False)
    op.create_table('commitment_events',
    sa.Column('authority_id', sa.SmallInteger(), nullable=False),
    sa.Column('commitment_id', sa.BigInteger(), nullable=False),
    sa.Column('seq', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('staff_id', sa.BigInteger(), nullable=True),
    sa.Column('data', postgresql.JSONB(astext_type=Text()), nullable=False),
    sa.Column('words', sa.Text(), nullable=False),
    sa.CheckConstraint("kind IN ('made', 'moved', 'linked', 'assigned', 'kept', 'not_kept', 'withdrawn', 'reopened')", name=op.f('ck_commitment_events_kind')),
    sa.ForeignKeyConstraint(['authority_id', 'commitment_id'], ['commitments.authority_id', 'commitments.id'], name=op.f('fk_commitment_events_authority_id_commitment_id')),
    sa.PrimaryKeyConstraint('authority_id', 'commitment_id', 'seq', name=op.f('pk_commitment_events'))
    )
