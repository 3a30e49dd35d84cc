"""Secrets: made once, kept for their owner alone, rotated without locking anybody out."""

import base64
import stat
import time
from pathlib import Path

import jwt
import pytest

from subgraphs.common.settings import SettingsError
from subgraphs.users.keyring import KNOWN_WITHIN_S, Keyring, rotate_signing_key
from subgraphs.users.settings import Settings
from supergraph.server.identity import REFETCH_AT_MOST_EVERY_S

ONE = base64.b64encode(b"1" * 32).decode()
TWO = base64.b64encode(b"2" * 32).decode()


def settings(var: Path, **given: str) -> Settings:
    return Settings(var=var, **given)  # pyright: ignore[reportArgumentType] - pydantic makes them secrets


def kids(keyring: Keyring) -> list[str]:
    return [key["kid"] for key in keyring.key_set()["keys"]]


def test_keys_are_made_once(tmp_path: Path) -> None:
    assert kids(Keyring(settings(tmp_path))) == kids(Keyring(settings(tmp_path)))


def test_nothing_is_made_before_it_is_needed(tmp_path: Path) -> None:
    Keyring(settings(tmp_path))
    assert list(tmp_path.iterdir()) == []


def test_only_the_owner_can_read_what_is_made(tmp_path: Path) -> None:
    keyring = Keyring(settings(tmp_path))
    keyring.sign({})
    keyring.derive("a")
    assert {stat.S_IMODE(file.stat().st_mode) for file in tmp_path.iterdir()} == {0o600}
    assert len(list(tmp_path.iterdir())) == 2


def test_the_first_key_of_the_settings_signs_and_all_are_published(tmp_path: Path) -> None:
    keyring = Keyring(settings(tmp_path, signing_keys=f"{TWO} {ONE}"))
    assert kids(keyring) == kids(Keyring(settings(tmp_path, signing_keys=TWO))) + kids(
        Keyring(settings(tmp_path, signing_keys=ONE))
    )
    assert jwt.get_unverified_header(keyring.sign({}))["kid"] == kids(keyring)[0]


@pytest.mark.parametrize("key", ["short", "ä", base64.b64encode(b"1" * 31).decode()])
def test_a_wrong_key_is_explained(tmp_path: Path, key: str) -> None:
    with pytest.raises(SettingsError, match="32 bytes in base64"):
        Keyring(settings(tmp_path, signing_keys=key)).key_set()


def test_a_rotation_signs_with_a_new_key_and_publishes_the_one_before(tmp_path: Path) -> None:
    before = Keyring(settings(tmp_path))
    token, old = before.sign({"sub": "ada"}), kids(before)
    new = rotate_signing_key(settings(tmp_path))
    after = Keyring(settings(tmp_path))
    assert kids(after) == [new, *old]
    published = {key["kid"]: jwt.PyJWK(key) for key in after.key_set()["keys"]}
    key = published[jwt.get_unverified_header(token)["kid"]]
    assert jwt.decode(token, key.key, algorithms=["EdDSA"]) == {"sub": "ada"}


def signer(keyring: Keyring) -> str:
    return jwt.get_unverified_header(keyring.sign({"sub": "usr_1"}))["kid"]


def test_who_is_running_publishes_a_new_key_at_once_and_signs_with_it_once_all_can_know_it(
    tmp_path: Path,
) -> None:
    later = 0.0
    keyring = Keyring(settings(tmp_path), lambda: time.time() + later)
    (before,) = kids(keyring)
    assert signer(keyring) == before
    new = rotate_signing_key(settings(tmp_path))
    assert (kids(keyring), signer(keyring)) == ([new, before], before)
    later = KNOWN_WITHIN_S
    assert (kids(keyring), signer(keyring)) == ([new, before], new)


def test_a_new_key_waits_for_longer_than_a_router_may_wait_with_asking() -> None:
    assert KNOWN_WITHIN_S > REFETCH_AT_MOST_EVERY_S


def test_a_second_rotation_drops_the_oldest_key(tmp_path: Path) -> None:
    oldest = kids(Keyring(settings(tmp_path)))
    for _ in range(2):
        rotate_signing_key(settings(tmp_path))
    assert not set(oldest) & set(kids(Keyring(settings(tmp_path))))


def test_keys_of_the_settings_are_rotated_there(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="USERS_SIGNING_KEYS"):
        rotate_signing_key(settings(tmp_path, signing_keys=ONE))


def test_derived_tokens_are_the_same_again_and_differ_by_purpose_and_secret(tmp_path: Path) -> None:
    keyring = Keyring(settings(tmp_path, token_secret="s" * 32))
    other = Keyring(settings(tmp_path, token_secret="t" * 32))
    assert keyring.derive("a", "b") == keyring.derive("a", "b")
    tokens = [
        keyring.derive("a", "b"),
        keyring.derive("b", "a"),
        keyring.derive("ab"),
        other.derive("a", "b"),
    ]
    assert len(set(tokens)) == 4


def test_a_short_secret_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="USERS_TOKEN_SECRET"):
        Keyring(settings(tmp_path, token_secret="short")).derive("a")
