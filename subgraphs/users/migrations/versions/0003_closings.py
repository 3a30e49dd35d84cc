"""An account is closed once the counter has agreed.

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

from subgraphs.common.database import Timestamp

revision = "0003"
down_revision = "0002"
FORGETS = {"closings": "requests to close accounts; who waits for an answer has to ask again"}


def upgrade() -> None:
    op.create_table(
        "closings",
        sa.Column("user_id", sa.String(length=40), nullable=False),
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("requested_at", Timestamp(), nullable=False),
        sa.Column("decided_at", Timestamp(), nullable=True),
        sa.Column("open_rentals", sa.Integer(), nullable=False),
        sa.Column("owed", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="fk_closings_user_id_users", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", name="pk_closings"),
        sa.UniqueConstraint("id", name="uq_closings_id"),
    )


def downgrade() -> None:
    op.drop_table("closings")
