"""What one request may weigh, through a socket: more is refused by its name, and no subgraph is asked."""

import gzip
import hashlib
from collections.abc import Callable
from typing import Any

import httpx2
import orjson
import pytest

from tests.server.limiting.conftest import Clients, Subgraph, ask, code_of

GRAPHQL = {"accept": "application/graphql-response+json"}


def repeated(count: int, text: Callable[[int], str]) -> str:
    return " ".join(text(n) for n in range(count))


def nested(count: int, before: str, inner: str, after: str) -> str:
    return before * count + inner + after * count


BOMB = "{ shelf { ...F0 } } " + repeated(
    12, lambda n: f"fragment F{n} on Film {{ a: next {{ ...F{n + 1} }} next {{ ...F{n + 1} }} }}"
)


@pytest.mark.parametrize(
    ("query", "code"),
    [
        pytest.param(
            f"{{ {repeated(10_000, lambda n: f'a{n}: hello')} }}", "GRAPHQL_PARSE_FAILED", id="10,000 aliases"
        ),
        pytest.param(
            f"{{ {repeated(1_000, lambda n: f'a{n}: hello')} }}",
            "MAX_ROOT_FIELDS_LIMIT",
            id="1,000 root fields",
        ),
        pytest.param(
            f"mutation {{ {repeated(101, lambda n: f'a{n}: signIn')} }}",
            "MAX_ROOT_FIELDS_LIMIT",
            id="101 sign-ins",
        ),
        pytest.param(
            f"{{ shelf {{ {repeated(501, lambda n: f'a{n}: title')} }} }}",
            "MAX_ALIASES_LIMIT",
            id="501 aliases",
        ),
        pytest.param(
            "{ shelf { " + nested(50, "next { ", "title", " }") + " } }",
            "MAX_DEPTH_LIMIT",
            id="50 levels",
        ),
        pytest.param("{" * 3_000, "GRAPHQL_PARSE_FAILED", id="3,000 braces"),
        pytest.param(
            "{ " + nested(3_000, "... { ", "hello", " }") + " }",
            "GRAPHQL_PARSE_FAILED",
            id="3,000 fragments deep",
        ),
        pytest.param(
            "{ echo(any: " + nested(5_000, "[", "", "]") + ") }",
            "GRAPHQL_PARSE_FAILED",
            id="5,000 lists deep",
        ),
        pytest.param(
            "{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }",
            "GRAPHQL_VALIDATION_FAILED",
            id="circular fragments",
        ),
        pytest.param(
            BOMB + " fragment F12 on Film { title }", "MAX_FIELDS_LIMIT", id="2^12 fields in fragments"
        ),
        pytest.param(
            "{ ...F0 } "
            + repeated(60, lambda n: f"fragment F{n} on Query {{ ...F{n + 1} ...F{n + 1} }}")
            + " fragment F60 on Query { hello }",
            "MAX_ROOT_FIELDS_LIMIT",
            id="2^60 fields in fragments",
        ),
        pytest.param(
            "{ hello } " + repeated(1_000, lambda n: f"fragment F{n} on Film {{ title }}"),
            "MAX_FRAGMENTS_LIMIT",
            id="1,000 fragments",
        ),
        pytest.param(f"{{ hello {'@skip(if: false) ' * 501} }}", "MAX_DIRECTIVES_LIMIT", id="501 directives"),
        pytest.param(f"{{ hello {'@aa ' * 400} }}", "GRAPHQL_VALIDATION_FAILED", id="400 unknown directives"),
        pytest.param(
            f"{{ shelf {{ {'title ' * 10_000} }} }}", "MAX_FIELDS_LIMIT", id="10,000 times the same field"
        ),
        pytest.param(f"{{ shelf {{ {'title ' * 20_000} }} }}", "GRAPHQL_PARSE_FAILED", id="too many tokens"),
        pytest.param(
            f"query ({repeated(201, lambda n: f'$v{n}: Int')}) {{ hello }}",
            "MAX_VARIABLES_LIMIT",
            id="201 variables",
        ),
    ],
)
async def test_a_document_that_weighs_too_much_is_refused_by_name_and_nothing_is_fetched(
    asking: Clients, subgraph: Subgraph, query: str, code: str
) -> None:
    async with asking() as client:
        answer = await ask(client, query, headers=GRAPHQL)

    assert (answer.status_code, code_of(answer)) == (400, code)
    assert "data" not in answer.json()
    assert len(answer.json()["errors"]) <= 11
    assert subgraph.asked == 0


def deep(levels: int) -> Any:
    value: Any = {"n": 1}
    for _ in range(levels):
        value = {"in": value}
    return value


