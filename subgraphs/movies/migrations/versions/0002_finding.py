"""Films and people by their texts, spellings for what is mistyped, and an index for every list."""

import sqlalchemy as sa
from alembic import op

from subgraphs.movies.search import rebuild

revision = "0002"
down_revision = "0001"
FORGETS = {"movies.synopsis_source": "the pages that synopses are from"}

SHOWN = sa.text("retired_at IS NULL")
SORTS = {
    "ix_movies_by_name": ["name_key", "id"],
    "ix_movies_by_release": ["release_key", "id"],
    "ix_movies_by_runtime": ["runtime_key", "id"],
    "ix_movies_by_certification": ["certification", "name_key", "id"],
}
KEYS = {
    "movies": [("name_key", 300), ("release_key", 10)],
    "people": [("name_key", 300)],
}
TEXTS = {"movie": ("movies", "names", "people", "synopsis"), "person": ("people", "names")}
WEIGHTS = "ABD"


def upgrade() -> None:
    """Makes the tables and indexes, and fills them from the films that are there."""
    op.add_column("movies", sa.Column("synopsis_source", sa.String(length=500), nullable=True))
    _compare_keys_by("C")
    _index_sorts(SHOWN)
    op.drop_index("ix_movies_by_year", table_name="movies")
    op.execute(
        """UPDATE movies SET release_key = CAST(release_year AS varchar(4)) || '-00-00'
           WHERE release_date IS NULL"""
    )
    op.drop_index("ix_credits_by_movie", table_name="credits")
    op.create_index("ix_credits_by_movie", "credits", ["movie_id", "position"], unique=True)
    with op.batch_alter_table("credits") as table:
        table.create_check_constraint(op.f("ck_credits_billing"), "billing > 0")
    word = sa.String(length=100).with_variant(sa.String(length=100, collation="C"), "postgresql")
    op.create_table(
        "spellings",
        sa.Column("length", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("word", word, nullable=False),
        sa.Column("reversed", word, nullable=False),
        sa.PrimaryKeyConstraint("length", "word", name="pk_spellings"),
    )
    op.create_index("ix_spellings_by_end", "spellings", ["length", "reversed"])
    op.execute("DROP TABLE movie_search")
    create = _create_fts5 if _dialect() == "sqlite" else _create_tsvector
    for thing, (owners, *fields) in TEXTS.items():
        create(thing, owners, fields)
    rebuild(op.get_bind())


def downgrade() -> None:
    """Goes back to the search index of films alone."""
    _create_first_search()
    for thing in TEXTS:
        if _dialect() == "sqlite":
            op.execute(f"DROP TABLE {thing}_words")
        op.execute(f"DROP TABLE {thing}_texts")
    op.drop_index("ix_spellings_by_end", table_name="spellings")
    op.drop_table("spellings")
    with op.batch_alter_table("credits") as table:
        table.drop_constraint(op.f("ck_credits_billing"), type_="check")
    op.drop_index("ix_credits_by_movie", table_name="credits")
    op.create_index("ix_credits_by_movie", "credits", ["movie_id", "position"])
    op.execute("UPDATE movies SET release_key = '0000-00-00' WHERE release_date IS NULL")
    op.create_index("ix_movies_by_year", "movies", ["release_year"])
    _index_sorts(None)
    _compare_keys_by("default")
    op.drop_column("movies", "synopsis_source")


def _dialect() -> str:
    return op.get_bind().dialect.name


def _compare_keys_by(collation: str) -> None:
    # SQLite compares letter by letter as it is.
    if _dialect() == "postgresql":
        for table, columns in KEYS.items():
            for column, length in columns:
                op.execute(
                    f'ALTER TABLE {table} ALTER COLUMN {column} TYPE varchar({length}) COLLATE "{collation}"'
                )


def _index_sorts(shown: sa.TextClause | None) -> None:
    for name, columns in SORTS.items():
        op.drop_index(name, table_name="movies")
        op.create_index(name, "movies", columns, postgresql_where=shown, sqlite_where=shown)


def _create_fts5(thing: str, owners: str, fields: list[str]) -> None:
    """The texts as a table, and an index of their words that triggers keep to them."""
    names = ", ".join(fields)
    new, old = (", ".join(f"{row}.{field}" for field in fields) for row in ("new", "old"))
    op.execute(
        f"""CREATE TABLE {thing}_texts (
                number integer PRIMARY KEY,
                {thing}_id varchar(40) NOT NULL UNIQUE REFERENCES {owners} (id) ON DELETE CASCADE,
                {", ".join(f"{field} text NOT NULL" for field in fields)}
            )"""
    )
    op.execute(
        f"""CREATE VIRTUAL TABLE {thing}_words
            USING fts5 ({names}, content = '{thing}_texts', content_rowid = 'number', prefix = '2 3')"""
    )
    put = f"INSERT INTO {thing}_words (rowid, {names}) VALUES (new.number, {new});"  # noqa: S608 - our own names
    take = f"INSERT INTO {thing}_words ({thing}_words, rowid, {names}) VALUES ('delete', old.number, {old});"  # noqa: S608
    for event, does in (("INSERT", put), ("DELETE", take), ("UPDATE", take + put)):
        op.execute(f"CREATE TRIGGER {thing}_texts_{event} AFTER {event} ON {thing}_texts BEGIN {does} END")


def _create_tsvector(thing: str, owners: str, fields: list[str]) -> None:
    """The texts as a table, their words beside them in a column that the database keeps to them."""
    document = " || ".join(
        f"setweight(to_tsvector('simple'::regconfig, {field}), '{weight}')"
        for field, weight in zip(fields, WEIGHTS, strict=False)
    )
    op.execute(
        f"""CREATE TABLE {thing}_texts (
                {thing}_id varchar(40) PRIMARY KEY REFERENCES {owners} (id) ON DELETE CASCADE,
                {", ".join(f"{field} text NOT NULL" for field in fields)},
                document tsvector NOT NULL GENERATED ALWAYS AS ({document}) STORED
            )"""
    )
    # Films change seldom and are searched always: no list of changes that every search would read first.
    op.execute(
        f"CREATE INDEX ix_{thing}_texts_words ON {thing}_texts USING gin (document) WITH (fastupdate = off)"
    )


def _create_first_search() -> None:
    if _dialect() == "sqlite":
        op.execute(
            """CREATE VIRTUAL TABLE movie_search
               USING fts5 (movie_id UNINDEXED, names, people, synopsis, prefix = '2 3')"""
        )
        op.execute("INSERT INTO movie_search SELECT movie_id, names, people, synopsis FROM movie_texts")
        return
    op.execute(
        """CREATE TABLE movie_search (
               movie_id varchar(40) PRIMARY KEY REFERENCES movies (id) ON DELETE CASCADE,
               document tsvector NOT NULL
           )"""
    )
    op.execute("INSERT INTO movie_search SELECT movie_id, document FROM movie_texts")
    op.execute("CREATE INDEX ix_movie_search ON movie_search USING gin (document)")
