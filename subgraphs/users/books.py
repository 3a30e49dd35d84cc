"""What others keep of people, and what is kept here of titles, rentals and balances, to be compared."""

from collections import Counter

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from subgraphs.common.ids import has_prefix
from subgraphs.common.reconciling import Books, Fact
from subgraphs.users.models import (
    SCORES,
    AccountState,
    BalanceRow,
    LoanRow,
    RatingRow,
    ReviewRow,
    TitleRow,
    UserRow,
)


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
    """Titles whose ratings are not the sum of their reviews."""
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
