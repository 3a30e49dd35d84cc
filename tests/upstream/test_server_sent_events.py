"""Reading event streams, however they are cut into pieces."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supergraph.upstream import ResponseTooLarge
from supergraph.upstream.server_sent_events import ServerSentEvent, read_events


async def read(chunks: Sequence[bytes], limit: int = 1_000) -> list[ServerSentEvent]:
    async def stream() -> AsyncIterator[bytes]:
        for chunk in chunks:
            yield chunk

    return [event async for event in read_events(stream(), limit)]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
async def test_lines_may_end_in_three_ways(end: str) -> None:
    assert await read([f"event: next{end}data: 1{end}{end}".encode()]) == [ServerSentEvent("next", "1")]


async def test_data_lines_are_joined() -> None:
    assert await read([b"data: a\ndata: b\n\n"]) == [ServerSentEvent("message", "a\nb")]


async def test_one_space_after_the_colon_is_dropped() -> None:
    assert await read([b"data:a\n\ndata:  b\n\n"]) == [
        ServerSentEvent("message", "a"),
        ServerSentEvent("message", " b"),
    ]


async def test_comments_and_unknown_fields_are_left_out() -> None:
    assert await read([b": ping\nid: 7\nretry: 5\n\n"]) == []


async def test_an_event_that_was_not_ended_is_dropped() -> None:
    assert await read([b"data: a\n\ndata: b"]) == [ServerSentEvent("message", "a")]


@pytest.mark.parametrize("chunks", [[b"data: " + b"x" * 100], [b"data: xxxxxxxxxx\n"] * 10])
async def test_an_event_without_end_is_refused(chunks: list[bytes]) -> None:
    with pytest.raises(ResponseTooLarge):
        await read(chunks, limit=50)


@given(st.lists(st.integers(min_value=0, max_value=60)))
async def test_events_do_not_depend_on_where_the_stream_is_cut(cuts: list[int]) -> None:
    whole = "event: next\r\ndata: caf\u00e9\r\rdata: b\n\n: ping\r\n\r\nevent: complete\n\n".encode()
    places = [0, *sorted(cuts), len(whole)]
    pieces = [whole[start:end] for start, end in itertools.pairwise(places)]
    assert await read(pieces) == await read([whole])
