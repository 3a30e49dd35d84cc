"""Access tokens, verified against a key set."""

import asyncio
import time
from collections.abc import Callable
from typing import Any

import jwt
import orjson
import pytest
import time_machine
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from jwt.algorithms import OKPAlgorithm, RSAAlgorithm

from supergraph.configuration import AccessTokensConfiguration, KeySetConfiguration
from supergraph.server import identity
from supergraph.server.identity import ANONYMOUS, AccessTokens, Identity, KeySet
from supergraph.server.refusal import HttpRefusal

CONFIGURATION = AccessTokensConfiguration(
    key_set=KeySetConfiguration(subgraph="users"), issuer="users", audience="supergraph", leeway_seconds=0
)


class Issuer:
    """Signs tokens and publishes its keys; counts how often they are asked for."""

    def __init__(self) -> None:
        self.keys = {"k1": Ed25519PrivateKey.generate()}
        self.others: list[dict[str, Any]] = []
        self.asked = 0
        self.away = False
        self.answers = asyncio.Event()
        self.answers.set()

    async def key_set(self) -> bytes:
        self.asked += 1
        await self.answers.wait()
        if self.away:
            raise ConnectionError("nobody there")
        entries = [
            {**OKPAlgorithm.to_jwk(key.public_key(), as_dict=True), "kid": key_id, "alg": "EdDSA"}
            for key_id, key in self.keys.items()
        ]
        return orjson.dumps({"keys": [*self.others, *entries]})

    def token(self, key_id: str = "k1", **changed: Any) -> str:
        claims = {
            "iss": "users",
            "aud": "supergraph",
            "sub": "usr_1",
            "sid": "ses_1",
            "scope": "catalog:write users:read",
            "tier": "PLUS",
            "birthdate": "1990-02-03",
            "roles": ["CLERK"],
            "exp": 4102444800,
        }
        claims |= changed
        claims = {name: value for name, value in claims.items() if value is not None}
        return jwt.encode(claims, self.keys[key_id], "EdDSA", headers={"kid": key_id, "typ": "at+jwt"})


