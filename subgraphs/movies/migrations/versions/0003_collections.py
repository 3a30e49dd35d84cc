"""Collections have versions, so that two clerks who rename one are told of each other."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
FORGETS = {"collections.version": "how often collections were renamed"}


def upgrade() -> None:
    """Gives every collection its first version."""
    op.add_column("collections", sa.Column("version", sa.Integer(), nullable=False, server_default="1"))


def downgrade() -> None:
    """Forgets the versions."""
    op.drop_column("collections", "version")
