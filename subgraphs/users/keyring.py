"""The secrets of this subgraph: the keys that sign access tokens, and the secret that tokens are derived with."""

import base64
import hashlib
import hmac
import os
import secrets
import time
from collections.abc import Callable, Mapping
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from subgraphs.common.settings import SettingsError
from subgraphs.users.settings import Settings

ALGORITHM = "EdDSA"
KEY_BYTES = 32
KNOWN_WITHIN_S = 15.0
"""So long a new key is published and does not sign: verifiers may ask for keys no more often than every 10 s."""
PUBLISHED_KEYS = 2
"""How many keys a rotation leaves: the new one, and the one before it for tokens that it has signed."""


def digest(token: str) -> str:
    """What is stored of a token, so that whoever reads the database holds none."""
    return hashlib.sha256(token.encode()).hexdigest()


class Keyring:
    """Signs access tokens, publishes the key set, derives tokens.

    Nothing is read, and no file made, before it is first needed. Keys in a file are looked at each time, so that every
    process that shares it follows a rotation at once.
    """

    def __init__(self, settings: Settings, clock: Callable[[], float] = time.time) -> None:
        self._settings = settings
        self._clock = clock

    def sign(self, claims: Mapping[str, Any]) -> str:
        """An access token (RFC 9068) with these claims, under the newest key that verifiers can know."""
        newest, *older = self._keys
        key = older[0] if older and self._is_fresh() else newest
        header = {"kid": key_id(key.public_key()), "typ": "at+jwt"}
        return jwt.encode(dict(claims), key, ALGORITHM, headers=header)

    def key_set(self) -> dict[str, Any]:
        """The public keys as a JSON Web Key Set (RFC 7517), the newest first."""
        return {"keys": [_public_jwk(key.public_key()) for key in self._keys]}

    def derive(self, purpose: str, *parts: str) -> str:
        """The token that belongs to these parts, always the same; nobody finds it without the secret."""
        message = "\0".join((purpose, *parts)).encode()
        return _base64url(hmac.digest(self._secret, message, "sha256"))

    def _is_fresh(self) -> bool:
        """Whether the newest key has only just come; of keys in the settings nobody knows since when they are there."""
        if self._settings.signing_keys.get_secret_value():
            return False
        return self._clock() - signing_key_file(self._settings).stat().st_mtime < KNOWN_WITHIN_S

    @property
    def _keys(self) -> tuple[Ed25519PrivateKey, ...]:
        listed = self._settings.signing_keys.get_secret_value()
        return _signing_keys(listed or _kept(signing_key_file(self._settings), _fresh))

    @cached_property
    def _secret(self) -> bytes:
        text = self._settings.token_secret.get_secret_value()
        text = text or _kept(self._settings.var / "users.token-secret", _fresh).strip()
        if len(text) < KEY_BYTES:
            raise SettingsError(f"USERS_TOKEN_SECRET is too short: {KEY_BYTES} characters at least.")
        return text.encode()


def rotate_signing_key(settings: Settings) -> str:
    """Puts a new key before the present one and drops those before that; gives the new key's id.

    It is published at once, and signs a little later.

    Raises:
        SettingsError: the keys stand in the settings, where only their owner can change them.
    """
    if settings.signing_keys.get_secret_value():
        raise SettingsError(
            "The keys are set by USERS_SIGNING_KEYS: put a new one (openssl rand -base64 32) before the present one."
        )
    file = signing_key_file(settings)
    lines = [_fresh(), *_kept(file, _fresh).split()][:PUBLISHED_KEYS]
    _draft(file, "\n".join(lines)).replace(file)
    return key_id(_signing_key(lines[0]).public_key())


def signing_key_file(settings: Settings) -> Path:
    """Where signing keys are kept that no setting gives, the newest first."""
    return settings.var / "users.signing-keys"


def key_id(key: Ed25519PublicKey) -> str:
    """The key's thumbprint (RFC 7638)."""
    canonical = f'{{"crv":"Ed25519","kty":"OKP","x":"{_x(key)}"}}'
    return _base64url(hashlib.sha256(canonical.encode()).digest())


def _public_jwk(key: Ed25519PublicKey) -> dict[str, str]:
    return {
        "kty": "OKP",
        "crv": "Ed25519",
        "x": _x(key),
        "kid": key_id(key),
        "use": "sig",
        "alg": ALGORITHM,
    }


def _x(key: Ed25519PublicKey) -> str:
    return _base64url(key.public_bytes(Encoding.Raw, PublicFormat.Raw))


@lru_cache(maxsize=4)
def _signing_keys(lines: str) -> tuple[Ed25519PrivateKey, ...]:
    return tuple(_signing_key(line) for line in lines.split())


def _signing_key(line: str) -> Ed25519PrivateKey:
    try:
        return Ed25519PrivateKey.from_private_bytes(base64.b64decode(line, validate=True))
    except ValueError as error:
        raise SettingsError(
            "A signing key must be 32 bytes in base64; `openssl rand -base64 32` makes one."
        ) from error


def _fresh() -> str:
    return base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()


def _kept(file: Path, make: Callable[[], str]) -> str:
    """The text of a file that its owner alone may read; made where there is none."""
    if not file.exists():
        draft = _draft(file, make())
        try:
            file.hardlink_to(draft)  # of two processes that start together, the first one's text holds
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return file.read_text()


def _draft(file: Path, text: str) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f".{file.name}.{secrets.token_hex(8)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as opened:
        opened.write(text + "\n")
    return draft


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
