"""The whole business as `supergraph dev` runs it, asked over HTTP as any client would."""

import asyncio
import email
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from email import policy
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx2
import pytest
from redis.asyncio import Redis
from sqlalchemy import bindparam, text

from subgraphs.common.database import Database, Timestamp
from subgraphs.listeners import LISTENERS
from tests.brokers import rabbitmq_prefix
from tests.conftest import rabbitmq_url, redis_url
from tests.databases import empty_database

ROOT = Path(__file__).parent.parent.parent
PASSPHRASE = "popcorn-and-stairs-42"
STARTS_WITHIN_S = 420
SUBGRAPHS = ("movies", "users", "rentals")
ACTIVATION = re.compile(r"token=([\w\-.]+)")

SIGN_IN = """mutation ($input: SignInInput!) { signIn(input: $input) {
  session { accessToken refreshToken user { id handle } } errors { ... on UserError { code } } } }"""


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


STORES = (
    "embedded",
    pytest.param("services", marks=[pytest.mark.needs("postgresql", "rabbitmq", "redis"), pytest.mark.full]),
)
"""On SQLite and the embedded broker, and on PostgreSQL, RabbitMQ and Redis."""


@dataclass(frozen=True)
class Business:
    """A running business: where it listens, the folder that it keeps its files in, and which other stores it has."""

    url: str
    var: Path
    environment: Mapping[str, str] = field(default_factory=dict)

    def database(self, subgraph: str) -> Database:
        """A subgraph's store."""
        here = f"sqlite+aiosqlite:///{self.var / subgraph}.sqlite"
        return Database(self.environment.get(f"{subgraph.upper()}_DATABASE_URL", here))

    async def rows(self, subgraph: str, statement: str, **values: Any) -> list[tuple[Any, ...]]:
        """What a statement finds in, or gives back from, a subgraph's store."""
        moments = [
            bindparam(name, type_=Timestamp) for name, value in values.items() if isinstance(value, datetime)
        ]
        database = self.database(subgraph)
        try:
            async with database.transaction() as session:
                found = await session.execute(text(statement).bindparams(*moments), values)
                return [tuple(row) for row in found]
        finally:
            await database.close()

    def mail_to(self, address: str) -> str:
        """The text of the latest mail to an address, waiting for it a while."""
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            for file in sorted((self.var / "mail").glob("*.eml"), reverse=True):
                message = email.message_from_bytes(file.read_bytes(), policy=policy.default)
                if address in str(message["to"]):
                    body = message.get_body(("plain",))
                    return body.get_content() if body else ""
            time.sleep(0.05)
        raise AssertionError(f"no mail to {address}")


@dataclass
class Client:
    """Somebody who talks to the router; signed in or not."""

    http: httpx2.AsyncClient
    token: str = ""
    user_id: str = ""

    async def ask(self, query: str, **variables: Any) -> dict[str, Any]:
        """The whole answer."""
        headers = {"authorization": f"Bearer {self.token}"} if self.token else {}
        answer = await self.http.post(
            "/graphql", json={"query": query, "variables": variables}, headers=headers
        )
        return answer.json()

    async def data(self, query: str, **variables: Any) -> Any:
        """The data of an answer without errors."""
        answer = await self.ask(query, **variables)
        assert "errors" not in answer, answer["errors"]
        return answer["data"]

    async def payload(self, mutation: str, **variables: Any) -> Any:
        """What a mutation's only root field answers."""
        (payload,) = (await self.data(mutation, **variables)).values()
        return payload

    async def sign_in(self, handle: str, password: str = PASSPHRASE) -> "Client":
        """The same client, signed in."""
        session = (await self.payload(SIGN_IN, input={"handle": handle, "password": password}))["session"]
        return Client(self.http, session["accessToken"], session["user"]["id"])


def start(
    var: Path, *arguments: str, environment: Mapping[str, str] | None = None
) -> tuple[subprocess.Popen[bytes], str]:
    """Starts `supergraph dev` and gives it with its address, once it is ready.

    Raises:
        AssertionError: it did not become ready, with what it printed.
    """
    port = free_port()
    log = (var / "log.txt").open("wb")
    process = subprocess.Popen(
        [sys.executable, "-m", "supergraph", "dev", "--port", str(port), *arguments],
        cwd=ROOT,
        env={**os.environ, "SUPERGRAPH_VAR": str(var), **(environment or {})},
        stdout=log,
        stderr=subprocess.STDOUT,
    )
    url = f"http://127.0.0.1:{port}"
    deadline = time.monotonic() + STARTS_WITHIN_S
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if httpx2.get(f"{url}/ready").status_code == 200:
                return process, url
        except httpx2.TransportError:
            time.sleep(0.1)
    process.kill()
    raise AssertionError((var / "log.txt").read_text())


