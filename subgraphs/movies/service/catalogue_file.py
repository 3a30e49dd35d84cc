"""A catalogue as a file: JSON Lines, a film a line, plain or gzipped, read as it stands and judged line by line.

    {"title": "Heat", "year": 1995, "director": "Michael Mann", "cast": ["Al Pacino"], "genres": ["Crime"],
     "extract": "A thief and a detective ...", "wikipedia": "https://en.wikipedia.org/wiki/Heat_(1995_film)"}

`title` and `year` must be there. What else a line may have: `originalName`, `releaseDate` (a day), `runtimeMinutes`,
`certification` and `wholesaleCostMinor` (US cents). What it lacks stays unknown: no certification is UNRATED, and
without a wholesale cost a film cannot be rented.
"""

import gzip
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import orjson

from subgraphs.common.ids import derived_id
from subgraphs.common.text import is_storable
from subgraphs.movies.artwork import artwork
from subgraphs.movies.models import Certification, CreditKind
from subgraphs.movies.service.adding import NewCredit, NewFilm
from subgraphs.movies.service.changes import (
    FIRST_FILM,
    LAST_FILM,
    LONGEST_NAME,
    LONGEST_SOURCE,
    MOST_CREDITS,
    Changes,
    Price,
    faults,
    source_fault,
)
from subgraphs.movies.wording import slug, words

LONGEST_LINE = 1_000_000
SHORTEST_PERSON = 2
_GZIP = b"\x1f\x8b"


class UnreadableFile(Exception):
    """The file cannot be read on; the message says why. What came before stays loaded."""


@dataclass(frozen=True, slots=True)
class Remark:
    """What is wrong with a line, and whether the film stayed outside for it."""

    line: int
    reason: str
    refused: bool

    def __str__(self) -> str:
        """As people read it."""
        return f"line {self.line}: {'refused' if self.refused else 'loaded'}: {self.reason}"


@dataclass(frozen=True, slots=True)
class FilmLine:
    """A line of a catalogue: its film (None: it cannot be one), and what there is to say of it.

    `position` is how far the file is read, in bytes of it as it lies on the disk.
    """

    number: int
    film: NewFilm | None
    remarks: Sequence[Remark]
    position: int


class _Unfit(ValueError):
    """The line is no film."""


def read_catalogue(path: Path) -> Iterator[FilmLine]:
    """Every line that is not empty, in order.

    Raises:
        UnreadableFile: there is no such file, or it ends in the middle of its compressed data.
    """
    try:
        with path.open("rb") as raw:
            zipped = raw.read(2) == _GZIP
            raw.seek(0)
            lines = gzip.GzipFile(fileobj=raw) if zipped else raw
            number = 0
            while line := lines.readline(LONGEST_LINE + 1):
                number += 1
                if len(line) > LONGEST_LINE:
                    raise UnreadableFile(f"Line {number} is longer than {LONGEST_LINE:,} bytes.")
                if line.strip():
                    yield _film_line(number, line, raw.tell())
    except (OSError, EOFError, zlib.error) as error:
        raise UnreadableFile(f"{path} cannot be read: {error}") from error


def _film_line(number: int, line: bytes, position: int) -> FilmLine:
    notes: list[str] = []
    try:
        film = _film(line, notes)
    except _Unfit as unfit:
        return FilmLine(number, None, [Remark(number, str(unfit), refused=True)], position)
    return FilmLine(number, film, [Remark(number, note, refused=False) for note in notes], position)


def _film(line: bytes, notes: list[str]) -> NewFilm:
    given = _object(line)
    title = _text(given, "title")
    year = given.get("year")
    if title is None or not words(title):
        raise _Unfit("`title` is missing.")
    if not isinstance(year, int) or isinstance(year, bool) or not FIRST_FILM <= year <= LAST_FILM:
        raise _Unfit(f"`year` must be a whole number from {FIRST_FILM} to {LAST_FILM}, not {year!r}.")
    director = _text(given, "director")
    source = _text(given, "wikipedia")
    if source is not None and len(source) > LONGEST_SOURCE:
        raise _Unfit(f"`wikipedia` has more than {LONGEST_SOURCE} characters.")
    known_by = source or f"{title}/{year}/{director or ''}"
    movie_id = derived_id("mov", f"import:{known_by}")
    palette, layout = artwork(movie_id)
    film = NewFilm(
        id=movie_id,
        slug=f"{slug(title)}-{year}",
        name=title,
        original_name=_text(given, "originalName"),
        synopsis=_text(given, "extract"),
        synopsis_source=_web_page(source, notes) if _text(given, "extract") else None,
        release_date=_day(given, year),
        release_year=year,
        runtime_minutes=_whole(given, "runtimeMinutes"),
        certification=_certification(given),
        genres=tuple(_names(given, "genres", notes, shortest=1)),
        credits=tuple(_credits(given, director, notes)),
        palette=tuple(palette),
        layout=layout,
        wholesale_minor=_whole(given, "wholesaleCostMinor"),
    )
    _check(film)
    return film


