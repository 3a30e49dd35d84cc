"""What a subgraph is told of a client: who it is, and where it calls from, as the router knows it."""

from supergraph.server.callers import Callers, address_of
from supergraph.server.internal_tokens import InternalTokens

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
