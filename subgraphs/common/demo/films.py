"""The demo world's films: real ones, told in the shop's own words (`films.jsonl`, a film a line)."""

import json
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from subgraphs.common.ids import derived_id

_FILMS = Path(__file__).with_name("films.jsonl")


class DemoRole(NamedTuple):
    """Somebody in a film's cast; `character` is None where it goes unnamed."""

    name: str
    character: str | None


@dataclass(frozen=True, slots=True)
class DemoFilm:
    """A film as the catalogue is to hold it.

    `release_date` is the first release in the film's own country, `cast` stands in billing order, `palette` is
    #rrggbb (background, ink that can be read on it, accent), and `wholesale_cost_minor` is US cents: None for a
    film that the shop cannot buy.
    """

    id: str
    slug: str
    name: str
    original_name: str | None
    release_date: date
    runtime_minutes: int
    certification: str
    genres: tuple[str, ...]
    collection: str | None
    directors: tuple[str, ...]
    writers: tuple[str, ...]
    cast: tuple[DemoRole, ...]
    synopsis: str
    palette: tuple[str, str, str]
    layout: int
    wholesale_cost_minor: int | None


@dataclass(frozen=True, slots=True)
class DemoCollection:
    """Films that belong together, by date; to users and their watchlists it is one more title."""

    id: str
    slug: str
    name: str
    films: tuple[DemoFilm, ...]


@cache
def films() -> tuple[DemoFilm, ...]:
    """All films, by release date."""
    return tuple(_film(json.loads(line)) for line in _FILMS.read_text("utf-8").splitlines())


@cache
def collections() -> tuple[DemoCollection, ...]:
    """All collections, by name."""
    names = sorted({film.collection for film in films() if film.collection})
    return tuple(_collection(name) for name in names)


def _film(fields: dict[str, Any]) -> DemoFilm:
    background, ink, accent = fields["palette"]
    return DemoFilm(
        id=derived_id("mov", fields["slug"]),
        slug=fields["slug"],
        name=fields["name"],
        original_name=fields.get("originalName"),
        release_date=date.fromisoformat(fields["releaseDate"]),
        runtime_minutes=fields["runtimeMinutes"],
        certification=fields["certification"],
        genres=tuple(fields["genres"]),
        collection=fields.get("collection"),
        directors=tuple(fields["directors"]),
        writers=tuple(fields["writers"]),
        cast=tuple(DemoRole(role["name"], role.get("character")) for role in fields["cast"]),
        synopsis=fields["synopsis"],
        palette=(background, ink, accent),
        layout=fields["layout"],
        wholesale_cost_minor=fields.get("wholesaleCostMinor"),
    )


def _collection(name: str) -> DemoCollection:
    slug = "-".join(name.lower().split())
    members = tuple(film for film in films() if film.collection == name)
    return DemoCollection(derived_id("col", slug), slug, name, members)
