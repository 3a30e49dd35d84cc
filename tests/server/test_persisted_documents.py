"""Documents that are named and not sent: trusted ones, and automatic ones."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from supergraph.configuration import ConfigurationError
from supergraph.server.persisted_documents import (
    LONGEST_REMEMBERED,
    MemoryStore,
    Only,
    persisted_documents,
    read_manifest,
)
from supergraph.server.refusal import HttpRefusal
from supergraph.server.request import GraphQLRequest

QUERY = "{ hello }"
OTHER = "{ broken }"


def hash_of(document: str) -> str:
    return hashlib.sha256(document.encode()).hexdigest()


def automatic(document_id: str, query: str = "", version: int = 1) -> GraphQLRequest:
    return GraphQLRequest(
        query, extensions={"persistedQuery": {"version": version, "sha256Hash": document_id}}
    )


async def refusal_of(
    request: GraphQLRequest, only: Only = "anything", *, remembers: bool = True
) -> HttpRefusal:
    documents = persisted_documents({"shelf": QUERY}, MemoryStore(2) if remembers else None, only)
    with pytest.raises(HttpRefusal) as refused:
        await documents.complete(request)
    return refused.value


async def test_a_document_that_was_sent_with_its_hash_is_known_by_it() -> None:
    documents = persisted_documents({}, MemoryStore(2), "anything")
    await documents.complete(automatic(hash_of(QUERY), QUERY))

    assert (await documents.complete(automatic(hash_of(QUERY)))).query == QUERY


async def test_no_more_documents_are_remembered_than_there_is_room_for() -> None:
    documents = persisted_documents({}, MemoryStore(1), "anything")
    await documents.complete(automatic(hash_of(QUERY), QUERY))
    await documents.complete(automatic(hash_of(OTHER), OTHER))

    with pytest.raises(HttpRefusal, match="PersistedQueryNotFound"):
        await documents.complete(automatic(hash_of(QUERY)))


async def test_a_document_of_great_length_is_answered_and_not_remembered() -> None:
    long = QUERY + " " * LONGEST_REMEMBERED
    documents = persisted_documents({}, MemoryStore(2), "anything")
    assert (await documents.complete(automatic(hash_of(long), long))).query == long

    with pytest.raises(HttpRefusal, match="PersistedQueryNotFound"):
        await documents.complete(automatic(hash_of(long)))


@pytest.mark.parametrize(
    ("request_", "status", "code"),
    [
        (automatic(hash_of(QUERY)), 200, "PERSISTED_QUERY_NOT_FOUND"),
        (automatic(hash_of(OTHER), QUERY), 400, "PERSISTED_QUERY_HASH_MISMATCH"),
        (automatic(hash_of(QUERY), version=2), 400, "BAD_REQUEST"),
        (GraphQLRequest("", extensions={"persistedQuery": "x"}), 400, "BAD_REQUEST"),
        (GraphQLRequest("", document_id="other"), 400, "PERSISTED_DOCUMENT_NOT_FOUND"),
        (GraphQLRequest(QUERY, document_id="shelf"), 400, "CANNOT_SEND_PQ_ID_AND_BODY"),
    ],
)
async def test_what_is_not_known_or_not_true_is_refused(
    request_: GraphQLRequest, status: int, code: str
) -> None:
    refusal = await refusal_of(request_)

    assert (refusal.status, refusal.code) == (status, code)


async def test_where_no_document_is_remembered_the_client_is_told_so() -> None:
    refusal = await refusal_of(automatic(hash_of(QUERY)), remembers=False)

    assert (refusal.message, refusal.code) == ("PersistedQueryNotSupported", "PERSISTED_QUERY_NOT_SUPPORTED")


@pytest.mark.parametrize("document_id", ["shelf", "sha256:shelf"])
@pytest.mark.parametrize("only", ["anything", "listed", "by-id"])
async def test_a_trusted_document_is_found_by_its_id(document_id: str, only: Only) -> None:
    documents = persisted_documents({"shelf": QUERY}, None, only)

    assert (await documents.complete(GraphQLRequest("", document_id=document_id))).query == QUERY


async def test_where_only_what_is_listed_is_answered_a_listed_text_is() -> None:
    documents = persisted_documents({"shelf": QUERY}, None, "listed")

    assert (await documents.complete(GraphQLRequest(QUERY))).query == QUERY


@pytest.mark.parametrize(
    ("only", "request_", "code"),
    [
        ("listed", GraphQLRequest(OTHER), "QUERY_NOT_IN_SAFELIST"),
        ("listed", automatic(hash_of(OTHER), OTHER), "QUERY_NOT_IN_SAFELIST"),
        ("listed", automatic(hash_of(OTHER)), "PERSISTED_QUERY_NOT_IN_LIST"),
        ("listed", GraphQLRequest("", document_id="other"), "PERSISTED_QUERY_NOT_IN_LIST"),
        ("by-id", GraphQLRequest(QUERY), "PERSISTED_QUERY_ID_REQUIRED"),
        ("by-id", automatic(hash_of(QUERY), QUERY), "PERSISTED_QUERY_ID_REQUIRED"),
    ],
)
async def test_where_only_trusted_documents_are_answered_no_other_is(
    only: Only, request_: GraphQLRequest, code: str
) -> None:
    assert (await refusal_of(request_, only)).code == code


@pytest.mark.parametrize(
    "content",
    [
        {"shelf": QUERY},
        {"sha256:shelf": QUERY},
        {
            "format": "apollo-persisted-query-manifest",
            "version": 1,
            "operations": [{"id": "shelf", "name": "Shelf", "type": "query", "body": QUERY}],
        },
    ],
)
def test_a_manifest_is_read_as_the_tools_write_it(content: object, tmp_path: Path) -> None:
    file = tmp_path / "manifest.json"
    file.write_text(json.dumps(content))

    assert read_manifest(file) == {"shelf": QUERY}


@pytest.mark.parametrize(
    "content", ["{", "[]", '{"shelf": 1}', '{"operations": [1]}', '{"operations": [{}]}']
)
def test_a_manifest_that_is_none_is_refused_by_name(content: str, tmp_path: Path) -> None:
    file = tmp_path / "manifest.json"
    file.write_text(content)

    with pytest.raises(ConfigurationError, match=r"manifest\.json"):
        read_manifest(file)
