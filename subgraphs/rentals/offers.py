"""Sealed offers: what was shown is what is charged, and nobody else can make or change one.

A token is `key id . payload . signature`: HMAC-SHA256 (RFC 2104) over the first two, base64url without padding.
It carries all that renting needs to know of the film, so that no service is asked while another writes.
"""

import base64
import hashlib
import hmac
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson

from subgraphs.common.ids import derived_id
from subgraphs.common.settings import SettingsError
from subgraphs.rentals.domain import Certification, Format, Terms

WINDOW = timedelta(minutes=15)
SMALLEST_KEY = 32
LARGEST_TOKEN = 2_000


class OfferRefused(Exception):
    """The token was not sealed by us, or not for this renter."""


class OfferLapsed(Exception):
    """The token was good once."""


@dataclass(frozen=True, slots=True)
class SealedOffer:
    """What a token says; `renter` is set where the price holds for that person alone."""

    movie_id: str
    store_id: str
    format: Format
    certification: Certification
    terms: Terms
    expires_at: datetime
    renter: str | None


@dataclass(frozen=True, slots=True)
class Seal:
    """Keys by their id; the first one seals, every one opens."""

    keys: Mapping[str, bytes]

    def close(self, offer: SealedOffer) -> str:
        """The token for an offer; the same offer gives the same token."""
        key_id, key = next(iter(self.keys.items()))
        body = f"{key_id}.{_encode(_payload(offer))}"
        return f"{body}.{_encode(_signature(key, body))}"

    def open(self, token: str, renter: str, now: datetime) -> SealedOffer:
        """The offer that a token holds, for the renter who brings it.

        Raises:
            OfferRefused: it was forged or damaged, its key is not ours, or it is somebody else's.
            OfferLapsed: it was for them, and has expired.
        """
        offer = _offer(self._verified(token))
        if offer.renter not in (None, renter):
            raise OfferRefused
        if now >= offer.expires_at:
            raise OfferLapsed
        return offer

    def _verified(self, token: str) -> bytes:
        body, _, signature = token.rpartition(".")
        key_id, _, payload = body.partition(".")
        key = self.keys.get(key_id)
        if key is None or len(token) > LARGEST_TOKEN:
            raise OfferRefused
        # The text is compared, not the bytes it stands for: base64 spells some bytes in several ways.
        if not hmac.compare_digest(_encode(_signature(key, body)).encode(), _bytes(signature)):
            raise OfferRefused
        return base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4))


def expiry(now: datetime) -> datetime:
    """Until when an offer made now is good: 15 to 30 minutes, the same moment for all offers of a window."""
    seconds = int(WINDOW.total_seconds())
    window = int(now.timestamp()) // seconds * seconds
    return datetime.fromtimestamp(window, UTC) + 2 * WINDOW


def offer_id(movie_id: str, store_id: str, film_format: Format) -> str:
    """The id of the offer of a film in this store and format, whatever it costs today."""
    return derived_id("off", f"{movie_id}/{store_id}/{film_format}")


def open_seal(keys: str, file: Path) -> Seal:
    """The seal with these keys (`id:secret,id:secret`, or one bare secret), else with the one in the file.

    Raises:
        SettingsError: a key is too short, or has no id where there are several.
    """
    return Seal(_parsed(keys or _kept(file)))


def _parsed(keys: str) -> dict[str, bytes]:
    entries = [entry.strip() for entry in keys.split(",") if entry.strip()]
    parsed: dict[str, bytes] = {}
    for entry in entries:
        key_id, _, secret = entry.rpartition(":")
        if not key_id and len(entries) > 1:
            raise SettingsError(
                "Of several offer keys each needs an id: RENTALS_OFFER_KEY=id:secret,id:secret"
            )
        if len(secret.encode()) < SMALLEST_KEY or "." in key_id:
            raise SettingsError(
                f"A key in RENTALS_OFFER_KEY must be {SMALLEST_KEY} bytes or more, and its id without a dot."
            )
        parsed[key_id or "1"] = secret.encode()
    return parsed


def _kept(file: Path) -> str:
    """The key in the file, made first where there is none; linking it into place lets one of two makers win."""
    if not file.is_file():
        file.parent.mkdir(parents=True, exist_ok=True)
        draft = file.with_name(f"{file.name}.{secrets.token_hex(4)}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as new:
            new.write(f"{secrets.token_hex(4)}:{secrets.token_hex(32)}\n")
        try:
            file.hardlink_to(draft)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return file.read_text()


def _payload(offer: SealedOffer) -> bytes:
    terms = offer.terms
    return orjson.dumps(
        [
            offer.movie_id,
            offer.store_id,
            offer.format,
            offer.certification,
            terms.price,
            terms.loan_days,
            terms.late_fee_per_day,
            terms.replacement_fee,
            int(offer.expires_at.timestamp()),
            offer.renter,
        ]
    )


def _offer(payload: bytes) -> SealedOffer:
    movie, store, film_format, certification, *terms, expires, renter = orjson.loads(payload)
    return SealedOffer(
        movie_id=movie,
        store_id=store,
        format=Format(film_format),
        certification=Certification(certification),
        terms=Terms(*terms),
        expires_at=datetime.fromtimestamp(expires, UTC),
        renter=renter,
    )


def _signature(key: bytes, body: str) -> bytes:
    return hmac.digest(key, b"offer/1 " + _bytes(body), hashlib.sha256)


def _bytes(text: str) -> bytes:
    return text.encode(errors="replace")


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")
