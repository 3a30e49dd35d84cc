"""The demo world's people on a temporary store, a way to ask, and a worker that works when it is told to."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import httpx2
import pytest
import pytest_asyncio
from pwdlib.hashers.argon2 import Argon2Hasher
from sqlalchemy import select

from subgraphs.common.caller import Caller
from subgraphs.common.database import Database
from subgraphs.common.gate import mint_token
from subgraphs.common.ids import derived_id
from subgraphs.common.messages import Message
from subgraphs.users.app import PACKAGE, create
from subgraphs.users.events import REGISTRATION_ACCEPTED
from subgraphs.users.keyring import Keyring
from subgraphs.users.mail.sending import send_next
from subgraphs.users.models import Base, Outbox
from subgraphs.users.passwords import Passwords
from subgraphs.users.resources import Resources
from subgraphs.users.roles import SCOPES, Role
from subgraphs.users.seed import seed
from subgraphs.users.service.registration import carry_out
from subgraphs.users.settings import Settings
from tests.databases import KINDS, Template, template
from tests.statements import noted

KEY = "a key for tests, at least 32 bytes long"
NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)

ANYBODY = Caller()
ADA = Caller(subject=derived_id("usr", "ada"))
KIM = Caller(subject=derived_id("usr", "kim"))
CLIVE = Caller(subject=derived_id("usr", "clive"), scopes=SCOPES[Role.CLERK])
MONA = Caller(subject=derived_id("usr", "mona"), scopes=SCOPES[Role.MANAGER])
ADAM = Caller(subject=derived_id("usr", "adam"), scopes=SCOPES[Role.ADMIN])


def cheap_passwords() -> Passwords:
    """Argon2 at its weakest, so that tests do not wait for it."""
    return Passwords(Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1))


@dataclass
class Mailbox:
    """A post that keeps what it is given, or fails while `broken`."""

    mails: list[EmailMessage] = field(default_factory=list)
    broken: bool = False

    async def send(self, message: EmailMessage) -> None:
        """Keeps the mail."""
        if self.broken:
            raise ConnectionError("the mail server is away")
        self.mails.append(message)

    def to(self, address: str) -> list[EmailMessage]:
        """The mails to an address, oldest first."""
        return [mail for mail in self.mails if mail["To"] == address]

    def token(self, address: str) -> str:
        """The token in the link of the latest mail to an address."""
        found = re.search(r"[?&]token=(\S+)", self.to(address)[-1].get_content())
        assert found is not None
        return unquote(found[1])


@dataclass
class People:
    """The subgraph, asked through its ASGI application, at a time that the test sets."""

    resources: Resources
    client: httpx2.AsyncClient
    mailbox: Mailbox
    pauses: list[float]
    now: datetime = NOW
    meanwhile: Callable[[], Awaitable[None]] | None = None
    """What goes on while somebody is made to wait, in which no time goes by."""

    @property
    def database(self) -> Database:
        """Where they are kept."""
        return self.resources.database

    async def ask(self, query: str, caller: Caller = ANYBODY, **variables: Any) -> dict[str, Any]:
        """The whole answer."""
        token = mint_token(KEY.encode(), "users", caller, timedelta(minutes=1))
        headers = {"authorization": f"Bearer {token}"}
        if caller.address:
            headers["x-client-address"] = caller.address
        asked = {"query": query, "variables": variables}
        answer = await self.client.post("/graphql", json=asked, headers=headers)
        return answer.json()

    async def data(self, query: str, caller: Caller = ANYBODY, **variables: Any) -> Any:
        """The data of an answer without errors."""
        answer = await self.ask(query, caller, **variables)
        assert "errors" not in answer, answer["errors"]
        return answer["data"]

    async def mutate(self, field: str, answer: str, caller: Caller = ANYBODY, **given: Any) -> Any:
        """The payload of one mutation, with `answer` selected and its errors; `given` is its input."""
        name = field[0].upper() + field[1:]
        if field in {"grantRole", "revokeRole"}:
            name = "Role"
        errors = "errors { __typename ... on UserError { code message path } }"
        query = f"mutation M($input: {name}Input!) {{ {field}(input: $input) {{ {answer} {errors} }} }}"
        return (await self.data(query, caller, input=given))[field]

    async def code(self, query: str, caller: Caller = ANYBODY, **variables: Any) -> str:
        """The code of the one error of an answer."""
        (error,) = (await self.ask(query, caller, **variables))["errors"]
        return error["extensions"]["code"]

    async def work(self) -> None:
        """Lets the worker carry out what was accepted, and send what is due."""
        for message in await self.told(REGISTRATION_ACCEPTED):
            await carry_out(self.resources, message, self.now)
        while await send_next(self.resources, self.mailbox, self.now):
            pass

    async def told(self, *kinds: str) -> list[Message]:
        """The messages of these kinds in the outbox, oldest first."""
        async with self.database.read() as session:
            listed = select(Outbox).where(Outbox.kind.in_(kinds)).order_by(Outbox.sequence)
            return [row.message() for row in await session.scalars(listed)]

    async def statements(self, query: str, caller: Caller = ANYBODY, **variables: Any) -> list[str]:
        """The SQL statements that answering takes, transaction marks left out."""
        with noted(self.database) as sent:
            await self.data(query, caller, **variables)
        return [each.sql for each in sent]


@pytest_asyncio.fixture(scope="session", loop_scope="session", params=KINDS)
async def seeded(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Template]:
    """The demo world's people, made once a run for each kind of database."""
    folder = tmp_path_factory.mktemp("users")

    async def fill(database: Database) -> None:
        settings = Settings(var=folder)
        await seed(Resources(settings, database, Keyring(settings), cheap_passwords()), NOW)

    async with template(request.param, folder, PACKAGE, Base.metadata, fill) as filled:
        yield filled


@pytest.fixture
async def people(seeded: Template, tmp_path: Path) -> AsyncIterator[People]:
    """The demo world's people, whom a test may change."""
    address = await seeded.to_change(tmp_path)
    settings = Settings(database_url=address, internal_key=KEY, var=tmp_path)  # pyright: ignore[reportArgumentType] - pydantic makes it a secret
    pauses: list[float] = []

    async def pause(seconds: float) -> None:
        pauses.append(seconds)
        if seconds and people.meanwhile:
            await people.meanwhile()

    resources = Resources(settings, Database(address), Keyring(settings), cheap_passwords(), pause)
    app = create(settings, resources, lambda: people.now)
    transport = httpx2.ASGITransport(app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://users") as client:
        people = People(resources, client, Mailbox(), pauses)
        yield people
    await resources.close()
