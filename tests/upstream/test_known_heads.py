"""A response whose head is known is the same response as one that was parsed."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, cast

import httptools
import pytest
from hypothesis import given
from hypothesis import strategies as st

from supergraph.upstream import ResponseTooLarge, TransportError
from supergraph.upstream.http1.connection import STRANGE_IN_A_ROW, Connection
from supergraph.upstream.http1.known_heads import REMEMBERED, KnownHead, KnownHeads

LIMIT = 200
PLAIN = b"HTTP/1.1 200 OK\r\nDate: Mon, 29 Nov 2027 04:22:38 GMT\r\ncontent-length: 2\r\nvary: a\r\nVary: b\r\n\r\n"


class NoHeads(KnownHeads):
    """Knows no head, ever."""

    def find(self, _raw: bytes, /) -> KnownHead | None:
        return None


class Wire:
    """What a connection does to its transport, which has sent all that it was given."""

    def __init__(self, opened: socket.socket, told: list[object]) -> None:
        self._opened = opened
        self._told = told
        self.closed = False

    def get_extra_info(self, _name: str) -> socket.socket:
        return self._opened

    def write(self, request: bytes) -> None:
        self._told.append(("writes", request))

    def abort(self) -> None:
        if not self.closed:
            self._told.append("aborts")
        self.closed = True

    def is_closing(self) -> bool:
        return self.closed

    def get_write_buffer_size(self) -> int:
        return 0


class Sink:
    """Takes down what it is told."""

    def __init__(self, told: list[object]) -> None:
        self._told = told
        self._left = LIMIT

    def begins(self, status: int, headers: Mapping[str, str]) -> None:
        self._told.append(("begins", status, dict(headers), headers.get("vary"), headers.get("x-none", 1)))

    def receives(self, piece: bytes) -> None:
        self._told.append(("receives", piece))
        self._left -= len(piece)
        if self._left < 0:
            raise ResponseTooLarge(f"the response has more than {LIMIT} bytes")

    def ends(self) -> None:
        self._told.append("ends")

    def fails(self, error: TransportError) -> None:
        self._told.append(("fails", type(error), str(error)))


@contextmanager
def connected(heads: KnownHeads) -> Iterator[tuple[Connection, Wire, list[object]]]:
    told: list[object] = []
    with socket.socket() as opened:
        wire = Wire(opened, told)
        connection = Connection(lambda _: told.append("released"), lambda _: told.append("lost"), heads)
        connection.connection_made(cast("asyncio.BaseTransport", wire))
        yield connection, wire, told


def what_is_told(heads: KnownHeads, exchanges: Sequence[Sequence[bytes]]) -> list[object]:
    """Give what becomes of these responses, each in pieces, over one connection for as long as it may be used."""
    with connected(heads) as (connection, wire, told):
        for number, pieces in enumerate(exchanges):
            if told.count("released") < number:
                break
            connection.send(b"request", Sink(told))
            for piece in pieces:
                if not wire.closed:
                    connection.data_received(piece)
        connection.connection_lost(None)
        return told


def fields() -> st.SearchStrategy[bytes]:
    """Lines of a head: what most have, and what steers the connection or the framing."""
    return st.sampled_from(
        [
            b"Date: Mon, 29 Nov 2027 04:22:38 GMT\r\n",
            b"connection: keep-alive\r\n",
            b"Connection: close\r\n",
            b"connection: upgrade\r\nupgrade: h2c\r\n",
            b"proxy-connection: close\r\n",
            b"transfer-encoding: chunked\r\n",
            b"transfer-encoding: gzip\r\n",
            b"content-length: 2\r\n",
            b"content-length2: 2\r\n",
            b"vary: a\r\nVary:b\r\n",
            b"x-1: 1\r\n",
            b"empty:\r\n",
            b"spaced: \t 7 8 \t\r\n",
            b"folded: 1\r\n 2\r\n",
            b"latin: \xe9\r\n",
            b"bare: 1\n",
            b"cr: 1\r2\r\n",
        ]
    )


STATUS_LINES = [
    b"HTTP/1.1 200 OK\r\n",
    b"HTTP/1.1 500 No\r\n",
    b"HTTP/1.0 200 OK\r\n",
    b"HTTP/1.1 204 No\r\n",
]
STATUS_LINES += [
    b"HTTP/1.1 304 No\r\n",
    b"HTTP/1.1 201 OK\r\n",
    b"HTTP/1.1 100 Continue\r\n",
    b"HTTP/1.1 200\r\n",
]


@st.composite
def exchanges(draw: st.DrawFn) -> list[list[bytes]]:
    """A few heads that come again and again with other digits, mostly well-formed and whole, cut or not."""
    heads = draw(
        st.lists(
            st.tuples(
                st.sampled_from([*STATUS_LINES[:1] * 8, *STATUS_LINES]),
                st.lists(fields(), max_size=3).map(b"".join),
                st.lists(fields(), max_size=1).map(b"".join),
            ),
            min_size=1,
            max_size=3,
        )
    )
    return [_pieces(draw, *draw(st.sampled_from(heads))) for _ in range(draw(st.integers(2, 6)))]


def _pieces(draw: st.DrawFn, status: bytes, before: bytes, after: bytes) -> list[bytes]:
    body = draw(st.sampled_from([b"", b"{}", b"[]", b'{"a": 1}\r\n\r\n', b"x" * (LIMIT + 1)]))
    length = len(body) + draw(st.sampled_from([0] * 8 + [1, -1]))
    framed = b"%bcontent-length: %b\r\n" % (before, draw(st.sampled_from([b"%d", b"%d", b"0%d"])) % length)
    raw = (
        status + framed + after + b"\r\n" + body + draw(st.sampled_from([b""] * 8 + [b"\r\n", b"HTTP/1.1 "]))
    )
    raw = raw.translate(bytes.maketrans(b"78", draw(st.sampled_from([b"78", b"90"]))))
    cuts = draw(st.one_of(st.just([]), st.lists(st.integers(0, len(raw)), max_size=2).map(sorted)))
    return [raw[start:end] for start, end in zip([0, *cuts], [*cuts, len(raw)], strict=True) if start < end]


@given(exchanges())
def test_sinks_are_told_the_same_whether_heads_are_known_or_not(responses: list[list[bytes]]) -> None:
    assert what_is_told(KnownHeads(), responses) == what_is_told(NoHeads(), responses)


class Parsers:
    """Counts what is parsed."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.parsed: list[bytes] = []
        usual, parsed = httptools.HttpResponseParser, self.parsed

        class Counting:
            def __init__(self, protocol: object) -> None:
                self._parser: Any = usual(protocol)

            def feed_data(self, data: bytes) -> None:
                parsed.append(data)
                self._parser.feed_data(data)

            def get_status_code(self) -> int:
                return self._parser.get_status_code()

            def should_keep_alive(self) -> bool:
                return self._parser.should_keep_alive()

        monkeypatch.setattr(httptools, "HttpResponseParser", Counting)


