"""What handles, names, addresses, passwords and reviews must be. Each rule gives what is wrong, or None."""

import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from email.errors import HeaderParseError
from email.headerregistry import Address

from subgraphs.common.errors import InvalidInput, invalid_input

HANDLE = re.compile(r"[a-z][a-z0-9_-]{2,29}")
FORMER = "former-"
"""Begins the handles of closed accounts, and of no other."""
SHORTEST_PASSWORD = 10
LONGEST_PASSWORD = 200
LONGEST_ADDRESS = 254
OLDEST_BIRTH_YEAR = 1900


def plain(text: str) -> str:
    """A name or headline as it is kept: without blanks around it, composed (NFC)."""
    return unicodedata.normalize("NFC", text.strip())


def handle_key(handle: str) -> str:
    """A handle as it is kept and compared."""
    return plain(handle).lower()


def address_key(address: str) -> str:
    """An address as it is kept and compared: capitals make no other mailbox."""
    return plain(address).lower()


def handle_problem(handle: str) -> str | None:
    """A handle is 3 to 30 letters, digits, `-` and `_`, a letter first."""
    if not HANDLE.fullmatch(handle_key(handle)) or handle_key(handle).startswith(FORMER):
        return (
            "A handle has 3 to 30 letters (a to z), digits, - and _, begins with a letter, "
            f"and does not begin with {FORMER}"
        )
    return None


def text_problem(what: str, text: str, longest: int, *, shortest: int = 0) -> str | None:
    """A text of one or several lines has a length, and no control characters but line breaks and tabs."""
    length = len(plain(text))
    if not shortest <= length <= longest:
        return f"{what} must have {shortest} to {longest} characters, not {length}."
    if any(unicodedata.category(c) in {"Cc", "Cs"} and c not in "\n\r\t" for c in text):
        return f"{what} must not contain control characters."
    return None


def name_problem(name: str) -> str | None:
    """A display name is one line of 1 to 80 characters."""
    if len(name.strip().splitlines()) > 1:
        return "A display name is one line."
    return text_problem("A display name", name, 80, shortest=1)


def address_problem(address: str) -> str | None:
    """An address is one that mail can go to (RFC 5322, addr-spec) with a domain."""
    wrong = "This is no e-mail address; it should look like ada@example.com."
    address = plain(address)
    if len(address) > LONGEST_ADDRESS or not address.isprintable() or " " in address:
        return wrong
    try:
        domain = Address(addr_spec=address).domain
    except (HeaderParseError, ValueError, IndexError):
        return wrong
    return None if "." in domain.strip(".") else wrong


def password_problem(password: str, *known: str) -> str | None:
    """A password is long, and none of the `known` words about its owner, nor a part of their address."""
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        return (
            f"A password must have {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters; a few words do well."
        )
    if password.casefold() in {part.casefold() for word in known for part in (word, *word.split("@"))}:
        return "A password must not be your handle or your e-mail address; a few unrelated words do well."
    return None


def birth_date_problem(birth_date: date, today: date) -> str | None:
    """A birth date lies in the past, within a human life."""
    if not birth_date.year >= OLDEST_BIRTH_YEAR or birth_date >= today:
        return f"A birth date lies between {OLDEST_BIRTH_YEAR} and today."
    return None


def problems(found: Mapping[str, str | None]) -> tuple[InvalidInput, ...]:
    """What is wrong with which input field, as refusals."""
    return tuple(invalid_input(message, field) for field, message in found.items() if message)
