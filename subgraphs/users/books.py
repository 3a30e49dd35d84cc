"""What others keep of people, and what is kept here of titles, rentals and balances, to be compared."""

from collections import Counter
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from subgraphs.common.clock import utc_now
from subgraphs.common.ids import has_prefix
from subgraphs.common.reconciling import Books, Fact
from subgraphs.users.models import (
    SCORES,
    AccountState,
    BalanceRow,
    ClosingRow,
    LoanRow,
    RatingRow,
    ReviewRow,
    TitleRow,
    UserRow,
)

ANSWERED_WITHIN = timedelta(minutes=5)
"""How long the counter may take to say whether somebody can leave; then its worker, or the broker, is at fault."""


async def _people(session: AsyncSession) -> list[Fact]:
    people = await session.scalars(select(UserRow).where(UserRow.state != AccountState.PENDING))
    return [Fact("account", person.id, _account(person)) for person in people]


def _account(person: UserRow) -> dict[str, object]:
    if person.state == AccountState.CLOSED:
        return {"closed": True}
    return {"closed": False, "tier": person.tier}


async def _kept(session: AsyncSession) -> list[Fact]:
    titles = await session.scalars(select(TitleRow))
    loans = await session.scalars(select(LoanRow))
    balances = await session.scalars(select(BalanceRow))
    return [
        *(
            Fact(
                "collection" if has_prefix(title.id, "col") else "movie",
                title.id,
                {"name": title.name, "retired": title.retired},
            )
            for title in titles
        ),
        *(Fact("rental", loan.rental_id, {"renter": loan.user_id, "open": loan.open}) for loan in loans),
        *(
            Fact("balance", balance.user_id, {"amount": balance.amount, "entries": balance.version})
            for balance in balances
        ),
    ]


async def _faults(session: AsyncSession) -> list[str]:
    """Ratings that their reviews do not come to, and requests to leave that nobody answers."""
    return [*await _misrated(session), *await _unanswered(session)]


async def _unanswered(session: AsyncSession) -> list[str]:
    waiting = select(ClosingRow).where(
        ClosingRow.decided_at.is_(None), ClosingRow.requested_at < utc_now() - ANSWERED_WITHIN
    )
    return [
        f"account {closing.user_id}: asked to be closed at {closing.requested_at:%Y-%m-%d %H:%M} UTC, "
        "and the counter has not answered"
        for closing in await session.scalars(waiting.order_by(ClosingRow.requested_at))
    ]


async def _misrated(session: AsyncSession) -> list[str]:
    given = Counter(
        (title, score) for title, score in await session.execute(select(ReviewRow.title_id, ReviewRow.score))
    )
    rated = {row[0]: list(row[1:]) for row in await session.execute(select(RatingRow.title_id, *SCORES))}
    counted = {
        title: [given[title, score] for score in range(1, len(SCORES) + 1)]
        for title in {title for title, _ in given} | set(rated)
    }
    return [
        f"title {title}: rated {rated.get(title)}, and its reviews come to {scores}"
        for title, scores in sorted(counted.items())
        if rated.get(title) != scores
    ]


KINDS = frozenset({"movie", "collection", "rental", "balance"})
BOOKS = Books(own=_people, kept=_kept, kinds=KINDS, faults=_faults)
