"""Heads of responses that were read before, digits aside: what is known of one is not found out again.

A server sends the same head with each response, but for the date and the length of the body, which are digits. And to
HTTP one digit is like another, except in the status line, in that length, and in names.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar, overload

T = TypeVar("T")
Pairs = Sequence[tuple[bytes, bytes]]
"""Headers as they came: names in lower case, and values."""

REMEMBERED = 64
LARGEST_REMEMBERED = 4_096

DIGITS_ALIKE = bytes.maketrans(b"123456789", b"000000000")
DIGITS = b"0123456789"
STEERING = frozenset({b"transfer-encoding", b"upgrade"})
"""With one of these there may be more to a response than its head and so many bytes of body."""
BODILESS = frozenset({204, 304})


@dataclass(frozen=True, slots=True, eq=False)
class KnownHead:
    """A head of this status, after which the connection stays open; where its digits differ it is the same.

    `length` is where it says how many bytes the body has, `places` where the values of its headers are, by name.
    """

    status_line: bytes
    status: int
    length: slice
    places: Mapping[str, Sequence[slice]]


class KnownHeads:
    """Remembers the heads of one server's responses, by their bytes with all digits alike."""

    def __init__(self) -> None:
        self._known: dict[bytes, KnownHead] = {}

    def find(self, raw: bytes, /) -> KnownHead | None:
        """Give what is known of a head, up to and with the empty line."""
        known = self._known.get(raw.translate(DIGITS_ALIKE))
        return known if known is not None and raw.startswith(known.status_line) else None

    def learn(self, raw: bytes, status: int, pairs: Pairs) -> None:
        """Remember a head that was read and after which the connection stays open, if it says all there is to know.

        The oldest is forgotten.
        """
        known = _read(raw, status, pairs)
        if known is None:
            return
        if len(self._known) >= REMEMBERED:
            del self._known[next(iter(self._known))]
        self._known[raw.translate(DIGITS_ALIKE)] = known


class KnownHeaders(Mapping[str, str]):
    """The headers of a head that is known, by names in lower case, read when somebody asks for them."""

    __slots__ = ("_places", "_raw")

    def __init__(self, raw: bytes, known: KnownHead) -> None:
        self._raw = raw
        self._places = known.places

    @overload
    def get(self, key: str, /) -> str | None: ...
    @overload
    def get(self, key: str, /, default: str | T) -> str | T: ...
    def get(self, key: str, /, default: str | T | None = None) -> str | T | None:
        places = self._places.get(key)
        return default if places is None else self._value(places)

    def __getitem__(self, key: str) -> str:
        return self._value(self._places[key])

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)

    def __repr__(self) -> str:
        return repr(dict(self))

    def _value(self, places: Sequence[slice]) -> str:
        return b", ".join([self._raw[place] for place in places]).decode("latin-1")


def _read(raw: bytes, status: int, pairs: Pairs) -> KnownHead | None:
    status_line = raw[: raw.find(b"\r\n") + 2]
    names = [name for name, _ in pairs]
    if len(raw) > LARGEST_REMEMBERED or not status_line.startswith(b"HTTP/1.1 %d " % status):
        return None
    if status < 200 or status in BODILESS or names.count(b"content-length") != 1:
        return None
    if not STEERING.isdisjoint(names) or any(_has_digits(name) for name in names):
        return None
    places = _places(raw, len(status_line), pairs)
    if places is None or not raw[places["content-length"][0]].isdigit():
        return None
    return KnownHead(status_line, status, places["content-length"][0], places)


def _places(raw: bytes, start: int, pairs: Pairs) -> Mapping[str, Sequence[slice]] | None:
    """Say where the values are; None where the lines from `start` on are not just these headers, one after the other.

    So no parser can see the head end earlier, or a header in it that is not among them.
    """
    places: dict[str, tuple[slice, ...]] = {}
    for name, value in pairs:
        end = raw.find(b"\r\n", start)
        told, colon, rest = raw[start:end].partition(b":")
        if told.lower() != name or not colon or rest.strip(b" \t") != value or _breaks(rest):
            return None
        place = start + len(told) + 1 + rest.find(value)
        key = name.decode("latin-1")
        places[key] = (*places.get(key, ()), slice(place, place + len(value)))
        start = end + 2
    return places if raw[start:] == b"\r\n" else None


def _breaks(line: bytes) -> bool:
    return b"\r" in line or b"\n" in line


def _has_digits(name: bytes) -> bool:
    return any(digit in name for digit in DIGITS)
