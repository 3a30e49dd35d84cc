"""A film's release and length stand beside its genres too, so that an index serves a genre in every order."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

KEYS = {
    "release": ("release_key", sa.String(length=10).with_variant(sa.String(10, collation="C"), "postgresql")),
    "runtime": ("runtime_key", sa.Integer()),
}


def upgrade() -> None:
    """Makes the columns, fills them from the films, and indexes them."""
    for key, kind in KEYS.values():
        op.add_column("movie_genres", sa.Column(key, kind, nullable=True))
    op.execute(
        """UPDATE movie_genres
           SET release_key = (SELECT movies.release_key FROM movies WHERE movies.id = movie_genres.movie_id),
               runtime_key = (SELECT movies.runtime_key FROM movies WHERE movies.id = movie_genres.movie_id)"""
    )
    with op.batch_alter_table("movie_genres") as table:
        for key, kind in KEYS.values():
            table.alter_column(key, existing_type=kind, nullable=False)
    for order, (key, _) in KEYS.items():
        op.create_index(f"ix_movie_genres_by_{order}", "movie_genres", ["genre_id", key, "movie_id"])


def downgrade() -> None:
    """Forgets the columns again."""
    for order, (key, _) in KEYS.items():
        op.drop_index(f"ix_movie_genres_by_{order}", table_name="movie_genres")
        op.drop_column("movie_genres", key)
