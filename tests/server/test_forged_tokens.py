"""Tokens that attackers make, against a router on a real socket: each is a 401, and nothing is fetched."""

import base64
import hashlib
import hmac
import json
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

import httpx2
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import OKPAlgorithm, RSAAlgorithm
from starlette.types import ASGIApp

from supergraph.configuration import Configuration
from supergraph.model import Supergraph
from supergraph.server.closing import Closing
from supergraph.server.router import create_router
from supergraph.upstream import Endpoint, FunctionTransport, TransportRequest, TransportResponse

Served = Callable[[ASGIApp, Closing], AbstractAsyncContextManager[str]]

ISSUER_KEYS = "https://issuer.example/keys"
IDENTITY = {
    "access_tokens": {
        "key_set": {"url": ISSUER_KEYS},
        "issuer": "users",
        "audience": "supergraph",
        "algorithms": ["RS256", "EdDSA"],
    }
}
RSA_KEY = generate_private_key(65537, 2048)
ED_KEY = Ed25519PrivateKey.generate()
STRANGER = generate_private_key(65537, 2048)
HEADER = {"alg": "RS256", "typ": "at+jwt", "kid": "rsa"}
CLAIMS = {"iss": "users", "aud": "supergraph", "sub": "usr_1", "exp": 4102444800}