class Clock:
    """A monotonic clock that the test moves."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def issuer() -> Issuer:
    return Issuer()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def tokens(issuer: Issuer, clock: Callable[[], float]) -> AccessTokens:
    return AccessTokens(CONFIGURATION, KeySet(issuer.key_set, clock))


def bearer(token: str) -> bytes:
    return f"Bearer {token}".encode()


async def refusal_of(tokens: AccessTokens, authorization: bytes) -> HttpRefusal:
    with pytest.raises(HttpRefusal) as refusal:
        await tokens.identify(authorization)
    return refusal.value


async def test_a_valid_token_gives_the_identity_in_its_claims(tokens: AccessTokens, issuer: Issuer) -> None:
    assert await tokens.identify(bearer(issuer.token())) == Identity(
        subject="usr_1",
        session="ses_1",
        scopes=frozenset({"catalog:write", "users:read"}),
        tier="PLUS",
        birthdate="1990-02-03",
        roles=frozenset({"CLERK"}),
        expires_at=4102444800.0,
    )


async def test_no_token_is_anonymous(tokens: AccessTokens) -> None:
    assert await tokens.identify(None) is ANONYMOUS


@pytest.mark.parametrize(
    "changed",
    [
        {"exp": 1000},
        {"exp": None},
        {"sub": None},
        {"iss": "somebody"},
        {"aud": "something"},
        {"nbf": 4102444000},
    ],
    ids=str,
)
async def test_a_token_that_does_not_hold_is_refused_in_the_same_words(
    tokens: AccessTokens, issuer: Issuer, changed: dict[str, Any]
) -> None:
    refusal = await refusal_of(tokens, bearer(issuer.token(**changed)))

    assert (refusal.status, refusal.code) == (401, "UNAUTHENTICATED")
    assert refusal.message.startswith("The access token is not valid, or no longer")


async def test_a_token_that_another_key_signed_is_refused(tokens: AccessTokens) -> None:
    assert (await refusal_of(tokens, bearer(Issuer().token()))).status == 401


@pytest.mark.parametrize("authorization", [b"Bearer", b"Bearer ", b"Basic abc", b"Bearer a.b", b"\xff\xfe"])
async def test_what_is_no_token_is_refused(tokens: AccessTokens, authorization: bytes) -> None:
    assert (await refusal_of(tokens, authorization)).status == 401


async def test_a_remembered_token_ends_with_its_lifetime(tokens: AccessTokens, issuer: Issuer) -> None:
    authorization = bearer(issuer.token(exp=int(time.time()) + 600))
    await tokens.identify(authorization)

    with time_machine.travel(time.time() + 601):
        assert (await refusal_of(tokens, authorization)).status == 401


async def test_keys_are_asked_for_once(tokens: AccessTokens, issuer: Issuer) -> None:
    await tokens.identify(bearer(issuer.token()))
    await tokens.identify(bearer(issuer.token(sub="usr_2")))

    assert issuer.asked == 1


async def test_an_unknown_key_id_is_looked_up_but_no_flood_of_them(
    tokens: AccessTokens, issuer: Issuer, clock: Clock
) -> None:
    await tokens.identify(bearer(issuer.token()))
    issuer.keys["k2"] = Ed25519PrivateKey.generate()
    clock.now += 11
    await tokens.identify(bearer(issuer.token("k2")))
    stranger = Issuer()
    stranger.keys = {f"s{number}": Ed25519PrivateKey.generate() for number in range(5)}
    for key_id in stranger.keys:
        await refusal_of(tokens, bearer(stranger.token(key_id)))

    assert issuer.asked == 2


async def test_the_last_good_keys_count_for_an_hour_while_the_issuer_is_away(
    tokens: AccessTokens, issuer: Issuer, clock: Clock
) -> None:
    await tokens.identify(bearer(issuer.token()))
    issuer.away = True
    clock.now += 3500

    assert (await tokens.identify(bearer(issuer.token(sub="usr_2")))).subject == "usr_2"

    clock.now += 200
    refusal = await refusal_of(tokens, bearer(issuer.token(sub="usr_3")))
    assert (refusal.status, refusal.code) == (503, "KEY_SET_UNAVAILABLE")


async def test_a_key_that_the_issuer_withdrew_ends_within_five_minutes(
    tokens: AccessTokens, issuer: Issuer, clock: Clock
) -> None:
    await tokens.identify(bearer(issuer.token()))
    old = issuer.token(sub="usr_2")
    issuer.keys = {"k2": Ed25519PrivateKey.generate()}
    clock.now += 301

    assert (await refusal_of(tokens, bearer(old))).status == 401


async def test_a_remembered_token_ends_with_its_key(
    tokens: AccessTokens, issuer: Issuer, clock: Clock
) -> None:
    authorization = bearer(issuer.token())
    await tokens.identify(authorization)
    issuer.keys = {"k2": Ed25519PrivateKey.generate()}
    clock.now += 301

    assert (await refusal_of(tokens, authorization)).status == 401


async def test_while_keys_overlap_both_count(tokens: AccessTokens, issuer: Issuer) -> None:
    issuer.keys["k2"] = Ed25519PrivateKey.generate()

    for key_id in ("k1", "k2"):
        assert (await tokens.identify(bearer(issuer.token(key_id)))).subject == "usr_1"


async def test_while_the_issuer_is_away_nobody_waits_for_it(
    tokens: AccessTokens, issuer: Issuer, clock: Clock
) -> None:
    await tokens.identify(bearer(issuer.token()))
    issuer.away = True
    clock.now += 301
    await tokens.identify(bearer(issuer.token(sub="usr_2")))
    issuer.answers.clear()
    clock.now += 11

    assert (await tokens.identify(bearer(issuer.token(sub="usr_3")))).subject == "usr_3"

    issuer.away = False
    issuer.answers.set()
    asked = issuer.asked
    async with asyncio.timeout(5):
        while issuer.asked == asked:  # noqa: ASYNC110 - there is nothing that would tell
            await asyncio.sleep(0)


async def test_an_issuer_that_does_not_answer_is_not_waited_for_long(
    tokens: AccessTokens, issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(identity, "FETCHED_WITHIN_S", 0.05)
    issuer.answers.clear()

    assert (await refusal_of(tokens, bearer(issuer.token()))).status == 503


def rsa(bits: int) -> dict[str, Any]:
    public = generate_private_key(65537, bits).public_key()
    return {**RSAAlgorithm.to_jwk(public, as_dict=True), "kid": "other"}


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(
            {"kid": "other", "kty": "AKP", "alg": "ML-DSA-44", "pub": "AA"}, id="of an unknown kind"
        ),
        pytest.param({"kid": "other", "kty": "OKP", "crv": "X25519", "x": "AA"}, id="that signs nothing"),
        pytest.param({"kid": "other", "kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"}, id="broken"),
        pytest.param({"kid": "other", "kty": "oct", "k": "c2VjcmV0", "alg": "HS256"}, id="that is a secret"),
        pytest.param({**rsa(2048), "use": "enc"}, id="that encrypts"),
        pytest.param(rsa(1024), id="that is too short"),
        pytest.param({"kty": "OKP"}, id="without an id"),
    ],
)
async def test_a_key_that_cannot_be_used_is_left_out_and_harms_no_other(
    tokens: AccessTokens, issuer: Issuer, other: dict[str, Any]
) -> None:
    issuer.others = [other]

    assert (await tokens.identify(bearer(issuer.token()))).subject == "usr_1"
    assert await tokens._key_set.key("other") is None


async def test_policies_stand_in_the_claim_that_is_configured(issuer: Issuer) -> None:
    configured = CONFIGURATION.model_copy(update={"policies_claim": "https://shop.example/policies"})
    tokens = AccessTokens(configured, KeySet(issuer.key_set))
    claims: dict[str, Any] = {"https://shop.example/policies": ["reads_profits", "reads_wages"]}
    token = issuer.token(**claims)

    assert (await tokens.identify(bearer(token))).policies == {"reads_profits", "reads_wages"}
    assert (await tokens.identify(bearer(issuer.token(policies=["reads_profits"])))).policies == frozenset()


async def test_an_issuer_may_write_another_type_where_that_is_configured(issuer: Issuer) -> None:
    configured = CONFIGURATION.model_copy(update={"types": ("JWT",)})
    claims = {"iss": "users", "aud": "supergraph", "sub": "usr_1", "exp": 4102444800}
    token = jwt.encode(claims, issuer.keys["k1"], "EdDSA", headers={"kid": "k1"})

    assert (await AccessTokens(configured, KeySet(issuer.key_set)).identify(bearer(token))).subject == "usr_1"
    refusal = await refusal_of(AccessTokens(CONFIGURATION, KeySet(issuer.key_set)), bearer(token))
    assert refusal.status == 401
