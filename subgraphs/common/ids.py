"""Typed identifiers: a prefix that tells what a thing is, and a UUID version 7 (RFC 9562)."""

import hashlib
import secrets
import time
from uuid import UUID

_DERIVED_AT_MS = 1_735_689_600_000  # 2025-01-01: derived ids sort before those made later


def new_id(prefix: str) -> str:
    """A fresh id such as `mov_0199c7e2b3a47c1d9e5f...`; ids of one prefix sort by the time they were made."""
    return f"{prefix}_{_uuid7(time.time_ns() // 1_000_000, secrets.token_bytes(10)).hex}"


def derived_id(prefix: str, name: str) -> str:
    """The id that always belongs to `name`, for data that several subgraphs seed on their own."""
    return f"{prefix}_{_uuid7(_DERIVED_AT_MS, hashlib.sha256(f'{prefix}:{name}'.encode()).digest()[:10]).hex}"


def has_prefix(value: str, prefix: str) -> bool:
    """Whether `value` looks like an id of that prefix; what does not can be refused without a look-up."""
    start, _, rest = value.partition("_")
    return start == prefix and len(rest) == 32 and all(c in "0123456789abcdef" for c in rest)


def _uuid7(milliseconds: int, entropy: bytes) -> UUID:
    value = (milliseconds << 80) | int.from_bytes(entropy, "big")
    value = (value & ~(0xF << 76)) | (7 << 76)
    value = (value & ~(0x3 << 62)) | (2 << 62)
    return UUID(int=value)