class Outside:
    """The subgraph and the issuer; remembers what was asked of whom."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def __call__(self, request: TransportRequest) -> TransportResponse:
        self.asked.append(request.url)
        if request.url == "http://local/graphql":
            body = {"data": {"hello": "Hello"}}
            return TransportResponse(200, {"content-type": "application/json"}, json.dumps(body).encode())
        assert request.url == ISSUER_KEYS
        return TransportResponse(
            200, {}, json.dumps({"keys": [jwk(RSA_KEY, "rsa"), jwk(ED_KEY, "ed")]}).encode()
        )


def jwk(key: RSAPrivateKey | Ed25519PrivateKey, key_id: str) -> dict[str, Any]:
    if isinstance(key, RSAPrivateKey):
        return {**RSAAlgorithm.to_jwk(key.public_key(), as_dict=True), "kid": key_id}
    return {**OKPAlgorithm.to_jwk(key.public_key(), as_dict=True), "kid": key_id}


def part(value: bytes) -> bytes:
    return base64.urlsafe_b64encode(value).rstrip(b"=")


def token(
    header: dict[str, Any] | bytes,
    claims: dict[str, Any],
    sign: Callable[[bytes], bytes],
) -> str:
    """A token with this header, as it is, and this signature."""
    shown = header if isinstance(header, bytes) else json.dumps(header).encode()
    message = part(shown) + b"." + part(json.dumps(claims).encode())
    return (message + b"." + part(sign(message))).decode()


def signed_by(key: RSAPrivateKey) -> Callable[[bytes], bytes]:
    return lambda message: key.sign(message, PKCS1v15(), SHA256())


def hashed_with(secret: bytes) -> Callable[[bytes], bytes]:
    return lambda message: hmac.new(secret, message, hashlib.sha256).digest()


def unsigned(_message: bytes) -> bytes:
    return b""


@pytest.fixture
def outside() -> Outside:
    return Outside()


@pytest.fixture
async def address(supergraph: Supergraph, outside: Outside, served: Served) -> AsyncIterator[str]:
    transport = FunctionTransport(outside)
    endpoints = {"local": Endpoint("http://local/graphql", transport)}
    router = create_router(Configuration.of({"identity": IDENTITY}), supergraph, endpoints, transport)
    async with served(router, router.closing) as where:
        yield where


async def ask(address: str, bearer: str) -> httpx2.Response:
    async with httpx2.AsyncClient() as client:
        headers = {"authorization": f"Bearer {bearer}"}
        return await client.post(f"http://{address}/graphql", json={"query": "{ hello }"}, headers=headers)


@pytest.mark.parametrize(
    "valid",
    [
        pytest.param(token(HEADER, CLAIMS, signed_by(RSA_KEY)), id="RS256"),
        pytest.param(token({**HEADER, "alg": "EdDSA", "kid": "ed"}, CLAIMS, ED_KEY.sign), id="EdDSA"),
        pytest.param(
            token({**HEADER, "typ": "application/AT+JWT"}, CLAIMS, signed_by(RSA_KEY)),
            id="its full media type",
        ),
    ],
)
async def test_a_token_of_the_issuer_is_believed(address: str, valid: str) -> None:
    assert (await ask(address, valid)).status_code == 200


PEM = RSA_KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
DER = RSA_KEY.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
RAW = ED_KEY.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def without(claim: str) -> dict[str, Any]:
    return {name: value for name, value in CLAIMS.items() if name != claim}


@pytest.mark.parametrize(
    "forged",
    [
        pytest.param(token({**HEADER, "alg": "none"}, CLAIMS, unsigned), id="no algorithm"),
        pytest.param(token({**HEADER, "alg": "nOnE"}, CLAIMS, unsigned), id="no algorithm, written oddly"),
        pytest.param(token({**HEADER, "alg": None}, CLAIMS, unsigned), id="an algorithm that is null"),
        pytest.param(token({"typ": "at+jwt", "kid": "rsa"}, CLAIMS, unsigned), id="algorithm left out"),
        pytest.param(token(HEADER, CLAIMS, unsigned), id="no signature"),
        pytest.param(
            token({**HEADER, "alg": "HS256"}, CLAIMS, hashed_with(PEM)), id="the public key as a secret"
        ),
        pytest.param(token({**HEADER, "alg": "HS256"}, CLAIMS, hashed_with(DER)), id="its bytes as a secret"),
        pytest.param(
            token({**HEADER, "alg": "HS256", "kid": "ed"}, CLAIMS, hashed_with(RAW)),
            id="the raw key as a secret",
        ),
        pytest.param(token({**HEADER, "kid": "ed"}, CLAIMS, ED_KEY.sign), id="a key of another kind"),
        pytest.param(
            token({**HEADER, "alg": "EdDSA"}, CLAIMS, signed_by(RSA_KEY)), id="another key's algorithm"
        ),
        pytest.param(
            token({**HEADER, "alg": "RS512"}, CLAIMS, signed_by(RSA_KEY)), id="an algorithm not configured"
        ),
        pytest.param(token(HEADER, CLAIMS, signed_by(STRANGER)), id="a stranger's signature"),
        pytest.param(token({**HEADER, "kid": "other"}, CLAIMS, signed_by(STRANGER)), id="a stranger's key"),
        pytest.param(
            token({**HEADER, "jwk": jwk(STRANGER, "rsa")}, CLAIMS, signed_by(STRANGER)), id="a key of its own"
        ),
        pytest.param(
            token({**HEADER, "jku": "http://evil.example/keys"}, CLAIMS, signed_by(STRANGER)),
            id="a key set of its own",
        ),
        pytest.param(
            token({**HEADER, "x5u": "http://evil.example/x"}, CLAIMS, signed_by(STRANGER)),
            id="a certificate's address",
        ),
        pytest.param(token({**HEADER, "x5c": ["AAAA"]}, CLAIMS, signed_by(STRANGER)), id="a certificate"),
        pytest.param(
            token({**HEADER, "jwk": jwk(RSA_KEY, "rsa")}, CLAIMS, signed_by(RSA_KEY)),
            id="the right key, embedded",
        ),
        pytest.param(
            token({**HEADER, "crit": ["exp"]}, CLAIMS, signed_by(RSA_KEY)),
            id="what must be understood and is not",
        ),
        pytest.param(
            token({**HEADER, "alg": "HS256", "kid": "../../../dev/null"}, CLAIMS, hashed_with(b"")),
            id="a path as key",
        ),
        pytest.param(
            token({**HEADER, "alg": "HS256", "kid": "' UNION SELECT 'k' --"}, CLAIMS, hashed_with(b"k")),
            id="SQL as key",
        ),
        pytest.param(token({**HEADER, "kid": ["rsa"]}, CLAIMS, signed_by(RSA_KEY)), id="a list of keys"),
        pytest.param(token({**HEADER, "typ": "JWT"}, CLAIMS, signed_by(RSA_KEY)), id="an identity token"),
        pytest.param(token({**HEADER, "typ": "rt+jwt"}, CLAIMS, signed_by(RSA_KEY)), id="a refresh token"),
        pytest.param("kq3Zp0vJ8bY1c5mQwE7rT2uI4oP6aS9d", id="an opaque refresh token"),
        pytest.param(token({"alg": "RS256", "kid": "rsa"}, CLAIMS, signed_by(RSA_KEY)), id="no type"),
        pytest.param(token(HEADER, {**CLAIMS, "exp": 1000}, signed_by(RSA_KEY)), id="expired"),
        pytest.param(token(HEADER, without("exp"), signed_by(RSA_KEY)), id="without an end"),
        pytest.param(
            token(HEADER, {**CLAIMS, "exp": "never"}, signed_by(RSA_KEY)), id="an end that is no time"
        ),
        pytest.param(token(HEADER, {**CLAIMS, "exp": float("inf")}, signed_by(RSA_KEY)), id="an endless end"),
        pytest.param(token(HEADER, {**CLAIMS, "nbf": 4102444000}, signed_by(RSA_KEY)), id="not yet"),
        pytest.param(token(HEADER, without("sub"), signed_by(RSA_KEY)), id="without a subject"),
        pytest.param(token(HEADER, {**CLAIMS, "iss": "other"}, signed_by(RSA_KEY)), id="of another issuer"),
        pytest.param(token(HEADER, {**CLAIMS, "aud": "other"}, signed_by(RSA_KEY)), id="for somebody else"),
        pytest.param(token(b'{"alg":' + b"[" * 20_000, CLAIMS, unsigned), id="a deep header"),
        pytest.param(token(b"\xff\xfe", CLAIMS, unsigned), id="no JSON"),
    ],
)
async def test_a_token_that_the_issuer_did_not_make_for_us_is_a_401_and_nothing_is_fetched(
    address: str, outside: Outside, forged: str
) -> None:
    response = await ask(address, forged)

    assert response.status_code == 401
    [error] = response.json()["errors"]
    assert error["extensions"]["code"] == "UNAUTHENTICATED"
    assert error["message"].startswith("The access token is not valid, or no longer")
    assert set(outside.asked) <= {ISSUER_KEYS}
