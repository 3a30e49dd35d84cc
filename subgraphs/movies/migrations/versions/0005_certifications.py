"""Films of one certification come from an index in each order that lists have."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

SHOWN = sa.text("retired_at IS NULL")


def upgrade() -> None:
    """Indexes the certifications' films by release and by length; by name they are."""
    for order in ("release", "runtime"):
        op.create_index(
            f"ix_movies_by_certification_and_{order}",
            "movies",
            ["certification", f"{order}_key", "id"],
            postgresql_where=SHOWN,
            sqlite_where=SHOWN,
        )


def downgrade() -> None:
    """Drops the indexes."""
    for order in ("runtime", "release"):
        op.drop_index(f"ix_movies_by_certification_and_{order}", table_name="movies")
