"""The counter's first tables."""

import sqlalchemy as sa
from alembic import op

from subgraphs.common.database import Timestamp

revision = "0001"
down_revision = None

OUT = "returned_at IS NULL AND sent_back_at IS NULL"
TABLES = (
    "ledger",
    "payments",
    "rentals",
    "copies",
    "stores",
    "accounts",
    "movies",
    "idempotency",
    "inbox",
    "outbox",
)

# The ledger only grows: the database itself refuses to change or drop an entry.
POSTGRESQL_LEDGER = (
    """CREATE FUNCTION keep_ledger() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'the ledger only grows';
    END $$""",
    """CREATE TRIGGER ledger_only_grows BEFORE UPDATE OR DELETE ON ledger
    FOR EACH ROW EXECUTE FUNCTION keep_ledger()""",
)
SQLITE_LEDGER = (
    """CREATE TRIGGER ledger_no_update BEFORE UPDATE ON ledger
    BEGIN SELECT RAISE(ABORT, 'the ledger only grows'); END""",
    """CREATE TRIGGER ledger_no_delete BEFORE DELETE ON ledger
    BEGIN SELECT RAISE(ABORT, 'the ledger only grows'); END""",
)


def upgrade() -> None:
    """Makes the tables, and the triggers that keep the ledger."""
    _messages()
    _others_things()
    _stock()
    _rentals()
    _money()
    for statement in POSTGRESQL_LEDGER if _is_postgresql() else SQLITE_LEDGER:
        op.execute(statement)


def downgrade() -> None:
    """Drops them; a table takes its triggers along."""
    for table in TABLES:
        op.drop_table(table)
    if _is_postgresql():
        op.execute("DROP FUNCTION keep_ledger()")


