"""An issuer of access tokens, for requests that say who asks."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import jwt
import orjson
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from jwt.algorithms import OKPAlgorithm

AUDIENCE = "bench"
LIFETIME_S = 3_600


@dataclass(frozen=True, slots=True)
class Issuer:
    """Where its key set is, and a token of its own."""

    url: str
    token: str

    def configure(self, file: Path) -> Path:
        """Write the configuration of a router that believes this issuer, and tells the subgraphs who asks."""
        lines = [
            "identity:",
            "  internal_tokens: true",
            "  access_tokens:",
            f"    issuer: {self.url}",
            f"    audience: {AUDIENCE}",
            f"    key_set: {{url: {self.url}/jwks.json}}",
        ]
        file.write_text("\n".join(lines))
        return file


@contextmanager
def issuing() -> Iterator[Issuer]:
    """An issuer on loopback, while the context lasts."""
    key = Ed25519PrivateKey.generate()
    public = {**OKPAlgorithm.to_jwk(key.public_key(), as_dict=True), "kid": "1", "use": "sig", "alg": "EdDSA"}
    key_set = orjson.dumps({"keys": [public]})

    class KeySet(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(key_set)))
            self.end_headers()
            self.wfile.write(key_set)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as its base has it
            """Nothing is logged."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), KeySet)
    Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}"
    now = int(time.time())
    claims = {"iss": url, "aud": AUDIENCE, "sub": "ada", "scope": "rent", "iat": now, "exp": now + LIFETIME_S}
    try:
        yield Issuer(url, jwt.encode(claims, key, "EdDSA", headers={"kid": "1", "typ": "at+jwt"}))
    finally:
        server.shutdown()
        server.server_close()
