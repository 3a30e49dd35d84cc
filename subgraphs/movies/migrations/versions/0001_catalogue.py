"""The catalogue's first tables."""

import sqlalchemy as sa
from alembic import op

from subgraphs.common.database import Timestamp

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Makes the tables and the search index."""
    op.create_table(
        "collections",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("slug", sa.String(length=200), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_collections"),
        sa.UniqueConstraint("slug", name="uq_collections_slug"),
    )
    op.create_table(
        "genres",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("slug", sa.String(length=100), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_genres"),
        sa.UniqueConstraint("slug", name="uq_genres_slug"),
    )
    op.create_table(
        "idempotency",
        sa.Column("who", sa.String(length=80), nullable=False),
        sa.Column("mutation", sa.String(length=80), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("result", sa.JSON(), nullable=False),
        sa.Column("created_at", Timestamp(), nullable=False),
        sa.PrimaryKeyConstraint("who", "mutation", "key", name="pk_idempotency"),
    )
    op.create_table(
        "inbox",
        sa.Column("message_id", sa.String(length=40), nullable=False),
        sa.Column("received_at", Timestamp(), nullable=False),
        sa.PrimaryKeyConstraint("message_id", name="pk_inbox"),
    )
    op.create_table(
        "outbox",
        sa.Column(
            "sequence",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=80), nullable=False),
        sa.Column("aggregate", sa.String(length=80), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("occurred_at", Timestamp(), nullable=False),
        sa.Column("published_at", Timestamp(), nullable=True),
        sa.PrimaryKeyConstraint("sequence", name="pk_outbox"),
        sa.UniqueConstraint("id", name="uq_outbox_id"),
    )
    op.create_index(
        "ix_outbox_waiting",
        "outbox",
        ["sequence"],
        unique=False,
        postgresql_where=sa.text("published_at IS NULL"),
        sqlite_where=sa.text("published_at IS NULL"),
    )
    op.create_table(
        "people",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("slug", sa.String(length=200), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("name_key", sa.String(length=300), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_people"),
        sa.UniqueConstraint("slug", name="uq_people_slug"),
    )
    op.create_index("ix_people_by_name", "people", ["name_key", "id"], unique=False)
    op.create_table(
        "movies",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("slug", sa.String(length=200), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("original_name", sa.String(length=300), nullable=True),
        sa.Column("synopsis", sa.Text(), nullable=True),
        sa.Column("release_date", sa.Date(), nullable=True),
        sa.Column("release_year", sa.Integer(), nullable=False),
        sa.Column("runtime_minutes", sa.Integer(), nullable=True),
        sa.Column("certification", sa.String(length=10), nullable=False),
        sa.Column("collection_id", sa.String(length=40), nullable=True),
        sa.Column("palette", sa.JSON(), nullable=False),
        sa.Column("layout", sa.Integer(), nullable=False),
        sa.Column("wholesale_minor", sa.Integer(), nullable=True),
        sa.Column("wholesale_currency", sa.String(length=3), nullable=True),
        sa.Column("retired_at", Timestamp(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", Timestamp(), nullable=False),
        sa.Column("updated_at", Timestamp(), nullable=False),
        sa.Column("name_key", sa.String(length=300), nullable=False),
        sa.Column("release_key", sa.String(length=10), nullable=False),
        sa.Column("runtime_key", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "certification IN ('G', 'PG', 'PG_13', 'R', 'NC_17', 'UNRATED')", name="ck_movies_certification"
        ),
        sa.CheckConstraint(
            "(wholesale_minor IS NULL) = (wholesale_currency IS NULL)", name="ck_movies_wholesale_whole"
        ),
        sa.CheckConstraint("runtime_minutes > 0", name="ck_movies_runtime"),
        sa.CheckConstraint("version > 0", name="ck_movies_version"),
        sa.CheckConstraint("wholesale_minor >= 0", name="ck_movies_wholesale"),
        sa.ForeignKeyConstraint(
            ["collection_id"], ["collections.id"], name="fk_movies_collection_id_collections"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_movies"),
        sa.UniqueConstraint("slug", name="uq_movies_slug"),
    )
    op.create_index("ix_movies_by_certification", "movies", ["certification", "name_key", "id"], unique=False)
    op.create_index("ix_movies_by_collection", "movies", ["collection_id", "release_key"], unique=False)
    op.create_index("ix_movies_by_name", "movies", ["name_key", "id"], unique=False)
    op.create_index("ix_movies_by_release", "movies", ["release_key", "id"], unique=False)
    op.create_index("ix_movies_by_runtime", "movies", ["runtime_key", "id"], unique=False)
    op.create_index("ix_movies_by_year", "movies", ["release_year"], unique=False)
    op.create_table(
        "credits",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("movie_id", sa.String(length=40), nullable=False),
        sa.Column("person_id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("character", sa.String(length=300), nullable=True),
        sa.Column("billing", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind IN ('CAST', 'DIRECTOR', 'WRITER')", name="ck_credits_kind"),
        sa.ForeignKeyConstraint(
            ["movie_id"], ["movies.id"], name="fk_credits_movie_id_movies", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_credits_person_id_people"),
        sa.PrimaryKeyConstraint("id", name="pk_credits"),
    )
    op.create_index("ix_credits_by_movie", "credits", ["movie_id", "position"], unique=False)
    op.create_index("ix_credits_by_person", "credits", ["person_id", "movie_id"], unique=False)
    op.create_table(
        "movie_genres",
        sa.Column("movie_id", sa.String(length=40), nullable=False),
        sa.Column("genre_id", sa.String(length=40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["genre_id"], ["genres.id"], name="fk_movie_genres_genre_id_genres"),
        sa.ForeignKeyConstraint(
            ["movie_id"], ["movies.id"], name="fk_movie_genres_movie_id_movies", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("movie_id", "genre_id", name="pk_movie_genres"),
    )
    op.create_index("ix_movie_genres_by_genre", "movie_genres", ["genre_id", "movie_id"], unique=False)
    _create_search(op.get_bind().dialect.name)


def _create_search(dialect: str) -> None:
    """Makes the first search index, by what each database does best."""
    if dialect == "sqlite":
        op.execute(
            """CREATE VIRTUAL TABLE movie_search
               USING fts5 (movie_id UNINDEXED, names, people, synopsis, prefix = '2 3')"""
        )
        return
    op.execute(
        """CREATE TABLE movie_search (
               movie_id varchar(40) PRIMARY KEY REFERENCES movies (id) ON DELETE CASCADE,
               document tsvector NOT NULL
           )"""
    )
    op.execute("CREATE INDEX ix_movie_search ON movie_search USING gin (document)")


def downgrade() -> None:
    """Takes everything back."""
    op.execute("DROP TABLE movie_search")
    op.drop_index("ix_movie_genres_by_genre", table_name="movie_genres")
    op.drop_table("movie_genres")
    op.drop_index("ix_credits_by_person", table_name="credits")
    op.drop_index("ix_credits_by_movie", table_name="credits")
    op.drop_table("credits")
    op.drop_index("ix_movies_by_year", table_name="movies")
    op.drop_index("ix_movies_by_runtime", table_name="movies")
    op.drop_index("ix_movies_by_release", table_name="movies")
    op.drop_index("ix_movies_by_name", table_name="movies")
    op.drop_index("ix_movies_by_collection", table_name="movies")
    op.drop_index("ix_movies_by_certification", table_name="movies")
    op.drop_table("movies")
    op.drop_index("ix_people_by_name", table_name="people")
    op.drop_table("people")
    op.drop_index(
        "ix_outbox_waiting",
        table_name="outbox",
        postgresql_where=sa.text("published_at IS NULL"),
        sqlite_where=sa.text("published_at IS NULL"),
    )
    op.drop_table("outbox")
    op.drop_table("inbox")
    op.drop_table("idempotency")
    op.drop_table("genres")
    op.drop_table("collections")
