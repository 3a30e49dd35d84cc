"""A box that is sent back and never arrives is lost in the end.

Revision ID: 0002
Revises: 0001
"""

from collections.abc import Sequence
from datetime import timedelta

import sqlalchemy as sa
from alembic import op

from subgraphs.common.database import Timestamp
from subgraphs.common.migrations import NoWayBack

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

NOT_BACK = "returned_at IS NULL"
OUT = f"{NOT_BACK} AND sent_back_at IS NULL"
FEES = ("LATE_FEE", "REPLACEMENT")

_RENTALS = sa.table(
    "rentals",
    sa.column("id", sa.String),
    sa.column("loan_days", sa.Integer),
    sa.column("lost_at", Timestamp),
    sa.column("sent_back_at", Timestamp),
    sa.column("returned_at", Timestamp),
)
_LEDGER = sa.table("ledger", sa.column("rental_id", sa.String), sa.column("kind", sa.String))


def upgrade() -> None:
    op.drop_index("ix_rentals_lost_untold", "rentals")
    _partial("ix_rentals_lost_untold", "rentals", ["lost_at"], where=f"{NOT_BACK} AND lost_told_at IS NULL")
    op.drop_index("uq_ledger_fee", "ledger")
    for kind in FEES:
        _partial(f"uq_ledger_{kind.lower()}", "ledger", ["rental_id"], where=f"kind = '{kind}'", unique=True)
    _give_time_to_boxes_on_their_way()


def downgrade() -> None:
    _check_that_fees_stand_alone()
    for kind in FEES:
        op.drop_index(f"uq_ledger_{kind.lower()}", "ledger")
    both = ", ".join(f"'{kind}'" for kind in FEES)
    _partial("uq_ledger_fee", "ledger", ["rental_id"], where=f"kind IN ({both})", unique=True)
    op.drop_index("ix_rentals_lost_untold", "rentals")
    _partial("ix_rentals_lost_untold", "rentals", ["lost_at"], where=f"{OUT} AND lost_told_at IS NULL")


def _check_that_fees_stand_alone() -> None:
    """The revision before has one fee a rental, and no entry of the ledger may go."""
    fees = sa.select(_LEDGER.c.rental_id).where(_LEDGER.c.kind.in_(FEES)).group_by(_LEDGER.c.rental_id)
    both = sa.select(sa.func.count()).select_from(fees.having(sa.func.count() > 1).subquery())
    if found := op.get_bind().scalar(both):
        raise NoWayBack(
            f"{found} rentals have a late fee and a replacement fee in the ledger. Before 0002 there is room for "
            "one, and the ledger loses nothing: stay at 0002, or restore a backup from before."
        )


def _give_time_to_boxes_on_their_way() -> None:
    """Until now a box on its way was never lost; from now on it has twice its loan time, and a day for zones.

    Those that have as much already, for they have been here before, keep it to the second.
    """
    connection = op.get_bind()
    on_their_way = sa.select(_RENTALS).where(
        _RENTALS.c.returned_at.is_(None), _RENTALS.c.sent_back_at.is_not(None)
    )
    for rental in connection.execute(on_their_way).all():
        enough = rental.sent_back_at + timedelta(days=2 * rental.loan_days, hours=-1)
        later = sa.update(_RENTALS).where(_RENTALS.c.id == rental.id, _RENTALS.c.lost_at < enough)
        connection.execute(later.values(lost_at=enough + timedelta(days=1, hours=1)))


def _partial(name: str, table: str, columns: list[str], *, where: str, unique: bool = False) -> None:
    op.create_index(
        name, table, columns, unique=unique, sqlite_where=sa.text(where), postgresql_where=sa.text(where)
    )
