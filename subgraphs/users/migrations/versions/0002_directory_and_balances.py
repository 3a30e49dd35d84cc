"""People are found by words, and what members owe is known.

Revision ID: 0002
Revises: 0001
"""

import re
import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
FORGETS = {"balances": "what members owe, until the counter tells of each again"}

WORD = sa.String(length=254).with_variant(sa.String(length=254, collation="C"), "postgresql")
_USERS = sa.table("users", *map(sa.column, ("id", "handle", "display_name", "email", "state")))


def upgrade() -> None:
    op.create_table(
        "balances",
        sa.Column("user_id", sa.String(length=40), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("user_id", name="pk_balances"),
    )
    words = op.create_table(
        "user_words",
        sa.Column("user_id", sa.String(length=40), nullable=False),
        sa.Column("word", WORD, nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="fk_user_words_user_id_users", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", "word", name="pk_user_words"),
    )
    op.create_index("ix_user_words_word", "user_words", ["word", "user_id"])
    known = op.get_bind().execute(sa.select(_USERS).where(_USERS.c.state != "CLOSED")).all()
    listed = [
        {"user_id": user.id, "word": word}
        for user in known
        for word in _words(user.handle, user.display_name, user.email or "")
    ]
    if listed:
        op.bulk_insert(words, listed)


def downgrade() -> None:
    op.drop_index("ix_user_words_word", table_name="user_words")
    op.drop_table("user_words")
    op.drop_table("balances")


def _words(*texts: str) -> set[str]:
    small = [unicodedata.normalize("NFC", text.strip()).casefold() for text in texts]
    whole = (word for text in small for word in text.split())
    parts = (part for text in small for part in re.split(r"[\s@._+-]+", text))
    return {word[:254] for word in (*whole, *parts) if word}