def _web_page(source: str | None, notes: list[str]) -> str | None:
    if source is not None and source_fault(source):
        notes.append(
            f"left out {source!r:.60} of `wikipedia` as the synopsis's source: it is no web address."
        )
        return None
    return source


def _object(line: bytes) -> dict[str, Any]:
    try:
        given = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        raise _Unfit(f"It is no JSON: {error}.") from error
    if not isinstance(given, dict):
        raise _Unfit("It is no JSON object.")
    if not is_storable(given):
        raise _Unfit("It has text with U+0000 or with half a surrogate pair.")
    return given


def _check(film: NewFilm) -> None:
    """The rules that staff's films keep too."""
    cost = None if film.wholesale_minor is None else Price(film.wholesale_minor, "USD")
    changes = Changes(
        name=film.name,
        original_name=film.original_name,
        release_date=film.release_date,
        synopsis=film.synopsis,
        runtime_minutes=film.runtime_minutes,
        wholesale_cost=cost,
    )
    for fault in faults(changes):
        raise _Unfit(f"`{(fault.path or [])[-1]}`: {fault.message}")
    if len(film.credits) > MOST_CREDITS:
        raise _Unfit(f"It has more than {MOST_CREDITS} people.")


def _text(given: dict[str, Any], key: str) -> str | None:
    value = given.get(key)
    if value is not None and not isinstance(value, str):
        raise _Unfit(f"`{key}` must be text, not {value!r:.40}.")
    return " ".join(value.split()) or None if value else None


def _whole(given: dict[str, Any], key: str) -> int | None:
    value = given.get(key)
    if value is not None and (not isinstance(value, int) or isinstance(value, bool) or abs(value) >= 2**31):
        raise _Unfit(f"`{key}` must be a whole number, not {value!r:.40}.")
    return value


def _day(given: dict[str, Any], year: int) -> date | None:
    value = _text(given, "releaseDate")
    try:
        released = date.fromisoformat(value) if value else None
    except ValueError as error:
        raise _Unfit(f"`releaseDate` must be a day such as 1995-12-15, not {value!r}.") from error
    if released and released.year != year:
        raise _Unfit(f"`releaseDate` {value} is not in `year` {year}.")
    return released


def _certification(given: dict[str, Any]) -> str:
    value = _text(given, "certification") or Certification.UNRATED
    if value not in list(Certification):
        raise _Unfit(f"`certification` must be one of {', '.join(Certification)}, not {value!r}.")
    return value


def _names(given: dict[str, Any], key: str, notes: list[str], shortest: int) -> Iterator[str]:
    """The names in a list, each once; what can be no name is left out with a note."""
    value = given.get(key) or []
    if not isinstance(value, list):
        raise _Unfit(f"`{key}` must be a list, not {value!r:.40}.")
    seen: set[str] = set()
    longest = 100 if key == "genres" else LONGEST_NAME
    for name in value:
        if not isinstance(name, str) or not shortest <= len("".join(words(name))) or len(name) > longest:
            notes.append(f"left out {name!r:.40} of `{key}`: it is no name.")
        elif slug(name) not in seen:
            seen.add(slug(name))
            yield " ".join(name.split())


def _credits(given: dict[str, Any], director: str | None, notes: list[str]) -> Iterator[NewCredit]:
    cast = _names(given, "cast", notes, SHORTEST_PERSON)
    for billing, name in enumerate(cast, 1):
        yield NewCredit(CreditKind.CAST, name, billing=billing)
    for name in _names({"director": [director] if director else []}, "director", notes, SHORTEST_PERSON):
        yield NewCredit(CreditKind.DIRECTOR, name)
