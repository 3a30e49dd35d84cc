"""The tokens that tell a subgraph who asks."""

import jwt
import pytest

from supergraph.server import internal_tokens
from supergraph.server.identity import ANONYMOUS, Identity
from supergraph.server.internal_tokens import InternalTokens

KEY = b"a key of thirty-two bytes or more"
MEMBER = Identity("usr_1", "ses_1", frozenset({"b", "a"}), "PLUS", "1990-02-03")


def claims_of(token: str, audience: str) -> dict[str, object]:
    return jwt.decode(
        token, KEY, algorithms=["HS256"], audience=audience, issuer="router", options={"verify_exp": False}
    )


def test_a_token_says_who_asks_and_whom_it_is_for() -> None:
    token = InternalTokens(KEY, clock=lambda: 5000.5).token(MEMBER, "movies")

    assert claims_of(token, "movies") == {
        "iss": "router",
        "aud": "movies",
        "iat": 5000,
        "exp": 5060,
        "sub": "usr_1",
        "sid": "ses_1",
        "scope": "a b",
        "tier": "PLUS",
        "birthdate": "1990-02-03",
    }


def test_an_anonymous_caller_has_no_subject() -> None:
    token = InternalTokens(KEY, clock=lambda: 5000).token(ANONYMOUS, "movies")

    assert claims_of(token, "movies") == {"iss": "router", "aud": "movies", "iat": 5000, "exp": 5060}


def test_one_token_serves_an_identity_at_a_subgraph_for_half_its_life() -> None:
    now = [5000.0]
    tokens = InternalTokens(KEY, clock=lambda: now[0])
    first = tokens.token(MEMBER, "movies")

    now[0] += 29
    assert tokens.token(MEMBER, "movies") is first
    assert tokens.token(MEMBER, "users") != first

    now[0] += 1
    assert tokens.token(MEMBER, "movies") != first


def test_no_more_tokens_are_kept_than_there_is_room_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(internal_tokens, "REMEMBERED_TOKENS", 3)
    tokens = InternalTokens(KEY)
    for number in range(100):
        tokens.token(Identity(subject=f"usr_{number}"), "movies")

    assert len(tokens._minted) <= 3
