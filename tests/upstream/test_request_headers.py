"""Headers are the same, whether they are given as a mapping or as the bytes that are sent."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supergraph.upstream import Codings, Endpoint, FunctionTransport, SubgraphRequest, TransportError
from supergraph.upstream.request_headers import RequestHeaders

NAMES = st.sampled_from(["accept", "x-time", "traceparent", "authorization", "content-encoding", "x-other"])
HEADERS = st.dictionaries(NAMES, st.sampled_from(["a", "b", "\u00e9"]), max_size=4)


async def nothing(_request: object) -> None:
    raise AssertionError


def headers_of(
    fixed: dict[str, str], timeout_header: str = "x-time", codings: Codings | None = None
) -> RequestHeaders:
    transport = FunctionTransport(nothing)  # pyright: ignore[reportArgumentType] - it is never asked
    endpoint = Endpoint("", transport, headers=fixed, timeout_header=timeout_header, codings=codings)
    return RequestHeaders(endpoint)


@given(
    fixed=HEADERS,
    own=HEADERS,
    trace=HEADERS,
    repeatable=st.booleans(),
    coding=st.sampled_from(["", "gzip"]),
    timeout_header=st.sampled_from(["", "x-time"]),
    codings=st.sampled_from([None, Codings(("gzip",))]),
)
def test_the_lines_are_those_of_the_mapping(
    *,
    fixed: dict[str, str],
    own: dict[str, str],
    trace: dict[str, str],
    repeatable: bool,
    coding: str,
    timeout_header: str,
    codings: Codings | None,
) -> None:
    headers = headers_of(fixed, timeout_header, codings)
    request = SubgraphRequest("movies", b"", own, repeatable, trace_context=trace)
    for _ in range(2):
        lines = headers.lines(request, 2.5, coding).decode("latin-1")
        sent = [(name, value) for name, _, value in (line.partition(": ") for line in lines.splitlines())]

        assert len(sent) == len(dict(sent))
        assert dict(sent) == {"accept-encoding": "identity", **headers.mapping(request, 2.5, coding)}


def test_a_callers_headers_are_encoded_once() -> None:
    headers = headers_of({})
    ada = SubgraphRequest("movies", b"", {"authorization": "ada"}, repeatable=False)
    clive = SubgraphRequest("movies", b"", {"authorization": "clive"}, repeatable=False)

    assert headers.lines(ada, 1) is headers.lines(ada, 1)
    assert headers.lines(ada, 1) != headers.lines(clive, 1)


@pytest.mark.parametrize("name", ["host", "content-length", "x y"])
def test_a_header_for_the_time_that_cannot_be_sent_is_an_error(name: str) -> None:
    with pytest.raises(TransportError, match="cannot be sent"):
        headers_of({}, name).lines(SubgraphRequest("movies", b""), 1)
