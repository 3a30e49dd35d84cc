"""What a client sends wrongly gets its specified answer, and changes nothing."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import httpx2
import jwt
import pytest

from tests.journeys.conftest import Business, Client
from tests.journeys.test_browsing import operation
from tests.journeys.test_renting import RENT, RETURN, offer, rent

JSON = {"content-type": "application/json"}
RESPONSE = {"accept": "application/graphql-response+json"}


@pytest.fixture
async def http(business: Business) -> AsyncIterator[httpx2.AsyncClient]:
    """Plain HTTP to the router."""
    async with httpx2.AsyncClient(base_url=business.url, timeout=30) as http:
        yield http


def codes(answer: dict[str, Any]) -> list[str]:
    """The codes of an answer's errors."""
    return [error["extensions"]["code"] for error in answer["errors"]]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"{", 400, "BAD_REQUEST"),
        (b"[]", 400, "BATCHING_NOT_ENABLED"),
        (b'{"query": 1}', 400, "BAD_REQUEST"),
        (b'{"query": "{ genres { name } }", "variables": []}', 400, "BAD_REQUEST"),
        (b'{"query": "{"}', 400, "GRAPHQL_PARSE_FAILED"),
        (b'{"query": "{ nothing }"}', 400, "GRAPHQL_VALIDATION_FAILED"),
        (
            b'{"query": "query A { genres { name } } query B { genres { name } }"}',
            400,
            "OPERATION_RESOLUTION_FAILURE",
        ),
        (
            b'{"query": "query ($first: Int!) { movies(first: $first) { totalCount } }"}',
            400,
            "BAD_USER_INPUT",
        ),
    ],
)
async def test_a_request_that_cannot_be_run_is_refused(
    http: httpx2.AsyncClient, body: bytes, status: int, code: str
) -> None:
    answer = await http.post("/graphql", content=body, headers=JSON | RESPONSE)
    assert (answer.status_code, codes(answer.json())) == (status, [code])


BORN = """mutation ($born: Date!) { register(input: { handle: "nobody", displayName: "N", email: "n@example.com",
  password: "a-long-enough-passphrase", birthDate: $born, idempotencyKey: "born" }) { statusToken } }"""


@pytest.mark.parametrize(
    ("document", "variables"),
    [
        (BORN, {"born": "yesterday"}),
        (BORN, {"born": "2026-02-30"}),
        (BORN, {"born": 20260220}),
        (BORN.replace("($born: Date!)", "").replace("$born", '"yesterday"'), {}),
    ],
)
async def test_a_day_that_is_none_is_bad_input_and_said_to_be(
    visitor: Client, document: str, variables: dict[str, Any]
) -> None:
    answer = await visitor.ask(document, **variables)
    assert (codes(answer), answer.get("data")) == (["BAD_USER_INPUT"], {"register": None})
    assert "A Date is a day such as 2026-11-20" in answer["errors"][0]["message"]


async def test_an_unknown_field_is_named_but_no_other_is_suggested(visitor: Client) -> None:
    (error,) = (await visitor.ask('{ movie(slug: "heat-1995") { nam } }'))["errors"]
    assert "'nam'" in error["message"]


@pytest.mark.parametrize("first", [0, -5, 10_000])
async def test_a_page_size_outside_1_to_100_is_bad_input(visitor: Client, first: int) -> None:
    answer = await visitor.ask("query ($first: Int!) { movies(first: $first) { totalCount } }", first=first)
    assert (answer["data"], codes(answer)) == ({"movies": None}, ["BAD_USER_INPUT"])


async def test_a_member_only_mutation_without_a_token_is_denied_and_changes_nothing(visitor: Client) -> None:
    offered = await offer(visitor, "heat-1995")
    answer = await visitor.ask(RENT, input={"offerToken": offered["token"], "idempotencyKey": uuid4().hex})
    assert answer["data"] == {"rentMovie": None}
    assert codes(answer) == ["UNAUTHORIZED_FIELD_OR_TYPE"]
    assert (await offer(visitor, "heat-1995"))["copiesAvailable"] == offered["copiesAvailable"]


async def test_a_staff_mutation_is_denied_to_a_member(member: Client) -> None:
    answer = await member.ask(
        "mutation ($input: RetireMovieInput!) { retireMovie(input: $input) { movie { id } } }",
        input={"id": "mov_1", "expectedVersion": 1},
    )
    assert (answer["data"], codes(answer)) == ({"retireMovie": None}, ["UNAUTHORIZED_FIELD_OR_TYPE"])


