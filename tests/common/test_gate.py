"""The gate lets in whom the router vouches for, and nobody else."""

from dataclasses import replace
from datetime import date, timedelta

import jwt
import pytest
from starlette.types import Receive, Scope, Send

from subgraphs.common.caller import ANONYMOUS, Caller
from subgraphs.common.gate import Gate, TokenReader, TokenRefused, mint_token

KEY = b"0123456789abcdef0123456789abcdef"
ADA = Caller("usr_1", "ses_1", frozenset({"catalog:write", "rentals:read"}), "PLUS", date(1990, 12, 10))
READER = TokenReader(lambda: KEY, "movies")


def minted(caller: Caller = ADA, key: bytes = KEY, audience: str = "movies", minutes: int = 1) -> str:
    """A token with one thing changed."""
    return mint_token(key, audience, caller, timedelta(minutes=minutes))


@pytest.mark.parametrize("caller", [ADA, ANONYMOUS])
def test_a_caller_comes_out_of_the_token_as_they_went_in(caller: Caller) -> None:
    assert READER.read(minted(caller)) == caller


@pytest.mark.parametrize(
    "token",
    [
        pytest.param("", id="empty"),
        pytest.param("not-a-token", id="garbage"),
        pytest.param(minted(key=b"another key of at least 32 bytes!"), id="another key"),
        pytest.param(minted(audience="users"), id="another audience"),
        pytest.param(minted(minutes=-1), id="expired"),
        pytest.param(jwt.encode({"aud": "movies", "iss": "router", "exp": 9e9}, "", "none"), id="alg none"),
        pytest.param(jwt.encode({"aud": "movies", "iss": "router"}, KEY, "HS256"), id="never expires"),
        pytest.param(jwt.encode({"aud": "movies", "iss": "me", "exp": 9e9}, KEY, "HS256"), id="issuer"),
    ],
)
def test_a_token_that_the_router_did_not_sign_for_this_subgraph_is_refused(token: str) -> None:
    with pytest.raises(TokenRefused):
        READER.read(token)


@pytest.mark.parametrize(
    ("header", "address"),
    [
        pytest.param("192.0.2.7", "192.0.2.7", id="as the router says it"),
        pytest.param("2001:DB8:0::1", "2001:db8::1", id="in one spelling"),
        pytest.param("somewhere", None, id="no address"),
        pytest.param(None, None, id="none"),
    ],
)
async def test_a_caller_calls_from_where_the_router_says(header: str | None, address: str | None) -> None:
    seen: list[Caller] = []

    async def app(scope: Scope, _receive: Receive, _send: Send) -> None:
        seen.append(scope["caller"])

    headers = [(b"authorization", f"Bearer {minted()}".encode())]
    if header is not None:
        headers.append((b"x-client-address", header.encode()))
    scope = {"type": "http", "path": "/graphql", "headers": headers}
    await Gate(app, READER, frozenset())(scope, nothing, nothing)  # pyright: ignore[reportArgumentType]
    assert seen == [replace(ADA, address=address)]


async def nothing(*_: object) -> None:
    """Neither sends nor receives."""
