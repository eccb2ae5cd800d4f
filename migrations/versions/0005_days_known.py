"""Days that differ: when each was entered and taken back, so that a promise counts by the days known when it was given.

Revision ID: 0005
Revises: 0004
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Remember both instants. Days entered before count as always known: so they were counted until now."""
    always = sa.text("'1970-01-01 00:00:00+00'")
    op.add_column(
        "calendar_days",
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=always),
    )
    op.alter_column("calendar_days", "created_at", server_default=sa.func.now())
    op.add_column("calendar_days", sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True))
    # What a promise was counted by is neither changed nor deleted: a day may only be ended.
    op.execute("REVOKE UPDATE, DELETE ON calendar_days FROM keshet_app")
    op.execute("GRANT UPDATE (ended_at) ON calendar_days TO keshet_app")


def downgrade() -> None:
    """Forget both. Days that were taken back go, as if they had never been."""
    op.execute("REVOKE UPDATE (ended_at) ON calendar_days FROM keshet_app")
    op.execute("GRANT UPDATE, DELETE ON calendar_days TO keshet_app")
    op.execute("DELETE FROM calendar_days WHERE ended_at IS NOT NULL")
    op.drop_column("calendar_days", "ended_at")
    op.drop_column("calendar_days", "created_at")
