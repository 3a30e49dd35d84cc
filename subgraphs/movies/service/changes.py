"""What is asked to change about a film, and whether it may stand."""

import re
from dataclasses import dataclass, fields
from datetime import date
from typing import Any, Final
from urllib.parse import urlsplit

from subgraphs.common.errors import InvalidInput, invalid_input
from subgraphs.movies.models import Certification, CreditKind
from subgraphs.movies.wording import words

LONGEST_NAME = 300
LONGEST_SYNOPSIS = 4_000
LONGEST_SOURCE = 500
LONGEST_FILM = 14_400
MOST_CREDITS = 500
DEAREST_COPY = 10_000_000
"""What a copy may cost, in minor units: prices and fees that follow from it stay far within 32 bits."""
FIRST_FILM = 1888
LAST_FILM = 2199
_CURRENCY = re.compile(r"[A-Z]{3}")


class Absent:
    """The mark of a field that nobody spoke of, as null is a value of its own."""


ABSENT: Final = Absent()


@dataclass(frozen=True, slots=True)
class CreditDraft:
    """Who did what: a person by id, or by name where the catalogue has none yet."""

    kind: CreditKind
    person_id: str | None = None
    person_name: str | None = None
    character: str | None = None
    billing: int | None = None


@dataclass(frozen=True, slots=True)
class Price:
    """An amount in minor units of a currency."""

    amount_minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class Changes:
    """The fields of a film that are spoken of; the others are ABSENT."""

    name: str | Absent | None = ABSENT
    original_name: str | Absent | None = ABSENT
    release_date: date | Absent | None = ABSENT
    certification: Certification | Absent | None = ABSENT
    genres: tuple[str, ...] | Absent | None = ABSENT
    synopsis: str | Absent | None = ABSENT
    synopsis_source: str | Absent | None = ABSENT
    runtime_minutes: int | Absent | None = ABSENT
    credits: tuple[CreditDraft, ...] | Absent | None = ABSENT
    collection_id: str | Absent | None = ABSENT
    wholesale_cost: Price | Absent | None = ABSENT

    def given(self) -> dict[str, Any]:
        """The fields that are spoken of, by name."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: value for name, value in values.items() if value is not ABSENT}


NEVER_NULL = ("name", "certification", "genres")
_CAMEL = {
    "name": "name",
    "original_name": "originalName",
    "release_date": "releaseDate",
    "certification": "certification",
    "genres": "genres",
    "synopsis": "synopsis",
    "synopsis_source": "synopsisSource",
    "runtime_minutes": "runtimeMinutes",
    "credits": "credits",
    "collection_id": "collectionId",
    "wholesale_cost": "wholesaleCost",
}


def faults(changes: Changes) -> list[InvalidInput]:
    """Every rule that the changes break, each with the input field that breaks it."""
    given = changes.given()
    found = [
        invalid_input("It may be left out but not cleared.", _CAMEL[name])
        for name in NEVER_NULL
        if name in given and given[name] is None
    ]
    for name, check in _CHECKS.items():
        value = given.get(name)
        if value is not None and (message := check(value)):
            found.append(invalid_input(message, _CAMEL[name]))
    return found


def name_fault(name: str) -> str:
    """What is wrong with a title's name; empty where nothing is."""
    if not words(name):
        return "A title needs a name."
    return f"At most {LONGEST_NAME} characters." if len(name) > LONGEST_NAME else ""


def source_fault(source: str) -> str:
    """What is wrong with the address of the page that a synopsis is from; empty where nothing is."""
    if len(source) > LONGEST_SOURCE:
        return f"At most {LONGEST_SOURCE} characters."
    try:
        address = urlsplit(source)
    except ValueError:
        address = urlsplit("")
    if address.scheme in {"http", "https"} and address.hostname and not re.search(r"\s", source):
        return ""
    return "A source is a web page: an address that begins with https:// or http://."


def _synopsis(synopsis: str) -> str:
    return f"At most {LONGEST_SYNOPSIS} characters." if len(synopsis) > LONGEST_SYNOPSIS else ""


def _release_date(released: date) -> str:
    if FIRST_FILM <= released.year <= LAST_FILM:
        return ""
    return f"A year from {FIRST_FILM} to {LAST_FILM}, not {released.year}."


def _runtime(minutes: int) -> str:
    return "" if 1 <= minutes <= LONGEST_FILM else f"1 to {LONGEST_FILM} minutes, not {minutes}."


def _genres(genres: tuple[str, ...]) -> str:
    return "" if genres else "A film needs at least one genre."


def _credits(drafts: tuple[CreditDraft, ...]) -> str:
    if len(drafts) > MOST_CREDITS:
        return f"At most {MOST_CREDITS} credits."
    for place, credit in enumerate(drafts):
        if (credit.person_id is None) == (credit.person_name is None):
            return f"Credit {place} needs exactly one of personId and personName."
        if message := _credit(credit):
            return f"Credit {place}: {message}"
    return ""


def _credit(credit: CreditDraft) -> str:
    if credit.person_name is not None and not words(credit.person_name):
        return "a person needs a name."
    if max(len(credit.person_name or ""), len(credit.character or "")) > LONGEST_NAME:
        return f"names have at most {LONGEST_NAME} characters."
    return "billing begins with 1." if credit.billing is not None and credit.billing < 1 else ""


def _wholesale(price: Price) -> str:
    if not _CURRENCY.fullmatch(price.currency):
        return f"A currency is three capital letters, not {price.currency!r}."
    if 0 <= price.amount_minor <= DEAREST_COPY:
        return ""
    return f"A cost is 0 to {DEAREST_COPY:,} minor units, not {price.amount_minor:,}."


_CHECKS: dict[str, Any] = {
    "name": name_fault,
    "original_name": name_fault,
    "release_date": _release_date,
    "genres": _genres,
    "synopsis": _synopsis,
    "synopsis_source": source_fault,
    "runtime_minutes": _runtime,
    "credits": _credits,
    "wholesale_cost": _wholesale,
}
