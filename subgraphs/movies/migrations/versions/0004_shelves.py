"""A film's name key stands beside each of its genres, so that an index serves a genre's films by name."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Makes the column, fills it from the films, and indexes it in place of the genre alone."""
    key = sa.String(length=300).with_variant(sa.String(length=300, collation="C"), "postgresql")
    op.add_column("movie_genres", sa.Column("name_key", key, nullable=True))
    op.execute(
        """UPDATE movie_genres
           SET name_key = (SELECT movies.name_key FROM movies WHERE movies.id = movie_genres.movie_id)"""
    )
    op.drop_index("ix_movie_genres_by_genre", table_name="movie_genres")
    with op.batch_alter_table("movie_genres") as table:
        table.alter_column("name_key", existing_type=key, nullable=False)
    op.create_index("ix_movie_genres_by_name", "movie_genres", ["genre_id", "name_key", "movie_id"])


def downgrade() -> None:
    """Forgets the column again."""
    op.drop_index("ix_movie_genres_by_name", table_name="movie_genres")
    op.create_index("ix_movie_genres_by_genre", "movie_genres", ["genre_id", "movie_id"])
    op.drop_column("movie_genres", "name_key")