def _messages() -> None:
    """What is told, what was heard, and what was done under a key."""
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
    _partial("ix_outbox_waiting", "outbox", ["sequence"], where="published_at IS NULL")
    op.create_table(
        "inbox",
        sa.Column("message_id", sa.String(length=40), nullable=False),
        sa.Column("received_at", Timestamp(), nullable=False),
        sa.PrimaryKeyConstraint("message_id", name="pk_inbox"),
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


def _others_things() -> None:
    """What the counter knows of films and members."""
    op.create_table(
        "movies",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("certification", sa.String(length=10), nullable=False),
        sa.Column("retired", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "certification IN ('G', 'PG', 'PG_13', 'R', 'NC_17', 'UNRATED')", name="ck_movies_certification"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_movies"),
    )
    op.create_index("ix_movies_by_name", "movies", ["name", "id"])
    op.create_table(
        "accounts",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("tier", sa.String(length=10), nullable=False),
        sa.Column("handle", sa.String(length=100), nullable=True),
        sa.Column("closed_at", Timestamp(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("tier IN ('STANDARD', 'PLUS', 'PREMIER')", name="ck_accounts_tier"),
        sa.PrimaryKeyConstraint("id", name="pk_accounts"),
    )


def _stock() -> None:
    """Stores and their copies."""
    op.create_table(
        "stores",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("time_zone", sa.String(length=60), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_stores"),
        sa.UniqueConstraint("name", name="uq_stores_name"),
    )
    op.create_table(
        "copies",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("barcode", sa.String(length=40), nullable=False),
        sa.Column("movie_id", sa.String(length=40), nullable=False),
        sa.Column("store_id", sa.String(length=40), nullable=False),
        sa.Column("format", sa.String(length=10), nullable=False),
        sa.Column("condition", sa.String(length=10), nullable=False),
        sa.Column("on_shelf", sa.Boolean(), nullable=False),
        sa.Column("retired_at", Timestamp(), nullable=True),
        sa.CheckConstraint("condition IN ('NEW', 'GOOD', 'WORN', 'DAMAGED')", name="ck_copies_condition"),
        sa.CheckConstraint("format IN ('DVD', 'BLU_RAY', 'UHD')", name="ck_copies_format"),
        sa.CheckConstraint("NOT (on_shelf AND retired_at IS NOT NULL)", name="ck_copies_retired_off_shelf"),
        sa.ForeignKeyConstraint(["movie_id"], ["movies.id"], name="fk_copies_movie_id_movies"),
        sa.ForeignKeyConstraint(["store_id"], ["stores.id"], name="fk_copies_store_id_stores"),
        sa.PrimaryKeyConstraint("id", name="pk_copies"),
        sa.UniqueConstraint("barcode", name="uq_copies_barcode"),
    )
    op.create_index("ix_copies_by_movie", "copies", ["movie_id"])
    _partial(
        "ix_copies_on_shelf",
        "copies",
        ["movie_id", "store_id", "format"],
        where="on_shelf",
        sqlite="on_shelf = 1",
    )


def _rentals() -> None:
    """Loans."""
    op.create_table(
        "rentals",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("account_id", sa.String(length=40), nullable=False),
        sa.Column("copy_id", sa.String(length=40), nullable=False),
        sa.Column("movie_id", sa.String(length=40), nullable=False),
        sa.Column("store_id", sa.String(length=40), nullable=False),
        sa.Column("rented_at", Timestamp(), nullable=False),
        sa.Column("due_at", Timestamp(), nullable=False),
        sa.Column("lost_at", Timestamp(), nullable=False),
        sa.Column("sent_back_at", Timestamp(), nullable=True),
        sa.Column("returned_at", Timestamp(), nullable=True),
        sa.Column("price", sa.Integer(), nullable=False),
        sa.Column("loan_days", sa.Integer(), nullable=False),
        sa.Column("late_fee_per_day", sa.Integer(), nullable=False),
        sa.Column("replacement_fee", sa.Integer(), nullable=False),
        sa.Column("extensions_used", sa.Integer(), nullable=False),
        sa.Column("late_fee_waived", sa.Boolean(), nullable=False),
        sa.Column("overdue_told_at", Timestamp(), nullable=True),
        sa.Column("lost_told_at", Timestamp(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("extensions_used >= 0", name="ck_rentals_extensions"),
        sa.CheckConstraint("loan_days > 0", name="ck_rentals_loan_days"),
        sa.CheckConstraint(
            "price >= 0 AND late_fee_per_day >= 0 AND replacement_fee >= 0", name="ck_rentals_money"
        ),
        sa.CheckConstraint("rented_at < due_at AND due_at < lost_at", name="ck_rentals_dates"),
        sa.CheckConstraint("version > 0", name="ck_rentals_version"),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_rentals_account_id_accounts"),
        sa.ForeignKeyConstraint(["copy_id"], ["copies.id"], name="fk_rentals_copy_id_copies"),
        sa.ForeignKeyConstraint(["movie_id"], ["movies.id"], name="fk_rentals_movie_id_movies"),
        sa.ForeignKeyConstraint(["store_id"], ["stores.id"], name="fk_rentals_store_id_stores"),
        sa.PrimaryKeyConstraint("id", name="pk_rentals"),
    )
    op.create_index("ix_rentals_by_account", "rentals", ["account_id", "rented_at", "id"])
    op.create_index("ix_rentals_by_copy", "rentals", ["copy_id", "returned_at"])
    _partial("ix_rentals_lost_untold", "rentals", ["lost_at"], where=f"{OUT} AND lost_told_at IS NULL")
    _partial("ix_rentals_open", "rentals", ["account_id", "movie_id"], where="returned_at IS NULL")
    _partial("ix_rentals_out", "rentals", ["due_at", "id"], where=OUT)
    _partial("ix_rentals_overdue_untold", "rentals", ["due_at"], where=f"{OUT} AND overdue_told_at IS NULL")
    _partial("uq_rentals_open_copy", "rentals", ["copy_id"], where="returned_at IS NULL", unique=True)


def _money() -> None:
    """Payments, and the ledger that only grows."""
    op.create_table(
        "payments",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("account_id", sa.String(length=40), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(length=500), nullable=True),
        sa.Column("idempotency_key", sa.String(length=200), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("reference", sa.String(length=200), nullable=True),
        sa.Column("created_at", Timestamp(), nullable=False),
        sa.CheckConstraint("status IN ('PENDING', 'PAID', 'DECLINED')", name="ck_payments_status"),
        sa.CheckConstraint("amount > 0", name="ck_payments_amount"),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_payments_account_id_accounts"),
        sa.PrimaryKeyConstraint("id", name="pk_payments"),
    )
    _partial("ix_payments_pending", "payments", ["account_id"], where="status = 'PENDING'")
    op.create_table(
        "ledger",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("account_id", sa.String(length=40), nullable=False),
        sa.Column("rental_id", sa.String(length=40), nullable=True),
        sa.Column("payment_id", sa.String(length=40), nullable=True),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("created_at", Timestamp(), nullable=False),
        sa.Column("memo", sa.String(length=500), nullable=True),
        sa.CheckConstraint(
            "CASE WHEN kind IN ('PAYMENT', 'WAIVER') THEN amount < 0 ELSE amount >= 0 END",
            name="ck_ledger_sign",
        ),
        sa.CheckConstraint(
            "kind IN ('RENTAL_CHARGE', 'LATE_FEE', 'REPLACEMENT', 'PAYMENT', 'WAIVER')", name="ck_ledger_kind"
        ),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_ledger_account_id_accounts"),
        sa.ForeignKeyConstraint(["payment_id"], ["payments.id"], name="fk_ledger_payment_id_payments"),
        sa.ForeignKeyConstraint(["rental_id"], ["rentals.id"], name="fk_ledger_rental_id_rentals"),
        sa.PrimaryKeyConstraint("id", name="pk_ledger"),
    )
    op.create_index("ix_ledger_by_account", "ledger", ["account_id", "amount"])
    op.create_index("ix_ledger_by_rental", "ledger", ["rental_id"])
    _partial("uq_ledger_charge", "ledger", ["rental_id"], where="kind = 'RENTAL_CHARGE'", unique=True)
    _partial(
        "uq_ledger_fee", "ledger", ["rental_id"], where="kind IN ('LATE_FEE', 'REPLACEMENT')", unique=True
    )
    _partial("uq_ledger_payment", "ledger", ["payment_id"], where="kind = 'PAYMENT'", unique=True)
    _partial("uq_ledger_waiver", "ledger", ["rental_id"], where="kind = 'WAIVER'", unique=True)


def _partial(
    name: str, table: str, columns: list[str], *, where: str, sqlite: str = "", unique: bool = False
) -> None:
    op.create_index(
        name,
        table,
        columns,
        unique=unique,
        sqlite_where=sa.text(sqlite or where),
        postgresql_where=sa.text(where),
    )


def _is_postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"
