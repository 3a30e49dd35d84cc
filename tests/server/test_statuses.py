"""The two profiles of HTTP statuses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx2
import pytest
from starlette.types import ASGIApp

from supergraph.configuration import StatusProfile
from supergraph.server.callers import Callers
from supergraph.server.closing import Closing
from supergraph.server.graphql_over_http import GraphQLOverHttp, HttpOptions
from supergraph.server.operations import Operations

JSON = "application/json"
GRAPHQL_RESPONSE = "application/graphql-response+json"


@pytest.mark.parametrize(
    ("body", "json", "audit", "draft"),
    [
        ({"query": "{ hello }"}, 200, 200, 200),
        ({"query": "{ hello broken }"}, 200, 200, 294),
        ({"query": "{"}, 200, 400, 400),
        ({"query": "{ nothing }"}, 200, 400, 422),
        ({"query": "{ hello }", "operationName": "Other"}, 200, 400, 422),
        ({"query": "query ($n: String!) { hello(name: $n) }"}, 200, 400, 422),
    ],
)
async def test_each_profile_gives_the_status_that_its_specification_says(
    operations: Operations,
    client_of: Callable[[ASGIApp], httpx2.AsyncClient],
    body: dict[str, Any],
    json: int,
    audit: int,
    draft: int,
) -> None:
    async def status(profile: StatusProfile, accept: str) -> int:
        options = HttpOptions(statuses=profile)
        client = client_of(GraphQLOverHttp(operations, Callers(None, None), Closing(), options))
        return (await client.post("/graphql", json=body, headers={"accept": accept})).status_code

    assert await status("audit", JSON) == await status("draft-2026", JSON) == json
    assert await status("audit", GRAPHQL_RESPONSE) == audit
    assert await status("draft-2026", GRAPHQL_RESPONSE) == draft


@pytest.mark.parametrize(("profile", "status"), [("audit", 400), ("draft-2026", 422)])
async def test_what_is_json_and_no_request_has_a_status_of_its_own_in_the_draft(
    operations: Operations,
    client_of: Callable[[ASGIApp], httpx2.AsyncClient],
    profile: StatusProfile,
    status: int,
) -> None:
    options = HttpOptions(statuses=profile)
    client = client_of(GraphQLOverHttp(operations, Callers(None, None), Closing(), options))

    assert (await client.post("/graphql", json={"query": 7})).status_code == status
