"""What an Accept or Content-Type header means."""

import pytest

from supergraph.server.media_types import Acceptable, MediaType, StreamType, acceptable, is_json


@pytest.mark.parametrize(
    ("accept", "single"),
    [
        (b"", MediaType.JSON),
        (b"*/*", MediaType.JSON),
        (b"application/*", MediaType.JSON),
        (b"application/json", MediaType.JSON),
        (b"application/json; charset=UTF-8", MediaType.JSON),
        (b"APPLICATION/GraphQL-Response+JSON", MediaType.GRAPHQL_RESPONSE),
        (b"application/graphql-response+json, application/json", MediaType.GRAPHQL_RESPONSE),
        (b"application/json, application/graphql-response+json", MediaType.JSON),
        (b"application/json;q=0.5, application/graphql-response+json", MediaType.GRAPHQL_RESPONSE),
        (b"application/graphql-response+json;q=0, application/json;q=0.1", MediaType.JSON),
        (b"application/json;q=nan", None),
        (b"application/json; charset=latin-1", None),
        (b"text/plain", None),
    ],
)
def test_the_heaviest_known_range_is_the_media_type_of_a_single_response(
    accept: bytes, single: MediaType | None
) -> None:
    assert acceptable(accept).single is single


def test_an_event_stream_beside_json_does_not_replace_it() -> None:
    accept = b"application/graphql-response+json, application/json, text/event-stream, multipart/mixed"

    assert acceptable(accept) == Acceptable(MediaType.GRAPHQL_RESPONSE, StreamType.EVENT_STREAM)


def test_a_browser_takes_html() -> None:
    assert acceptable(b"text/html,application/xhtml+xml,*/*;q=0.8").html


@pytest.mark.parametrize(
    "content_type",
    [b"application/json", b"Application/JSON ; charset=UTF-8", b'application/json; charset="utf-8"'],
)
def test_json_is_json_with_and_without_its_charset(content_type: bytes) -> None:
    assert is_json(content_type)


@pytest.mark.parametrize(
    "content_type",
    [b"", b"text/plain", b"application/json; charset=utf-16", b"application/x-www-form-urlencoded"],
)
def test_anything_else_is_no_json(content_type: bytes) -> None:
    assert not is_json(content_type)
