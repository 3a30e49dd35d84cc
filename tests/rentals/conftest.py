"""A small counter to test at: two stores, three films, a clock that tests set."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import func, insert, select

from subgraphs.common.caller import ANONYMOUS, Caller
from subgraphs.common.database import Database
from subgraphs.common.ids import derived_id
from subgraphs.rentals.context import Context, Counter
from subgraphs.rentals.events import BALANCE_CHANGED
from subgraphs.rentals.feed import Feed
from subgraphs.rentals.models import AccountRow, Base, CopyRow, LedgerRow, MovieRow, Outbox, StoreRow
from subgraphs.rentals.offers import Seal
from subgraphs.rentals.payments import DemoProvider, PaymentProvider
from subgraphs.rentals.schema import schema
from tests.databases import Template, template

PACKAGE = "subgraphs.rentals"
NOON = datetime(2026, 5, 4, 16, tzinfo=UTC)
"""Midday of a Monday in New York."""

NEW_YORK = derived_id("sto", "new-york")
LOS_ANGELES = derived_id("sto", "los-angeles")
ALIEN = derived_id("mov", "alien")
BAMBI = derived_id("mov", "bambi")
CLUE = derived_id("mov", "clue")
UNKNOWN_FILM = derived_id("mov", "unknown")

ADA = Caller(derived_id("usr", "ada"), tier="STANDARD", birth_date=date(1990, 12, 10))
BEN = Caller(derived_id("usr", "ben"), tier="PREMIER", birth_date=date(1980, 1, 1))
KIM = Caller(derived_id("usr", "kim"), tier="STANDARD", birth_date=date(2011, 2, 1))
CLERK = Caller(
    derived_id("usr", "clive"),
    scopes=frozenset({"inventory:read", "inventory:write", "rentals:read", "rentals:write"}),
)
MANAGER = Caller(derived_id("usr", "mona"), scopes=CLERK.scopes | {"rentals:manage"})

FILMS = {ALIEN: ("Alien", "R", 1979), BAMBI: ("Bambi", "G", 1942), CLUE: ("Clue", "PG", 1985)}


@dataclass
class Desk:
    """The counter as a test sees it."""

    database: Database
    now: datetime = NOON
    provider: PaymentProvider = field(default_factory=DemoProvider)
    seal: Seal = field(default_factory=lambda: Seal({"test": b"k" * 32}))
    _serial: Iterator[int] = field(default_factory=lambda: count(1))
    _keys: Iterator[int] = field(default_factory=lambda: count(1))

    def __post_init__(self) -> None:
        self.feed = Feed(self.database, self.clock, poll_seconds=0.005)

    def clock(self) -> datetime:
        """The moment that the test has set."""
        return self.now

    def pass_days(self, days: float) -> None:
        """Lets time go by."""
        self.now += timedelta(days=days)

    def context(self, caller: Caller) -> Context:
        """The context of one request."""
        return Context(Counter(self.database, self.seal, self.provider, self.feed, self.clock), caller)

    def key(self) -> str:
        """A fresh idempotency key."""
        return f"key-{next(self._keys)}"

    async def ask(self, document: str, caller: Caller = ANONYMOUS, **variables: Any) -> dict[str, Any]:
        """The data of an answer that has no errors."""
        result = await schema.execute(document, variables, context_value=self.context(caller))
        assert result.errors is None, result.errors
        assert result.data is not None
        return result.data

    async def refused(self, document: str, caller: Caller = ANONYMOUS, **variables: Any) -> str:
        """The code of the one error of an answer that has one."""
        _, codes = await self.answer(document, caller, **variables)
        (code,) = codes
        return code

    async def answer(
        self, document: str, caller: Caller = ANONYMOUS, **variables: Any
    ) -> tuple[dict[str, Any], list[str]]:
        """The data of an answer, and the codes of its errors."""
        result = await schema.execute(document, variables, context_value=self.context(caller))
        return result.data or {}, [str((error.extensions or {})["code"]) for error in result.errors or ()]

    async def entities(
        self, selection: str, *representations: dict[str, Any], caller: Caller = ANONYMOUS
    ) -> list[dict[str, Any] | None]:
        """What `_entities` gives for these representations."""
        document = f"query($these: [_Any!]!) {{ _entities(representations: $these) {{ {selection} }} }}"
        return (await self.ask(document, caller, these=list(representations)))["_entities"]

    async def stock(
        self, movie_id: str = BAMBI, store_id: str = NEW_YORK, form: str = "DVD", copies: int = 1
    ) -> list[str]:
        """Puts copies on a shelf; gives their barcodes."""
        barcodes = [f"{next(self._serial):06}" for _ in range(copies)]
        rows = [
            {
                "id": derived_id("cpy", barcode),
                "barcode": barcode,
                "movie_id": movie_id,
                "store_id": store_id,
                "format": form,
                "condition": "GOOD",
                "on_shelf": True,
            }
            for barcode in barcodes
        ]
        async with self.database.transaction() as session:
            await session.execute(insert(CopyRow), rows)
        return barcodes

    async def offers(self, movie_id: str = BAMBI, caller: Caller = ADA) -> list[dict[str, Any]]:
        """The film's offers to the caller, as the router would ask for them."""
        selection = """... on Movie { offers {
            id token format store { id name } price { amountMinor currency } loanDays
            lateFeePerDay { amountMinor } replacementFee { amountMinor } copiesAvailable expiresAt } }"""
        (movie,) = await self.entities(selection, film(movie_id), caller=caller)
        assert movie is not None
        return movie["offers"]

    async def rent(
        self,
        movie_id: str = BAMBI,
        caller: Caller = ADA,
        *,
        token: str | None = None,
        key: str | None = None,
    ) -> dict[str, Any]:
        """What `rentMovie` answers for the film's first offer, or for a token."""
        if token is None:
            token = (await self.offers(movie_id, caller))[0]["token"]
        values = {"offerToken": token, "idempotencyKey": key or self.key()}
        return (await self.ask(RENT, caller, input=values))["rentMovie"]

    async def rented(self, movie_id: str = BAMBI, caller: Caller = ADA) -> dict[str, Any]:
        """A rental, with the copy put on the shelf for it."""
        await self.stock(movie_id)
        answer = await self.rent(movie_id, caller)
        assert answer["errors"] == []
        return answer["rental"]

    async def send_back(
        self, rental: dict[str, Any], caller: Caller = ADA, key: str | None = None
    ) -> dict[str, Any]:
        """What `returnRental` answers."""
        values = {"rentalId": rental["id"], "idempotencyKey": key or self.key()}
        return (await self.ask(SEND_BACK, caller, input=values))["returnRental"]

    async def take_in(
        self, rental: dict[str, Any], condition: str | None = None, key: str | None = None
    ) -> dict[str, Any]:
        """What `returnCopy` answers for a rental's box."""
        values: dict[str, Any] = {
            "barcode": rental["copy"]["barcode"],
            "idempotencyKey": key or self.key(),
            "condition": condition,
        }
        return (await self.ask(TAKE_IN, CLERK, input=values))["returnCopy"]

    async def pay(
        self,
        amount: int,
        token: str = "demo-ok",
        *,
        caller: Caller = ADA,
        key: str | None = None,
        currency: str = "USD",
    ) -> dict[str, Any]:
        """What `payBalance` answers."""
        values = {
            "amount": {"amountMinor": amount, "currency": currency},
            "paymentToken": token,
            "idempotencyKey": key or self.key(),
        }
        return (await self.ask(PAY, caller, input=values))["payBalance"]

    async def balance(self, caller: Caller = ADA) -> int:
        """What the caller owes by the ledger, in cents."""
        async with self.database.read() as session:
            owed = select(func.sum(LedgerRow.amount)).where(LedgerRow.account_id == caller.subject)
            return await session.scalar(owed) or 0

    async def rows(self, table: type[Any]) -> int:
        """How many rows a table has."""
        async with self.database.read() as session:
            return await session.scalar(select(func.count()).select_from(table)) or 0

    async def told(self) -> list[str]:
        """The kinds of all messages told so far, of rentals and stock."""
        told = select(Outbox.kind).where(Outbox.kind != BALANCE_CHANGED).order_by(Outbox.sequence)
        async with self.database.read() as session:
            return list(await session.scalars(told))

    async def told_balances(self, caller: Caller = ADA) -> list[tuple[int, int]]:
        """What was told of an account: what it owed, and as the sum of how many entries."""
        told = select(Outbox.payload).where(
            Outbox.kind == BALANCE_CHANGED, Outbox.aggregate == caller.subject
        )
        async with self.database.read() as session:
            payloads = await session.scalars(told.order_by(Outbox.sequence))
            return [(payload["balanceMinor"], payload["entries"]) for payload in payloads]


