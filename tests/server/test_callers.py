"""What a subgraph is told of a client: who it is, and where it calls from, as the router knows it."""

import pytest

from supergraph.server.callers import Callers, address_of
from supergraph.server.internal_tokens import InternalTokens
from supergraph.server.refusal import HttpRefusal

KEY = b"a key of thirty-two bytes or more"


async def test_a_subgraph_learns_where_the_client_calls_from() -> None:
    caller = await Callers(None, InternalTokens(KEY)).caller(None, "192.0.2.7")
    assert caller.headers("users")["x-client-address"] == "192.0.2.7"


async def test_an_address_that_is_not_known_is_not_told() -> None:
    caller = await Callers(None, InternalTokens(KEY)).caller(None, None)
    assert set(caller.headers("users")) == {"authorization"}


async def test_clients_at_two_addresses_share_a_token() -> None:
    callers = Callers(None, InternalTokens(KEY))
    tokens = {
        (await callers.caller(None, address)).headers("users")["authorization"]
        for address in ("192.0.2.7", "192.0.2.8")
    }
    assert len(tokens) == 1


async def test_subgraphs_that_trust_no_token_of_ours_are_told_of_no_address() -> None:
    caller = await Callers(None, None).caller(None, "192.0.2.7")
    assert caller.headers("users") == {}


def test_the_address_is_the_connections_own() -> None:
    forged = [(b"x-client-address", b"203.0.113.1")]
    assert address_of({"type": "http", "client": ("192.0.2.7", 1), "headers": forged}) == "192.0.2.7"
    assert address_of({"type": "http", "client": None}) is None


@pytest.mark.parametrize(("header", "patience"), [("x-patience-ms", 1.5), ("", None)])
async def test_a_client_may_say_how_long_it_waits_where_a_header_is_named_for_that(
    header: str, patience: float | None
) -> None:
    sent = [(b"x-patience-ms", b"1500")]
    for tokens in (None, InternalTokens(KEY)):
        caller = await Callers(None, tokens, patience=header).caller(None, None, sent)
        assert caller.patience == patience


@pytest.mark.parametrize("value", [b"0", b"soon", b"-1", b"1.5", b"", b"9" * 10])
async def test_a_client_that_does_not_say_clearly_how_long_it_waits_is_told_so(value: bytes) -> None:
    with pytest.raises(HttpRefusal, match="x-patience-ms") as raised:
        await Callers(None, None, patience="x-patience-ms").caller(None, None, [(b"x-patience-ms", value)])
    assert raised.value.status == 400
