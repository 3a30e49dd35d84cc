"""What journeys are played with: people with accounts, any mutation of the API, and stores that can be made older."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from graphql import GraphQLObjectType, build_schema, get_named_type, is_leaf_type

from tests.journeys.conftest import ACTIVATION, Business, Client, new_person
from tests.journeys.test_renting import new_film_with_copies, offer

API = build_schema((Path(__file__).parent.parent.parent / "schema" / "api.graphql").read_text())
assert API.mutation_type is not None
MUTATIONS = API.mutation_type.fields

NEW_PASSWORD = "another-long-enough-passphrase"
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass
class Stage:
    """Who and what the stories are played with."""

    business: Business
    visitor: Client
    member: Client
    clerk: Client

    async def as_(self, handle: str) -> Client:
        """A named person of the demo world."""
        return await self.visitor.sign_in(handle)

    async def person(self, **changes: str) -> tuple[Client, dict[str, str]]:
        """Somebody new with an account, and what they said of themselves."""
        said = new_person(**changes)
        await ask(self.visitor, "register", **said)
        payload = await ask(self.visitor, "activateAccount", token=self.token(said["email"]))
        session = payload["session"]
        return Client(self.visitor.http, session["accessToken"], session["user"]["id"]), said

    def token(self, address: str) -> str:
        """The token in the latest mail to an address."""
        found = ACTIVATION.search(self.business.mail_to(address))
        assert found, f"no link in the mail to {address}"
        return found[1]

    async def next_token(self, address: str, before: str) -> str:
        """The token in the mail to an address that comes after the one with the token `before`."""
        for _ in range(200):
            if (token := self.token(address)) != before:
                return token
            await asyncio.sleep(0.05)
        raise AssertionError(f"no further mail to {address}")

    async def store(self, subgraph: str, statement: str, **values: Any) -> None:
        """Changes a subgraph's database, for what only time could do."""
        assert await self.business.rows(subgraph, f"{statement} RETURNING 1", **values), statement

    async def keep_waiting(self, user_id: str) -> None:
        """Somebody asks to leave, and the counter does not answer.

        They will have asked tomorrow, so that the books do not find that they wait for too long.
        """
        await self.store(
            "users",
            "INSERT INTO closings (user_id, id, requested_at, open_rentals, owed) VALUES (:user, :id, :at, 0, 0)",
            user=user_id,
            id=f"clo_{uuid4().hex}",
            at=datetime.now(UTC) + timedelta(days=1),
        )

    async def rented(self, client: Client, slug: str = "") -> dict[str, Any]:
        """A rental of theirs."""
        slug = slug or await new_film_with_copies(self.clerk, 1)
        payload = await ask(client, "rentMovie", offerToken=(await offer(client, slug))["token"], **key())
        assert payload["errors"] == [], payload
        return payload["rental"]

    async def make_late(self, rental: dict[str, Any], days: int = 1) -> None:
        """Lets a rental of seven days be so many days late; after 14 it is lost."""
        due = datetime.now(UTC) - timedelta(days=days)
        dates = [due - timedelta(days=7), due, due + timedelta(days=14)]
        await self.store(
            "rentals",
            "UPDATE rentals SET rented_at = :rented, due_at = :due, lost_at = :lost WHERE id = :id",
            **dict(zip(("rented", "due", "lost"), dates, strict=True)),
            id=rental["id"],
        )


Told = AsyncIterator[tuple[str | None, Any]]
"""What a story comes to: the member of the union that is expected (None: success), and the payload."""

Stories = Mapping[str, Callable[[Stage], Told]]
"""How each mutation succeeds and is refused."""


def key(value: str = "") -> dict[str, str]:
    """An idempotency key."""
    return {"idempotencyKey": value or uuid4().hex}


def document(mutation: str) -> str:
    """The mutation with all plain fields of what it gives, and its errors."""
    field = MUTATIONS[mutation]
    payload = get_named_type(field.type)
    assert isinstance(payload, GraphQLObjectType)
    things = [
        _leaves(name, get_named_type(part.type)) for name, part in payload.fields.items() if name != "errors"
    ]
    errors = (
        "errors { __typename ... on UserError { code message path } }" if "errors" in payload.fields else ""
    )
    input_type = field.args["input"].type
    return (
        f"mutation ($input: {input_type}) {{ {mutation}(input: $input) {{ {' '.join(things)} {errors} }} }}"
    )


def _leaves(name: str, of: Any) -> str:
    if is_leaf_type(of):
        return name
    plain = [
        part
        for part, field in of.fields.items()
        if is_leaf_type(get_named_type(field.type)) and not field.args
    ]
    more = {"session": "user { id }", "rental": "copy { barcode }"}.get(name, "")
    return f"{name} {{ {' '.join(plain)} {more} }}"


async def ask(client: Client, mutation: str, **given: Any) -> Any:
    """The payload of a mutation with this input."""
    return await client.payload(document(mutation), input=given)


async def until(attempt: Callable[[], Awaitable[Any]], *codes: str) -> Any:
    """What an attempt gives once its errors are these: the subgraphs hear of each other's news a little later."""
    payload: Any = None
    for _ in range(200):
        payload = await attempt()
        if [error["code"] for error in payload["errors"]] == list(codes):
            return payload
        await asyncio.sleep(0.05)
    raise AssertionError(payload)


def film(**changes: Any) -> dict[str, Any]:
    """A new film."""
    return {
        "name": f"Film {uuid4().hex[:8]}",
        "releaseDate": "2020-02-02",
        "certification": "PG",
        "genres": ["Drama"],
        **key(),
        **changes,
    }


def usd(cents: int) -> dict[str, Any]:
    """So many cents."""
    return {"amountMinor": cents, "currency": "USD"}


async def some_title(stage: Stage) -> str:
    """A film's id."""
    return (await stage.visitor.data('{ movie(slug: "heat-1995") { id } }'))["movie"]["id"]


@pytest.fixture
async def stage(business: Business, visitor: Client, member: Client, clerk: Client) -> Stage:
    """Everybody who plays a part; the member is new for each story."""
    return Stage(business, visitor, member, clerk)