@pytest.mark.parametrize(
    ("variables", "code"),
    [
        pytest.param({"in": deep(47)}, None, id="as deep as may be"),
        pytest.param({"in": deep(60)}, "MAX_VARIABLE_DEPTH_LIMIT", id="60 levels"),
        pytest.param({"in": deep(900)}, "MAX_VARIABLE_DEPTH_LIMIT", id="900 levels"),
        pytest.param({"in": {"list": [{"n": 1}] * 20_000}}, "MAX_VARIABLE_VALUES_LIMIT", id="20,000 objects"),
        pytest.param({"in": {"list": [{"n": "x"}] * 4_000}}, "BAD_USER_INPUT", id="4,000 mistakes"),
    ],
)
async def test_variables_are_limited_in_depth_and_number(
    asking: Clients, subgraph: Subgraph, variables: dict[str, Any], code: str | None
) -> None:
    async with asking() as client:
        answer = await ask(
            client, "query ($in: Nested) { echo(in: $in) }", variables=variables, headers=GRAPHQL
        )

    assert code_of(answer) == code
    assert len(answer.json().get("errors", [])) <= 11
    assert subgraph.asked == (code is None)


async def post(client: httpx2.AsyncClient, content: Any, **headers: str) -> httpx2.Response:
    return await client.post(
        "/graphql", content=content, headers={"content-type": "application/json", **headers}
    )


async def test_a_body_that_is_too_long_is_refused_by_its_length_before_it_is_read(asking: Clients) -> None:
    async with asking() as client:
        answer = await post(client, b'{"query": "{ hello }", "x": "' + b"y" * 3_000_000 + b'"}')

    assert (answer.status_code, code_of(answer)) == (413, "REQUEST_TOO_LARGE")


@pytest.mark.parametrize("encoding", ["gzip", "br", "deflate"])
async def test_a_compressed_body_is_refused_whatever_would_come_out_of_it(
    asking: Clients, subgraph: Subgraph, encoding: str
) -> None:
    bomb = gzip.compress(b'{"query": "{ hello }", "x": "' + b"y" * 50_000_000 + b'"}')
    async with asking() as client:
        answer = await post(client, bomb, **{"content-encoding": encoding})

    assert len(bomb) < 100_000
    assert (answer.status_code, code_of(answer)) == (415, "UNSUPPORTED_MEDIA_TYPE")
    assert subgraph.asked == 0


@pytest.mark.parametrize("opening", [b"[", b'{"query":'])
async def test_json_that_is_nested_without_end_is_no_request(asking: Clients, opening: bytes) -> None:
    async with asking() as client:
        answer = await post(client, opening * 90_000)

    assert (answer.status_code, code_of(answer)) == (400, "BAD_REQUEST")


async def test_headers_that_are_too_long_are_refused(asking: Clients) -> None:
    async with asking() as client:
        answer = await ask(client, headers={"x-long": "y" * 300_000})

    assert (answer.status_code, code_of(answer)) == (431, "REQUEST_HEAD_TOO_LARGE")


async def test_a_document_that_is_known_by_its_hash_is_limited_like_any_other(asking: Clients) -> None:
    query = f"{{ {repeated(1_000, lambda n: f'a{n}: hello')} }}"
    persisted = {"persistedQuery": {"version": 1, "sha256Hash": hashlib.sha256(query.encode()).hexdigest()}}
    async with asking() as client:
        await ask(client, query, extensions=persisted)
        answer = await client.post("/graphql", json={"extensions": persisted})

    assert code_of(answer) == "MAX_ROOT_FIELDS_LIMIT"


async def test_limits_are_as_configured(asking: Clients) -> None:
    limits = {"depth": 1, "aliases": 1, "fragments": 0, "variable_values": 1, "tokens": 30}
    queries = {
        "{ shelf { title } }": "MAX_DEPTH_LIMIT",
        "{ a: hello b: hello }": "MAX_ALIASES_LIMIT",
        "{ ...F } fragment F on Query { hello }": "MAX_FRAGMENTS_LIMIT",
        "{ " + "hello " * 30 + "}": "GRAPHQL_PARSE_FAILED",
        "{ hello }": None,
    }
    async with asking(limits=limits) as client:
        found = {query: code_of(await ask(client, query)) for query in queries}
        values = await ask(client, "query ($x: Anything) { echo(any: $x) }", variables={"x": [1, 2]})

    assert found == queries
    assert code_of(values) == "MAX_VARIABLE_VALUES_LIMIT"


async def test_a_batch_is_limited_to_so_many_operations_and_off_by_default(asking: Clients) -> None:
    batch = orjson.dumps([{"query": "mutation { signIn }"}] * 11)
    async with asking() as client:
        off = await post(client, batch)
    async with asking(batching={"enabled": True}) as client:
        too_many = await post(client, batch)

    assert [code_of(off), code_of(too_many)] == ["BATCHING_NOT_ENABLED", "BATCH_LIMIT_EXCEEDED"]
