"""The counter keeps no member's name.

Revision ID: 0003
Revises: 0002
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.drop_column("accounts", "handle")


def downgrade() -> None:
    op.add_column("accounts", sa.Column("handle", sa.String(length=100), nullable=True))
