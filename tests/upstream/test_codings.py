"""Bodies that are compressed, and what a small one can become."""

from __future__ import annotations

import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supergraph.upstream import ResponseTooLarge, TransportError
from supergraph.upstream.codings import DECODERS, ENCODERS, decode

CODINGS = sorted(ENCODERS)


@pytest.mark.parametrize("coding", CODINGS)
@given(body=st.binary(max_size=5_000))
def test_what_was_encoded_decodes_to_the_same(coding: str, body: bytes) -> None:
    assert decode(coding, ENCODERS[coding](body), len(body)) == body


@pytest.mark.parametrize("coding", CODINGS)
@given(body=st.binary(min_size=1, max_size=3_000), size=st.integers(min_value=1, max_value=700))
def test_pieces_decode_to_the_same_as_the_whole(coding: str, body: bytes, size: int) -> None:
    encoded = ENCODERS[coding](body)
    decoder = DECODERS[coding]()
    pieces = [decoder.decode(encoded[at : at + size], len(body)) for at in range(0, len(encoded), size)]
    assert b"".join(pieces) == body
    assert decoder.complete


@pytest.mark.parametrize("coding", CODINGS)
def test_a_bomb_is_refused_before_it_has_grown(coding: str) -> None:
    bomb = ENCODERS[coding](bytes(100_000_000))
    tracemalloc.start()
    try:
        with pytest.raises(ResponseTooLarge, match="more than 100000 bytes"):
            decode(coding, bomb, 100_000)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 10_000_000


@pytest.mark.parametrize("coding", CODINGS)
def test_a_body_of_exactly_the_limit_is_read(coding: str) -> None:
    assert len(decode(coding, ENCODERS[coding](bytes(1_000)), 1_000)) == 1_000


@pytest.mark.parametrize("coding", CODINGS)
def test_a_body_that_breaks_off_is_no_body(coding: str) -> None:
    with pytest.raises(TransportError):
        decode(coding, ENCODERS[coding](b"a film a day" * 100)[:-3], 10_000)


@pytest.mark.parametrize("coding", CODINGS)
def test_a_body_of_another_coding_is_refused(coding: str) -> None:
    with pytest.raises(TransportError):
        decode(coding, b'{"data":{"a":1}}' * 20, 10_000)


@pytest.mark.parametrize("coding", ["gzip", "zstd"])
def test_a_body_may_have_several_members(coding: str) -> None:
    encode = ENCODERS[coding]
    assert decode(coding, encode(b"one ") + encode(b"two"), 100) == b"one two"
