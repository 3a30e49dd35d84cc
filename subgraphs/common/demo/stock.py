"""The demo world's two stores and the copies on their shelves."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from subgraphs.common.demo.chance import chance, draw, draws
from subgraphs.common.demo.films import DemoFilm, films
from subgraphs.common.ids import derived_id

COPIES_OF_A_FILM = {2: 133, 3: 131, 4: 183, 5: 136, 6: 187, 7: 116, 8: 72}
"""How many of the Sakila shop's 958 stocked films have so many copies: 4.8 each."""

SINGLE_COPY_FILMS = 8
FORMATS = {"DVD": 45, "BLU_RAY": 40, "UHD": 15}
CONDITIONS = {"NEW": 15, "GOOD": 60, "WORN": 22, "DAMAGED": 3}


@dataclass(frozen=True, slots=True)
class DemoStore:
    """A shop; `time_zone` is an IANA name."""

    id: str
    name: str
    time_zone: str


@dataclass(frozen=True, slots=True)
class DemoCopy:
    """One box of a film in one store."""

    id: str
    barcode: str
    film: DemoFilm
    store: DemoStore
    format: str
    condition: str


@cache
def stores() -> tuple[DemoStore, ...]:
    """Both stores, one on either coast."""
    return (
        DemoStore(derived_id("sto", "lantern-street"), "Lantern Street", "America/New_York"),
        DemoStore(derived_id("sto", "pier-nine"), "Pier Nine", "America/Los_Angeles"),
    )


@cache
def copies() -> tuple[DemoCopy, ...]:
    """Every copy, film by film; a film without a wholesale cost has none."""
    rng = chance("copies")
    return tuple(
        DemoCopy(
            id=derived_id("cpy", barcode(serial)),
            barcode=barcode(serial),
            film=film,
            store=rng.choice(stores()),
            format=draw(rng, FORMATS),
            condition=draw(rng, CONDITIONS),
        )
        for serial, film in enumerate(_boxes(), 1)
    )


def barcode(serial: int) -> str:
    """A UPC-A code: system 2 (for use within a shop), the serial in ten digits, the check digit."""
    digits = f"2{serial:010}"
    return digits + check_digit(digits)


def check_digit(digits: str) -> str:
    """The twelfth digit of a UPC-A code: with it, thrice the odd places and the even ones sum to tens."""
    odd, even = (sum(map(int, digits[start::2])) for start in (0, 1))
    return str(-(3 * odd + even) % 10)


def _boxes() -> Iterator[DemoFilm]:
    """Each stocked film, as often as the shop has it."""
    stocked = [film for film in films() if film.wholesale_cost_minor is not None]
    for film, count in zip(stocked, _counts(len(stocked)), strict=True):
        yield from [film] * count


def _counts(stocked: int) -> list[int]:
    rng = chance("stock")
    counts = draws(rng, COPIES_OF_A_FILM, stocked)
    for single in rng.sample(range(stocked), SINGLE_COPY_FILMS):
        counts[single] = 1
    return counts
