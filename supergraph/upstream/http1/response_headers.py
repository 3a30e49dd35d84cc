"""The headers of a response, read when somebody asks for them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeVar, overload

T = TypeVar("T")


class ResponseHeaders(Mapping[str, str]):
    """Headers by names in lower case; the values of one that came more than once are joined.

    Made for each response, of which mostly one or two are looked at: so they are kept as they came, as `pairs` of
    names in lower case and values.
    """

    __slots__ = ("_pairs",)

    def __init__(self, pairs: Sequence[tuple[bytes, bytes]]) -> None:
        self._pairs = pairs

    @overload
    def get(self, key: str, /) -> str | None: ...
    @overload
    def get(self, key: str, /, default: str | T) -> str | T: ...
    def get(self, key: str, /, default: str | T | None = None) -> str | T | None:
        name, joined = key.encode("latin-1", "replace"), b""
        for each, value in self._pairs:
            if each == name:
                joined += b", " + value
        return joined[2:].decode("latin-1") if joined else default

    def __getitem__(self, key: str) -> str:
        if (value := self.get(key)) is None:
            raise KeyError(key)
        return value

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys(name.decode("latin-1") for name, _ in self._pairs))

    def __len__(self) -> int:
        return len({name for name, _ in self._pairs})

    def __repr__(self) -> str:
        return repr(dict(self))