@pytest.mark.parametrize(
    "token",
    [
        "garbage",
        jwt.encode(
            {"sub": "usr_1", "iss": "movie-rental/users", "aud": "movie-rental", "exp": 9e9}, "x" * 32
        ),
        jwt.encode(
            {"sub": "usr_1", "iss": "movie-rental/users", "aud": "movie-rental", "exp": 9e9}, "", "none"
        ),
    ],
    ids=["garbage", "signed by somebody", "not signed"],
)
async def test_a_forged_access_token_is_refused(http: httpx2.AsyncClient, token: str) -> None:
    answer = await http.post(
        "/graphql",
        json={"query": "{ genres { name } }"},
        headers={"authorization": f"Bearer {token}"},
    )
    assert (answer.status_code, codes(answer.json())) == (401, ["UNAUTHENTICATED"])


async def test_a_forged_offer_is_refused(member: Client) -> None:
    token = (await offer(member, "heat-1995"))["token"]
    middle = len(token) // 2
    forged = token[:middle] + ("A" if token[middle] != "A" else "B") + token[middle + 1 :]
    for wrong in (forged, "garbage", ""):
        payload = await rent(member, wrong)
        assert [error["code"] for error in payload["errors"]] == ["OFFER_INVALID"]


async def test_an_offer_with_somebody_elses_discount_is_refused(visitor: Client, member: Client) -> None:
    ada = await visitor.sign_in("ada")
    payload = await rent(member, (await offer(ada, "heat-1995"))["token"])
    assert [error["code"] for error in payload["errors"]] == ["OFFER_INVALID"]


async def test_somebody_elses_rental_is_as_if_it_did_not_exist(member: Client, visitor: Client) -> None:
    rental = (await rent(member, (await offer(member, "the-matrix-1999"))["token"]))["rental"]
    ada = await visitor.sign_in("ada")
    assert (await ada.data("query ($id: ID!) { rental(id: $id) { id } }", id=rental["id"]))["rental"] is None
    payload = await ada.payload(RETURN, input={"rentalId": rental["id"], "idempotencyKey": uuid4().hex})
    assert [error["code"] for error in payload["errors"]] == ["NOT_FOUND"]
    mine = (await member.data(operation("MyRentals")))["viewer"]["rentals"]["edges"]
    assert mine[0]["node"]["status"] == "ACTIVE"


@pytest.mark.parametrize("field", ["_entities(representations: [])", "_service { sdl }"])
async def test_the_subgraphs_own_fields_are_no_part_of_the_api(visitor: Client, field: str) -> None:
    answer = await visitor.ask(f"{{ {field} {{ __typename }} }}" if "(" in field else f"{{ {field} }}")
    assert set(codes(answer)) == {"GRAPHQL_VALIDATION_FAILED"}


RENTAL = {"offerToken": "a token", "idempotencyKey": "a key"}
PERSON = {
    "handle": "mallory",
    "displayName": "Mallory",
    "email": "mallory@example.com",
    "password": "a long passphrase 42",
    "birthDate": "1990-01-31",
    "idempotencyKey": "a key",
}


@pytest.mark.parametrize(
    ("field", "kind", "values", "more"),
    [
        ("rentMovie", "RentMovieInput", RENTAL, {"price": {"amountMinor": 1, "currency": "USD"}}),
        ("rentMovie", "RentMovieInput", RENTAL, {"renterId": "usr_1"}),
        ("register", "RegisterInput", PERSON, {"roles": ["ADMINISTRATOR"]}),
        ("register", "RegisterInput", PERSON, {"membershipTier": "PREMIER"}),
    ],
)
async def test_nobody_sets_what_is_for_the_server_to_set(
    visitor: Client, field: str, kind: str, values: dict[str, Any], more: dict[str, Any]
) -> None:
    answer = await visitor.ask(
        f"mutation ($input: {kind}!) {{ {field}(input: $input) {{ __typename }} }}", input=values | more
    )

    assert "data" not in answer
    assert codes(answer) == ["BAD_USER_INPUT"]
    assert f"'{next(iter(more))}'" in answer["errors"][0]["message"]