@pytest.fixture
def parsers(monkeypatch: pytest.MonkeyPatch) -> Parsers:
    return Parsers(monkeypatch)


def test_a_head_with_other_digits_is_not_parsed_again(parsers: Parsers) -> None:
    later = PLAIN.replace(b"29 Nov 2027 04:22:38", b"30 Nov 2027 05:00:00").replace(
        b"length: 2", b"length: 3"
    )
    told = what_is_told(KnownHeads(), [[PLAIN + b"{}"], [later + b"[1]"]])

    assert parsers.parsed == [PLAIN + b"{}"]
    headers = {"date": "Mon, 30 Nov 2027 05:00:00 GMT", "content-length": "3", "vary": "a, b"}
    assert told[-5:] == [
        ("begins", 200, headers, "a, b", 1),
        ("receives", b"[1]"),
        "released",
        "ends",
        "lost",
    ]


@pytest.mark.parametrize(
    "second",
    [
        [PLAIN.replace(b"200 OK", b"201 OK") + b"{}"],
        [PLAIN.replace(b"HTTP/1.1", b"HTTP/1.0") + b"{}"],
        [PLAIN + b"{}\r\n"],
        [PLAIN + b"{}" + PLAIN + b"{}"],
        [PLAIN + b"{", b"}"],
        [PLAIN, b"{}"],
    ],
    ids=["other status", "other version", "line end", "surplus", "cut body", "head alone"],
)
def test_what_differs_by_more_than_such_digits_is_parsed(second: list[bytes], parsers: Parsers) -> None:
    what_is_told(KnownHeads(), [[PLAIN + b"{}"], second])
    assert parsers.parsed == [PLAIN + b"{}", *second]


@pytest.mark.parametrize(
    "line",
    [
        b"x-1: a\r\n",
        b"connection: close\r\n",
        b"upgrade: h2c\r\n",
        b"folded: a\r\n b\r\n",
        b"x: %b\r\n" % (b"a" * 4096),
    ],
)
def test_a_head_that_may_say_more_than_it_seems_to_is_not_learnt(line: bytes) -> None:
    heads = KnownHeads()
    raw = PLAIN[:-2] + line + b"\r\n"
    what_is_told(heads, [[raw + b"{}"]])
    assert heads.find(raw) is None


def test_the_length_that_a_status_without_body_tells_is_not_believed(parsers: Parsers) -> None:
    bodiless = PLAIN.replace(b"200 OK", b"304 Not Modified")
    what_is_told(KnownHeads(), [[bodiless], [bodiless + b"{}"]])
    assert parsers.parsed == [bodiless, bodiless + b"{}"]


def test_only_so_many_heads_are_kept_the_latest() -> None:
    heads = KnownHeads()
    raws = [PLAIN[:-2] + b"x: %b\r\n\r\n" % (b"a" * number) for number in range(REMEMBERED + 1)]
    for raw in raws:
        what_is_told(heads, [[raw + b"{}"]])
    assert [raw for raw in raws if heads.find(raw) is None] == raws[:1]


def test_a_connection_whose_heads_are_always_others_looks_for_them_no_more(
    parsers: Parsers, monkeypatch: pytest.MonkeyPatch
) -> None:
    heads, looked = KnownHeads(), list[bytes]()
    usual = heads.find

    def find(raw: bytes) -> KnownHead | None:
        looked.append(raw)
        return usual(raw)

    monkeypatch.setattr(heads, "find", find)
    others = [[PLAIN[:-2] + b"x: %b\r\n\r\n{}" % (b"a" * number)] for number in range(3 * STRANGE_IN_A_ROW)]
    what_is_told(heads, others)
    assert (len(looked), len(parsers.parsed)) == (STRANGE_IN_A_ROW, len(others))