def stop(process: subprocess.Popen[bytes]) -> int:
    """Stops it as Ctrl-C would, and gives its exit code."""
    process.send_signal(signal.SIGINT)
    return process.wait(20)


@asynccontextmanager
async def redis_prefix() -> AsyncIterator[str]:
    """What stands in braces at the beginning of a business's keys in Redis; they are deleted at the end."""
    prefix = f"test-{uuid4().hex[:12]}"
    yield prefix
    async with Redis.from_url(redis_url()) as redis:
        if keys := [key async for key in redis.scan_iter(f"{{{prefix}}}:*")]:
            await redis.delete(*keys)


@asynccontextmanager
async def services(folder: Path) -> AsyncIterator[dict[str, str]]:
    """The environment of a business with databases on PostgreSQL and queues on RabbitMQ, which go with it.

    What routers share is in Redis: automatic persisted documents, and how much clients have asked for.
    """
    async with AsyncExitStack() as stack:
        environment = {
            "BROKER_URL": rabbitmq_url(),
            "SUPERGRAPH_REDIS__URL": redis_url(),
            "SUPERGRAPH_RATE_LIMITS__STORE": "redis",
            "SUPERGRAPH_PERSISTED_DOCUMENTS__STORE": "redis",
        }
        for name in SUBGRAPHS:
            url = await stack.enter_async_context(empty_database("postgresql", folder))
            environment[f"{name.upper()}_DATABASE_URL"] = url
        environment["SUPERGRAPH_REDIS__PREFIX"] = await stack.enter_async_context(redis_prefix())
        environment["BROKER_PREFIX"] = await stack.enter_async_context(rabbitmq_prefix(LISTENERS))
        yield environment


@pytest.fixture(scope="session", params=STORES)
def business(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Business]:
    """One business for all journeys on the same stores; each journey brings its own people and films."""
    var = tmp_path_factory.mktemp("var")
    with asyncio.Runner() as runner, ExitStack() as stack:
        environment: dict[str, str] = {}
        if request.param == "services":
            made = services(var)
            environment = runner.run(made.__aenter__())
            stack.callback(lambda: runner.run(made.__aexit__(None, None, None)))
        process, url = start(var, environment=environment)
        stack.callback(stop, process)
        yield Business(url, var, environment)


def command(business: Business, subgraph: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """A subgraph's own command over the business's stores."""
    return subprocess.run(
        [sys.executable, "-m", f"subgraphs.{subgraph}", *arguments],
        cwd=ROOT,
        env={**os.environ, "SUPERGRAPH_VAR": str(business.var), **business.environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
async def visitor(business: Business) -> AsyncIterator[Client]:
    """Somebody who is not signed in."""
    async with httpx2.AsyncClient(base_url=business.url, timeout=30) as http:
        yield Client(http)


@pytest.fixture
async def clerk(visitor: Client) -> Client:
    """The demo clerk."""
    return await visitor.sign_in("clive")


REGISTER = """mutation ($input: RegisterInput!) { register(input: $input) {
  statusToken registration { status } errors { ... on UserError { code message path } } } }"""
ACTIVATE = """mutation ($input: ActivateAccountInput!) { activateAccount(input: $input) {
  session { accessToken user { id handle } } errors { ... on UserError { code } } } }"""


def new_person(**changes: str) -> dict[str, str]:
    """The registration of somebody who has not been here before."""
    handle = f"p{uuid4().hex[:12]}"
    return {
        "handle": handle,
        "displayName": "New Member",
        "email": f"{handle}@example.com",
        "password": "a-long-enough-passphrase",
        "birthDate": "1990-05-04",
        "idempotencyKey": uuid4().hex,
        **changes,
    }


@pytest.fixture
async def member(visitor: Client, business: Business) -> Client:
    """A new member, registered and activated."""
    person = new_person()
    await visitor.payload(REGISTER, input=person)
    found = ACTIVATION.search(business.mail_to(person["email"]))
    assert found, "the mail holds no activation link"
    session = (await visitor.payload(ACTIVATE, input={"token": found[1]}))["session"]
    return Client(visitor.http, session["accessToken"], session["user"]["id"])
