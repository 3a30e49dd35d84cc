"""What is answered without the framework is answered as the framework does; all else is left to it."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest
from graphql import parse
from sqlalchemy import text
from strawberry import Schema
from strawberry.fastapi import GraphQLRouter
from strawberry.types.graphql import OperationType

from subgraphs.common.caller import Caller
from subgraphs.common.executing.selections import KEPT_OPERATIONS
from subgraphs.common.gate import mint_token
from subgraphs.common.known_operations import KnownOperation, KnownOperations
from subgraphs.common.migrations import migrate
from subgraphs.common.ordinary_requests import OrdinaryRequests, _encoded
from subgraphs.movies.app import PACKAGE, create
from subgraphs.movies.models import Base
from subgraphs.movies.schema import schema
from subgraphs.movies.settings import Settings

KEY = "a key for tests, at least 32 bytes long"
ESCAPED = "\\u"
ORDINARY = "application/json"
TO_THE_FRAMEWORK = "application/json; charset=utf-8"
GENRE = "INSERT INTO genres (id, slug, name) VALUES ('gen_1', 'noir', 'Film noir ☂')"
ANSWERED: list[Any] = [
    {"query": "{ genres { name slug } }"},
    {"query": "query A { __typename } query B { genres { name } }", "operationName": "B"},
    {"query": "query ($id: ID!) { movie(id: $id) { name } }", "variables": {"id": "none"}},
    {"query": "query ($id: ID!) { movie(id: $id) { name } }", "variables": {"id": 2**80}},
    {"query": "query ($id: ID!) { movie(id: $id) { name } }"},
    {"query": "{ movie { name } }", "variables": None, "extensions": None},
    {"query": "query ($id: ID!) { movie(id: $id) { name } }", "variables": {"id": "\0"}},
    {"query": '{ movie(id: "\\u0000") { name } }'},
    {"query": "{ __typename }", "extensions": {"of": "nothing we know"}},
]
INVALID: list[Any] = [
    {"query": "{ nothing }"},
    {"query": "{ genres {"},
    {"query": 'mutation { createMovie(input: {name: "x", idempotencyKey: "k"}) { errors { __typename } } }'},
]
REFUSED: list[Any] = [
    {"query": "query A { __typename } query B { __typename }"},
    {"query": "query A { __typename }", "operationName": "C"},
    {"query": "fragment F on Query { __typename }"},
    {"query": None},
    {"query": ""},
    {"query": 5},
    {"query": "{ __typename }", "variables": []},
    {"query": "{ __typename }", "extensions": "x"},
    {},
    [{"query": "{ __typename }"}],
]


@asynccontextmanager
async def client(folder: Path, *, without: str = "", **headers: str) -> AsyncIterator[httpx2.AsyncClient]:
    """Somebody who may ask the subgraph of an almost empty catalogue; `without` one of its tables."""
    settings = Settings(database_url=f"sqlite+aiosqlite:///{folder / 'test.sqlite'}", internal_key=KEY)  # pyright: ignore[reportArgumentType] - pydantic makes it a secret
    app = create(settings)
    await migrate(app.state.database, PACKAGE, Base.metadata)
    async with app.state.database.transaction() as session:
        await session.execute(text(GENRE))
        if without:
            await session.execute(text(f"ALTER TABLE {without} RENAME TO lost"))
    token = mint_token(KEY.encode(), "movies", Caller(subject="usr_1"), timedelta(minutes=1))
    known = {"authorization": f"Bearer {token}", **headers}
    transport = httpx2.ASGITransport(app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://movies", headers=known) as opened:
        yield opened
    await app.state.database.close()


async def posted(asking: httpx2.AsyncClient, body: bytes, content_type: str) -> tuple[int, Any, str]:
    """Status, content and media type of the answer."""
    answer = await asking.post("/graphql", content=body, headers={"content-type": content_type})
    told = answer.json() if answer.headers["content-type"] == ORDINARY else answer.text
    return answer.status_code, told, answer.headers["content-type"]


async def test_whatever_is_asked_the_answer_is_the_frameworks(tmp_path: Path) -> None:
    bodies = [json.dumps(asked).encode() for asked in (*ANSWERED, *INVALID, *REFUSED)]
    async with client(tmp_path) as asking:
        for body in (*bodies, b"", b"{", b'{"query": "{ __typename }", "variables": NaN}'):
            first = await posted(asking, body, ORDINARY)
            again = await posted(asking, body, ORDINARY)
            assert [first, again] == [await posted(asking, body, TO_THE_FRAMEWORK)] * 2, body


async def test_an_operation_that_is_known_passes_through_nothing_of_strawberrys(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def passed(*_: Any, **__: Any) -> Any:
        raise AssertionError

    async with client(tmp_path) as asking:
        asked = [json.dumps(each).encode() for each in ANSWERED if ESCAPED not in each["query"]]
        first = [await posted(asking, body, ORDINARY) for body in asked]
        monkeypatch.setattr(Schema, "execute", passed)
        assert [await posted(asking, body, ORDINARY) for body in asked] == first


async def test_what_nobody_expected_is_masked_the_second_time_too(tmp_path: Path) -> None:
    body = b'{"query": "{ genres { name } }"}'
    async with client(tmp_path, without="genres") as asking:
        for _ in range(2):
            _, told, _ = await posted(asking, body, ORDINARY)
            (error,) = told["errors"]
            assert error["extensions"]["code"] == "INTERNAL_SERVER_ERROR"
            assert "genres" not in error["message"]


def test_no_more_operations_are_known_than_were_asked_for_lately() -> None:
    known = KnownOperations(schema)
    operation = KnownOperation(parse("{ a }"), None, OperationType.QUERY)
    for number in range(KEPT_OPERATIONS + 1):
        known.remember(f"{number}", None, operation)
    assert known.find("0", None) is None
    assert known.find("1", None) == known.find(f"{KEPT_OPERATIONS}", None) == operation


async def test_an_operation_does_not_pass_through_the_framework(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def passed(*_: Any, **__: Any) -> Any:
        raise AssertionError

    monkeypatch.setattr(GraphQLRouter, "run", passed)
    async with client(tmp_path) as asking:
        for asked in ANSWERED:
            status, _, _ = await posted(asking, json.dumps(asked).encode(), ORDINARY)
            assert status == 200


async def test_who_wants_a_stream_is_left_to_the_framework(tmp_path: Path) -> None:
    async with client(tmp_path, accept="text/event-stream") as asking:
        answer = await asking.post("/graphql", json={"query": "{ __typename }"})
        assert answer.headers["content-type"].startswith("text/event-stream")


async def test_what_is_left_to_the_framework_comes_to_it_from_its_beginning() -> None:
    pieces = [
        {"type": "http.request", "body": b"{", "more_body": True},
        {"type": "http.request", "body": b"}", "more_body": False},
        {"type": "http.disconnect"},
    ]
    read: list[Any] = []
    coming = iter(pieces)

    async def receive() -> Any:
        return next(coming)

    async def framework(_scope: Any, receive: Any, _send: Any) -> None:
        read.extend([await receive() for _ in pieces])

    async def send(_: Any) -> None:
        raise AssertionError

    headers = [(b"content-type", b"application/json")]
    scope = {"type": "http", "method": "POST", "path": "/graphql", "headers": headers}
    ordinary = OrdinaryRequests(framework, None, lambda _: None)  # pyright: ignore[reportArgumentType] - it is not asked
    await ordinary(scope, receive, send)
    assert read == pieces


async def test_a_connection_that_breaks_within_an_operation_has_it_not_executed() -> None:
    read: list[Any] = []
    coming = iter(
        [
            {"type": "http.request", "body": b'{"query": "{ __typename }"}', "more_body": True},
            {"type": "http.disconnect"},
        ]
    )

    async def receive() -> Any:
        return next(coming)

    async def framework(_scope: Any, receive: Any, _send: Any) -> None:
        read.extend([await receive(), await receive()])

    headers = [(b"content-type", b"application/json")]
    scope = {"type": "http", "method": "POST", "path": "/graphql", "headers": headers}
    ordinary = OrdinaryRequests(framework, None, lambda _: None)  # pyright: ignore[reportArgumentType] - it is not asked
    await ordinary(scope, receive, lambda _: read.append("answered"))  # pyright: ignore[reportArgumentType] - nothing is sent
    assert read[1] == {"type": "http.disconnect"}


def test_a_number_of_more_than_64_bits_is_written() -> None:
    assert json.loads(_encoded({"data": {"n": 2**80}})) == {"data": {"n": 2**80}}
