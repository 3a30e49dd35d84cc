"""The first tables: people, sessions, letters, watchlists and reviews."""

import sqlalchemy as sa
from alembic import op

from subgraphs.common.database import Timestamp

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Makes the tables."""
    op.create_table(
        "held_handles",
        sa.Column("handle", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("handle", name="pk_held_handles"),
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
        "loans",
        sa.Column("rental_id", sa.String(length=40), nullable=False),
        sa.Column("user_id", sa.String(length=40), nullable=False),
        sa.Column("open", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("rental_id", name="pk_loans"),
    )
    op.create_index("ix_loans_user_id", "loans", ["user_id"], unique=False)
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
        "sign_in_attempts",
        sa.Column("subject", sa.String(length=120), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_at", Timestamp(), nullable=False),
        sa.PrimaryKeyConstraint("subject", name="pk_sign_in_attempts"),
    )
    op.create_index("ix_sign_in_attempts_last_at", "sign_in_attempts", ["last_at"], unique=False)
    op.create_table(
        "titles",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=400), nullable=False),
        sa.Column("retired", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_titles"),
    )
    op.create_table(
        "users",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("handle", sa.String(length=40), nullable=False),
        sa.Column("display_name", sa.String(length=80), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("password_hash", sa.String(length=200), nullable=True),
        sa.Column("birth_date", sa.Date(), nullable=True),
        sa.Column("tier", sa.String(length=10), nullable=False),
        sa.Column("tier_since", Timestamp(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("created_at", Timestamp(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state <> 'CLOSED' OR (email IS NULL AND birth_date IS NULL)", name="ck_users_erased"
        ),
        sa.CheckConstraint("state = 'CLOSED' OR email IS NOT NULL", name="ck_users_reachable"),
        sa.CheckConstraint("state IN ('PENDING', 'OPEN', 'CLOSED')", name="ck_users_state"),
        sa.CheckConstraint("tier IN ('STANDARD', 'PLUS', 'PREMIER')", name="ck_users_tier"),
        sa.PrimaryKeyConstraint("id", name="pk_users"),
        sa.UniqueConstraint("handle", name="uq_users_handle"),
    )
    op.create_index(
        "uq_users_email",
        "users",
        ["email"],
        unique=True,
        sqlite_where=sa.text("state = 'OPEN'"),
        postgresql_where=sa.text("state = 'OPEN'"),
    )
    op.create_table(
        "letters",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("address", sa.String(length=254), nullable=False),
        sa.Column("user_id", sa.String(length=40), nullable=True),
        sa.Column("token_digest", sa.String(length=64), nullable=False),
        sa.Column("created_at", Timestamp(), nullable=False),
        sa.Column("expires_at", Timestamp(), nullable=False),
        sa.Column("due_at", Timestamp(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("sent_at", Timestamp(), nullable=True),
        sa.Column("used_at", Timestamp(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('ACTIVATION', 'ADDRESS_KNOWN', 'ADDRESS_CONFIRMATION', 'ADDRESS_CHANGED', "
            "'PASSWORD_RESET', 'PASSWORD_CHANGED')",
            name="ck_letters_kind",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="fk_letters_user_id_users", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_letters"),
        sa.UniqueConstraint("token_digest", name="uq_letters_token_digest"),
    )
    op.create_index("ix_letters_address", "letters", ["address", "kind", "created_at"], unique=False)
    op.create_index("ix_letters_user_id", "letters", ["user_id"], unique=False)
    op.create_index(
        "ix_letters_waiting",
        "letters",
        ["due_at"],
        unique=False,
        sqlite_where=sa.text("sent_at IS NULL"),
        postgresql_where=sa.text("sent_at IS NULL"),
    )
    op.create_table(
        "ratings",
        sa.Column("title_id", sa.String(length=40), nullable=False),
        sa.Column("score_1", sa.Integer(), nullable=False),
        sa.Column("score_2", sa.Integer(), nullable=False),
        sa.Column("score_3", sa.Integer(), nullable=False),
        sa.Column("score_4", sa.Integer(), nullable=False),
        sa.Column("score_5", sa.Integer(), nullable=False),
        sa.Column("score_6", sa.Integer(), nullable=False),
        sa.Column("score_7", sa.Integer(), nullable=False),
        sa.Column("score_8", sa.Integer(), nullable=False),
        sa.Column("score_9", sa.Integer(), nullable=False),
        sa.Column("score_10", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["title_id"], ["titles.id"], name="fk_ratings_title_id_titles"),
        sa.PrimaryKeyConstraint("title_id", name="pk_ratings"),
    )
    op.create_table(
        "registrations",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("status_token_digest", sa.String(length=64), nullable=False),
        sa.Column("handle", sa.String(length=40), nullable=False),
        sa.Column("display_name", sa.String(length=80), nullable=True),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("password_hash", sa.String(length=200), nullable=True),
        sa.Column("birth_date", sa.Date(), nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("user_id", sa.String(length=40), nullable=True),
        sa.Column("created_at", Timestamp(), nullable=False),
        sa.Column("expires_at", Timestamp(), nullable=False),
        sa.CheckConstraint(
            "state IN ('ACCEPTED', 'AWAITING_ACTIVATION', 'ACTIVE', 'EXPIRED')", name="ck_registrations_state"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="fk_registrations_user_id_users", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_registrations"),
        sa.UniqueConstraint("status_token_digest", name="uq_registrations_status_token_digest"),
    )
    op.create_index(
        "ix_registrations_live",
        "registrations",
        ["expires_at"],
        unique=False,
        sqlite_where=sa.text("state IN ('ACCEPTED', 'AWAITING_ACTIVATION')"),
        postgresql_where=sa.text("state IN ('ACCEPTED', 'AWAITING_ACTIVATION')"),
    )
    op.create_index("ix_registrations_user_id", "registrations", ["user_id"], unique=False)
    op.create_table(
        "reviews",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("author_id", sa.String(length=40), nullable=False),
        sa.Column("title_id", sa.String(length=40), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("headline", sa.String(length=120), nullable=True),
        sa.Column("body", sa.Text(), nullable=True),
        sa.Column("spoiler", sa.Boolean(), nullable=False),
        sa.Column("created_at", Timestamp(), nullable=False),
        sa.Column("updated_at", Timestamp(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("score BETWEEN 1 AND 10", name="ck_reviews_score"),
        sa.ForeignKeyConstraint(["author_id"], ["users.id"], name="fk_reviews_author_id_users"),
        sa.ForeignKeyConstraint(["title_id"], ["titles.id"], name="fk_reviews_title_id_titles"),
        sa.PrimaryKeyConstraint("id", name="pk_reviews"),
    )
    op.create_index("ix_reviews_of_author", "reviews", ["author_id", "created_at", "id"], unique=False)
    op.create_index("ix_reviews_of_title", "reviews", ["title_id", "created_at", "id"], unique=False)
    op.create_index("uq_reviews_author_id", "reviews", ["author_id", "title_id"], unique=True)
    op.create_table(
        "sessions",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("user_id", sa.String(length=40), nullable=False),
        sa.Column("created_at", Timestamp(), nullable=False),
        sa.Column("expires_at", Timestamp(), nullable=False),
        sa.Column("ended_at", Timestamp(), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="fk_sessions_user_id_users", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_sessions"),
    )
    op.create_index("ix_sessions_expires_at", "sessions", ["expires_at"], unique=False)
    op.create_index("ix_sessions_user_id", "sessions", ["user_id"], unique=False)
    op.create_table(
        "user_roles",
        sa.Column("user_id", sa.String(length=40), nullable=False),
        sa.Column("role", sa.String(length=10), nullable=False),
        sa.CheckConstraint("role IN ('CLERK', 'MANAGER', 'ADMIN')", name="ck_user_roles_role"),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="fk_user_roles_user_id_users", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", "role", name="pk_user_roles"),
    )
    op.create_table(
        "watchlist_items",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("user_id", sa.String(length=40), nullable=False),
        sa.Column("title_id", sa.String(length=40), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=True),
        sa.Column("added_at", Timestamp(), nullable=False),
        sa.ForeignKeyConstraint(["title_id"], ["titles.id"], name="fk_watchlist_items_title_id_titles"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_watchlist_items_user_id_users"),
        sa.PrimaryKeyConstraint("id", name="pk_watchlist_items"),
    )
    op.create_index(
        "ix_watchlist_items_newest", "watchlist_items", ["user_id", "added_at", "id"], unique=False
    )
    op.create_index("uq_watchlist_items_user_id", "watchlist_items", ["user_id", "title_id"], unique=True)
    op.create_table(
        "refresh_tokens",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("session_id", sa.String(length=40), nullable=False),
        sa.Column("issued_at", Timestamp(), nullable=False),
        sa.Column("rotated_at", Timestamp(), nullable=True),
        sa.Column("salt", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(
            ["session_id"], ["sessions.id"], name="fk_refresh_tokens_session_id_sessions", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("digest", name="pk_refresh_tokens"),
    )
    op.create_index("ix_refresh_tokens_session_id", "refresh_tokens", ["session_id"], unique=False)


def downgrade() -> None:
    """Drops them."""
    op.drop_index("ix_refresh_tokens_session_id", table_name="refresh_tokens")
    op.drop_table("refresh_tokens")
    op.drop_index("uq_watchlist_items_user_id", table_name="watchlist_items")
    op.drop_index("ix_watchlist_items_newest", table_name="watchlist_items")
    op.drop_table("watchlist_items")
    op.drop_table("user_roles")
    op.drop_index("ix_sessions_user_id", table_name="sessions")
    op.drop_index("ix_sessions_expires_at", table_name="sessions")
    op.drop_table("sessions")
    op.drop_index("uq_reviews_author_id", table_name="reviews")
    op.drop_index("ix_reviews_of_title", table_name="reviews")
    op.drop_index("ix_reviews_of_author", table_name="reviews")
    op.drop_table("reviews")
    op.drop_index("ix_registrations_user_id", table_name="registrations")
    op.drop_index(
        "ix_registrations_live",
        table_name="registrations",
        sqlite_where=sa.text("state IN ('ACCEPTED', 'AWAITING_ACTIVATION')"),
        postgresql_where=sa.text("state IN ('ACCEPTED', 'AWAITING_ACTIVATION')"),
    )
    op.drop_table("registrations")
    op.drop_table("ratings")
    op.drop_index(
        "ix_letters_waiting",
        table_name="letters",
        sqlite_where=sa.text("sent_at IS NULL"),
        postgresql_where=sa.text("sent_at IS NULL"),
    )
    op.drop_index("ix_letters_user_id", table_name="letters")
    op.drop_index("ix_letters_address", table_name="letters")
    op.drop_table("letters")
    op.drop_index(
        "uq_users_email",
        table_name="users",
        sqlite_where=sa.text("state = 'OPEN'"),
        postgresql_where=sa.text("state = 'OPEN'"),
    )
    op.drop_table("users")
    op.drop_table("titles")
    op.drop_index("ix_sign_in_attempts_last_at", table_name="sign_in_attempts")
    op.drop_table("sign_in_attempts")
    op.drop_index(
        "ix_outbox_waiting",
        table_name="outbox",
        postgresql_where=sa.text("published_at IS NULL"),
        sqlite_where=sa.text("published_at IS NULL"),
    )
    op.drop_table("outbox")
    op.drop_index("ix_loans_user_id", table_name="loans")
    op.drop_table("loans")
    op.drop_table("inbox")
    op.drop_table("idempotency")
    op.drop_table("held_handles")