RENTAL = """id version status dueAt rentedAt sentBackAt returnedAt extensionsUsed price { amountMinor }
    copy { barcode status } movie { id } renter { id }
    lateFee { daysLate waived accrued { amountMinor } perDay { amountMinor } cap { amountMinor } }
    ledger { kind memo amount { amountMinor } }"""
ERRORS = "errors { __typename ... on UserError { code message path } }"
RENT = f"""mutation($input: RentMovieInput!) {{ rentMovie(input: $input) {{ rental {{ {RENTAL} }} errors {{
    __typename ... on UserError {{ code message path }} ... on OutOfStock {{ nextDueAt }}
    ... on RentalLimitReached {{ limit }} ... on AgeRestricted {{ certification minimumAge }}
    ... on CreditLimitReached {{ balance {{ amountMinor }} }} }} }} }}"""


RETURNED_AT = "... on AlreadyReturned { returnedAt }"
SEND_BACK = f"""mutation($input: ReturnRentalInput!) {{ returnRental(input: $input) {{ rental {{ {RENTAL} }}
    errors {{ __typename ... on UserError {{ code message path }} {RETURNED_AT} }} }} }}"""
TAKE_IN = f"""mutation($input: ReturnCopyInput!) {{ returnCopy(input: $input) {{ rental {{ {RENTAL} }}
    errors {{ __typename ... on UserError {{ code message path }} {RETURNED_AT} }} }} }}"""
