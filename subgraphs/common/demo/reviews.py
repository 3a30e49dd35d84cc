"""What the demo world's members think of what they took home, and what they mean to watch next."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from subgraphs.common.demo.chance import chance, draw
from subgraphs.common.demo.films import DemoCollection, DemoFilm, collections, films
from subgraphs.common.demo.members import DemoMember, members
from subgraphs.common.demo.rentals import DemoRental, rentals
from subgraphs.common.ids import derived_id

FILM_REVIEWS = 580
ADAS_REVIEWS = 5
ADAS_WATCHLIST = 6
SPOILER_SHARE = 0.04
WATCHLIST_LENGTHS = {0: 20, 1: 10, 2: 15, 3: 20, 5: 20, 8: 10, 13: 5}

_PHRASES = Path(__file__).with_name("phrases.json")


@dataclass(frozen=True, slots=True)
class DemoReview:
    """A score from 1 to 10, and words where the member had any; `title` is a film or a collection."""

    id: str
    author: DemoMember
    title: DemoFilm | DemoCollection
    score: int
    headline: str | None
    body: str | None
    spoiler: bool
    created_at: datetime


@dataclass(frozen=True, slots=True)
class DemoWatchlistItem:
    """A film or a collection that a member means to watch."""

    id: str
    member: DemoMember
    title: DemoFilm | DemoCollection
    note: str | None
    added_at: datetime


def reviews(now: datetime) -> tuple[DemoReview, ...]:
    """About 600 reviews by `now`, oldest first: of films by who rented them, and one of each collection."""
    found = [*_film_reviews(now), *_collection_reviews(now)]
    return tuple(sorted(found, key=lambda review: review.created_at))


def watchlists(now: datetime) -> tuple[DemoWatchlistItem, ...]:
    """What members have put on their watchlists in the year before `now`, member by member."""
    rng = chance("watchlists")
    return tuple(item for member in _customers(now) for item in _watchlist(rng, member, now))


def _film_reviews(now: datetime) -> Iterator[DemoReview]:
    rng = chance("reviews")
    quality = {film.id: rng.gauss(7.4, 0.9) for film in films()}
    for rental in _reviewed(rng, now):
        score = _score(rng, quality[rental.copy.film.id])
        written_at = (rental.returned_at or now) + timedelta(hours=rng.uniform(1, 48))
        yield _film_review(rng, rental.member, rental.copy.film, score, written_at)


def _reviewed(rng: Random, now: datetime) -> list[DemoRental]:
    """The first time that somebody had a film, of as many as are reviewed; some of ada's among them."""
    settled = now - timedelta(days=3)
    first: dict[tuple[str, str], DemoRental] = {}
    for rental in rentals(now):
        if rental.returned_at and rental.returned_at < settled:
            first.setdefault((rental.member.id, rental.copy.film.id), rental)
    adas = [rental for rental in first.values() if rental.member.handle == "ada"][:ADAS_REVIEWS]
    others = [rental for rental in first.values() if rental.member.handle != "ada"]
    return [*adas, *rng.sample(others, FILM_REVIEWS - len(adas))]


def _score(rng: Random, quality: float) -> int:
    """Most people like what they chose to rent; now and then one is let down."""
    let_down = rng.random() < 0.12
    return min(max(round(rng.gauss(quality, 1.3)) - (4 if let_down else 0), 1), 10)


def _film_review(
    rng: Random, author: DemoMember, film: DemoFilm, score: int, written_at: datetime
) -> DemoReview:
    phrases, band = _phrases(), _band(score)
    spoiler = rng.random() < SPOILER_SHARE
    sentences = [rng.choice(phrases["openings"][band]), rng.choice(phrases["details"][band])]
    if spoiler:
        sentences.append(rng.choice(phrases["spoilers"]))
    if rng.random() < 0.6:
        sentences.append(rng.choice(phrases["closings"][band]))
    body = " ".join(sentences).format(
        film=film.name,
        director=film.directors[0],
        lead=film.cast[0].name,
        second=film.cast[1].name,
        minutes=film.runtime_minutes,
        year=film.release_date.year,
    )
    return DemoReview(
        id=derived_id("rev", f"{author.handle}/{film.slug}"),
        author=author,
        title=film,
        score=score,
        headline=rng.choice(phrases["headlines"][band]) if rng.random() < 0.85 else None,
        body=body if spoiler or rng.random() < 0.85 else None,
        spoiler=spoiler,
        created_at=written_at,
    )


def _collection_reviews(now: datetime) -> Iterator[DemoReview]:
    rng = chance("collection reviews")
    phrases = _phrases()["collections"]
    grown_ups = [member for member in _customers(now) if member.age_on(now.date()) >= 18]
    for collection, author in zip(collections(), rng.sample(grown_ups, len(collections())), strict=True):
        yield DemoReview(
            id=derived_id("rev", f"{author.handle}/{collection.slug}"),
            author=author,
            title=collection,
            score=rng.randint(7, 10),
            headline=rng.choice(phrases["headlines"]),
            body=rng.choice(phrases["bodies"]).format(film=collection.name),
            spoiler=False,
            created_at=now - timedelta(days=rng.uniform(2, 360)),
        )


def _watchlist(rng: Random, member: DemoMember, now: datetime) -> Iterator[DemoWatchlistItem]:
    length = ADAS_WATCHLIST if member.handle == "ada" else draw(rng, WATCHLIST_LENGTHS)
    for title in rng.sample([*films(), *collections()], length):
        yield DemoWatchlistItem(
            id=derived_id("wli", f"{member.handle}/{title.slug}"),
            member=member,
            title=title,
            note=rng.choice(_phrases()["notes"]) if rng.random() < 0.25 else None,
            added_at=now - timedelta(days=rng.uniform(0, 360)),
        )


def _customers(now: datetime) -> list[DemoMember]:
    return [member for member in members(now) if not member.is_staff]


def _band(score: int) -> str:
    return ("bad", "mixed", "good", "great")[(score > 4) + (score > 6) + (score > 8)]


@cache
def _phrases() -> Any:
    return json.loads(_PHRASES.read_text("utf-8"))
