"""What clients send to the catalogue."""

from dataclasses import fields
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar

import strawberry

from subgraphs.common.errors import BadUserInput
from subgraphs.common.money import MoneyInput
from subgraphs.movies.models import Certification, CreditKind
from subgraphs.movies.service.changes import Changes, CreditDraft, Price
from subgraphs.movies.service.listing import Span, Wanted
from subgraphs.movies.service.listing_statements import MovieSortKey, Order

T = TypeVar("T")
LONGEST_SEARCH_TEXT = 200

strawberry.enum(MovieSortKey)


@strawberry.enum
class SortDirection(StrEnum):
    """Which end of a sort comes first."""

    ASC = "ASC"
    DESC = "DESC"


@strawberry.input
class IntRange:
    """Whole numbers, either end open."""

    gte: int | None = strawberry.UNSET
    lte: int | None = strawberry.UNSET

    def span(self) -> Span:
        """As the service takes it."""
        return Span(_given(self.gte), _given(self.lte))


@strawberry.input(description="All that are given must hold; within a list, any one.")
class MovieFilter:
    """Which films."""

    genres: list[str] | None = strawberry.UNSET
    certifications: list[Certification] | None = strawberry.UNSET
    release_year: IntRange | None = strawberry.UNSET
    runtime_minutes: IntRange | None = strawberry.UNSET
    person_id: strawberry.ID | None = strawberry.UNSET


@strawberry.input
class MovieSort:
    """In which order."""

    key: MovieSortKey
    direction: SortDirection = SortDirection.ASC

    def order(self) -> Order:
        """As the service takes it."""
        return Order(self.key, descending=self.direction is SortDirection.DESC)


@strawberry.input(description="A person by id, or by name where the catalogue has none yet.")
class CreditInput:
    """Who did what for a film."""

    person_id: strawberry.ID | None = strawberry.UNSET
    person_name: str | None = strawberry.UNSET
    kind: CreditKind
    character: str | None = strawberry.UNSET
    billing: int | None = strawberry.UNSET

    def draft(self) -> CreditDraft:
        """As the service takes it."""
        return CreditDraft(
            kind=self.kind,
            person_id=_given(self.person_id),
            person_name=_given(self.person_name),
            character=_given(self.character),
            billing=_given(self.billing),
        )


@strawberry.input
class CreateMovieInput:
    """A film that the catalogue has not got yet."""

    name: str
    original_name: strawberry.Maybe[str | None]
    release_date: date
    certification: Certification
    genres: list[str]
    synopsis: strawberry.Maybe[str | None]
    synopsis_source: strawberry.Maybe[str | None]
    runtime_minutes: strawberry.Maybe[int | None]
    credits: strawberry.Maybe[list[CreditInput] | None]
    collection_id: strawberry.Maybe[strawberry.ID | None]
    wholesale_cost: strawberry.Maybe[MoneyInput | None]
    idempotency_key: strawberry.ID

    def changes(self) -> Changes:
        """The fields that are given, as the service takes them."""
        return _changes(self)


@strawberry.input(description="A field left out stays as it is; a nullable one given as null is cleared.")
class UpdateMovieInput:
    """What is to change about a film."""

    id: strawberry.ID
    expected_version: int
    name: strawberry.Maybe[str | None]
    original_name: strawberry.Maybe[str | None]
    release_date: strawberry.Maybe[date | None]
    certification: strawberry.Maybe[Certification | None]
    genres: strawberry.Maybe[list[str] | None]
    synopsis: strawberry.Maybe[str | None]
    synopsis_source: strawberry.Maybe[str | None]
    runtime_minutes: strawberry.Maybe[int | None]
    credits: strawberry.Maybe[list[CreditInput] | None]
    collection_id: strawberry.Maybe[strawberry.ID | None]
    wholesale_cost: strawberry.Maybe[MoneyInput | None]

    def changes(self) -> Changes:
        """The fields that are given, null ones too, as the service takes them."""
        return _changes(self)


@strawberry.input
class RetireMovieInput:
    """Which film leaves the catalogue."""

    id: strawberry.ID
    expected_version: int


@strawberry.input
class CreateCollectionInput:
    """A collection that the catalogue has not got yet."""

    name: str
    idempotency_key: strawberry.ID


@strawberry.input
class RenameCollectionInput:
    """Which collection gets which name."""

    id: strawberry.ID
    expected_version: int
    name: str


def wanted_movies(search: str | None, given: MovieFilter | None) -> Wanted:
    """The films that search and filter want.

    Raises:
        BadUserInput: the search is too long to mean anything.
    """
    if search is not None and len(search) > LONGEST_SEARCH_TEXT:
        raise BadUserInput(f"`search` may have {LONGEST_SEARCH_TEXT} characters, not {len(search)}.")
    if given is None:
        return Wanted(search=search or "")
    genres, certifications = _given(given.genres), _given(given.certifications)
    years, minutes = _given(given.release_year), _given(given.runtime_minutes)
    return Wanted(
        search=search or "",
        genres=None if genres is None else tuple(genres),
        certifications=None if certifications is None else tuple(certifications),
        release_year=years.span() if years else Span(),
        runtime_minutes=minutes.span() if minutes else Span(),
        person_id=_given(given.person_id),
    )


def _given(value: T | None) -> T | None:
    return None if value is strawberry.UNSET else value


def _changes(given: CreateMovieInput | UpdateMovieInput) -> Changes:
    values: dict[str, Any] = {}
    for field in fields(Changes):
        value = getattr(given, field.name)
        if value is not None:  # None is a Maybe that nobody spoke of; null is Some(None)
            values[field.name] = value.value if isinstance(value, strawberry.Some) else value
    if values.get("credits") is not None:
        values["credits"] = tuple(credit.draft() for credit in values["credits"])
    if values.get("genres") is not None:
        values["genres"] = tuple(values["genres"])
    if (cost := values.get("wholesale_cost")) is not None:
        values["wholesale_cost"] = Price(cost.amount_minor, cost.currency)
    return Changes(**values)