PAY = """mutation($input: PayBalanceInput!) { payBalance(input: $input) { user { id balance { amountMinor } }
    errors { __typename ... on UserError { code message path } ... on Overpayment { balance { amountMinor } } } } }"""


def film(movie_id: str = BAMBI, **facts: Any) -> dict[str, Any]:
    """The representation of a film, as the router sends it for `offers`."""
    _, certification, year = FILMS.get(movie_id, ("Unknown", "G", 2000))
    return {
        "__typename": "Movie",
        "id": movie_id,
        "releaseDate": f"{year}-06-01",
        "releaseYear": year,
        "certification": certification,
        "wholesaleCost": {"amountMinor": 2000, "currency": "USD"},
    } | facts


async def furnish(database: Database) -> None:
    """Puts the two stores, the three films and everybody's account into an empty database."""
    async with database.transaction() as session:
        await session.execute(
            insert(StoreRow),
            [
                {"id": NEW_YORK, "name": "Hudson", "time_zone": "America/New_York"},
                {"id": LOS_ANGELES, "name": "Venice", "time_zone": "America/Los_Angeles"},
            ],
        )
        films = [
            {"id": key, "name": name, "certification": certification, "retired": False, "version": 1}
            for key, (name, certification, _) in FILMS.items()
        ]
        await session.execute(insert(MovieRow), films)
        accounts = [
            {"id": who.subject, "tier": who.tier or "STANDARD", "version": 1} for who in (ADA, BEN, KIM)
        ]
        await session.execute(insert(AccountRow), accounts)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def furnished(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Template]:
    """The small world in an SQLite file, made once."""
    async with template(
        "sqlite", tmp_path_factory.mktemp("rentals"), PACKAGE, Base.metadata, furnish
    ) as filled:
        yield filled


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def furnished_postgresql(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Template]:
    """The small world in PostgreSQL, made once."""
    async with template(
        "postgresql", tmp_path_factory.getbasetemp(), PACKAGE, Base.metadata, furnish
    ) as filled:
        yield filled


@pytest.fixture
async def desk(furnished: Template, tmp_path: Path) -> AsyncIterator[Desk]:
    """A counter on SQLite."""
    async with _open(await furnished.to_change(tmp_path)) as desk:
        yield desk


@pytest.fixture
async def postgresql_desk(furnished_postgresql: Template, tmp_path: Path) -> AsyncIterator[Desk]:
    """A counter on PostgreSQL."""
    async with _open(await furnished_postgresql.to_change(tmp_path)) as desk:
        yield desk


@asynccontextmanager
async def _open(url: str) -> AsyncIterator[Desk]:
    desk = Desk(Database(url))
    yield desk
    desk.feed.close()
    await desk.database.close()


@pytest.fixture(
    params=["desk", pytest.param("postgresql_desk", marks=pytest.mark.needs("postgresql"))],
    ids=["sqlite", "postgresql"],
)
def either_desk(request: pytest.FixtureRequest) -> Desk:
    """A counter on each of the two databases."""
    return request.getfixturevalue(request.param)
