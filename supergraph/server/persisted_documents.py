"""Documents that clients name by an id in place of sending them.

Two kinds: trusted documents, which stand in a manifest that the operators wrote, and automatic persisted
queries, which a client once sent together with their SHA-256 hash. Asked for as `documentId` (GraphQL over
HTTP, appendix "Persisted Documents") or as `extensions.persistedQuery` (Apollo's clients).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any, Literal, Protocol

import orjson

from supergraph.configuration import ConfigurationError
from supergraph.execution.cache import Cache
from supergraph.server.refusal import HttpRefusal, bad_request
from supergraph.server.request import GraphQLRequest

LONGEST_REMEMBERED = 100_000
REMEMBERED_CHARACTERS = 16_000_000

Only = Literal["anything", "listed", "by-id"]


class DocumentStore(Protocol):
    """Where documents are remembered by their hash; several routers may share one."""

    async def get(self, document_id: str) -> str | None:
        """The document, or None where it is not known, or no longer."""
        ...

    async def put(self, document_id: str, document: str) -> None:
        """Remembers a document."""
        ...


class MemoryStore:
    """Remembers at most `size` documents in this process; those that were asked for least recently go first."""

    def __init__(self, size: int) -> None:
        self._documents: Cache[str, str] = Cache(size, REMEMBERED_CHARACTERS)

    async def get(self, document_id: str) -> str | None:
        """The document, or None."""
        return self._documents.find(document_id)

    async def put(self, document_id: str, document: str) -> None:
        """Remembers it."""
        self._documents.get(document_id, lambda: document, weight=len(document))


@dataclass(frozen=True, slots=True)
class PersistedDocuments:
    """Finds the document that a request names.

    `trusted` holds documents by id. `store` is for automatic ones (None: there are none). `only` says what is
    answered: anything, what is trusted (`listed`), or what is asked from the trusted ones `by-id`.
    """

    trusted: Mapping[str, str]
    trusted_texts: frozenset[str]
    store: DocumentStore | None
    only: Only = "anything"

    def as_sent(self, request: GraphQLRequest) -> GraphQLRequest | None:
        """The request where it is answered as it was sent, which is found out without waiting; else None."""
        if self.only != "anything" or request.document_id is not None or not request.query:
            return None
        return None if "persistedQuery" in request.extensions else request

    async def complete(self, request: GraphQLRequest) -> GraphQLRequest:
        """The request with its document's text.

        Raises:
            HttpRefusal: the document is not known, not trusted, or not the one that the hash stands for.
        """
        asked = _asked(request)
        if asked is None:
            return self._free(request)
        if request.query and not asked.automatic:
            raise bad_request("Send `query` or `documentId`, not both.", "CANNOT_SEND_PQ_ID_AND_BODY")
        trusted = self.trusted.get(asked.document_id)
        if trusted is not None:
            return request._replace(query=trusted)
        if self.only != "anything":
            if request.query:
                return self._free(request)
            raise bad_request(
                "The document is not in the list of trusted documents.", "PERSISTED_QUERY_NOT_IN_LIST"
            )
        if not asked.automatic:
            raise bad_request("No document has this `documentId`.", "PERSISTED_DOCUMENT_NOT_FOUND")
        return await self._automatic(request, asked.document_id)

    def _free(self, request: GraphQLRequest) -> GraphQLRequest:
        if not request.query:
            raise bad_request("`query` is missing: it holds the GraphQL document.")
        if self.only == "by-id":
            raise bad_request(
                "Only trusted documents are answered: send `documentId` in place of `query`.",
                "PERSISTED_QUERY_ID_REQUIRED",
            )
        if self.only == "listed" and request.query not in self.trusted_texts:
            raise bad_request(
                "Only trusted documents are answered, and this is none.", "QUERY_NOT_IN_SAFELIST"
            )
        return request

    async def _automatic(self, request: GraphQLRequest, document_id: str) -> GraphQLRequest:
        if self.store is None:
            if request.query:
                return request
            raise _ask_with_query("PersistedQueryNotSupported", "PERSISTED_QUERY_NOT_SUPPORTED")
        if not request.query:
            known = await self.store.get(document_id)
            if known is None:
                raise _ask_with_query("PersistedQueryNotFound", "PERSISTED_QUERY_NOT_FOUND")
            return request._replace(query=known)
        if hashlib.sha256(request.query.encode()).hexdigest() != document_id:
            raise bad_request(
                "`extensions.persistedQuery.sha256Hash` is not the SHA-256 hash of `query`.",
                "PERSISTED_QUERY_HASH_MISMATCH",
            )
        if len(request.query) <= LONGEST_REMEMBERED:
            await self.store.put(document_id, request.query)
        return request


@dataclass(frozen=True, slots=True)
class _Asked:
    document_id: str
    automatic: bool


def _asked(request: GraphQLRequest) -> _Asked | None:
    if request.document_id is not None:
        return _Asked(request.document_id.removeprefix("sha256:"), automatic=False)
    persisted = request.extensions.get("persistedQuery")
    if persisted is None:
        return None
    document_id = persisted.get("sha256Hash") if isinstance(persisted, dict) else None
    if not isinstance(document_id, str) or persisted.get("version") != 1:
        raise bad_request('`extensions.persistedQuery` must be like {"version": 1, "sha256Hash": "..."}.')
    return _Asked(document_id, automatic=True)


def _ask_with_query(message: str, code: str) -> HttpRefusal:
    """Clients know these two by their messages, and send the document then; 200, since nothing is wrong yet."""
    return HttpRefusal(HTTPStatus.OK, code, message)


def persisted_documents(
    trusted: Mapping[str, str], store: DocumentStore | None, only: Only
) -> PersistedDocuments:
    """Finds documents in these places."""
    return PersistedDocuments(dict(trusted), frozenset(trusted.values()), store, only)


def read_manifest(file: Path) -> dict[str, str]:
    """The trusted documents in a manifest, by id.

    Either an object of documents by id, as GraphQL Code Generator and Relay write it, or Apollo's
    `apollo-persisted-query-manifest`, whose `operations` each have `id` and `body`.

    Raises:
        ConfigurationError: it cannot be read, or is neither.
    """
    try:
        content = orjson.loads(file.read_bytes())
    except OSError as error:
        raise ConfigurationError(f"{file}: cannot be read ({error.strerror}).") from error
    except orjson.JSONDecodeError as error:
        raise ConfigurationError(f"{file}: is no JSON: {error}.") from error
    entries = _entries(content)
    if entries is None or not all(isinstance(part, str) for entry in entries for part in entry):
        raise ConfigurationError(
            f'{file}: must be like {{"<id>": "query ..."}}, or Apollo\'s manifest with `operations`.'
        )
    return {document_id.removeprefix("sha256:"): document for document_id, document in entries}


def _entries(content: Any) -> list[tuple[Any, Any]] | None:
    if not isinstance(content, dict):
        return None
    operations = content.get("operations")
    if not isinstance(operations, list):
        return list(content.items())
    if not all(isinstance(operation, dict) for operation in operations):
        return None
    return [(operation.get("id"), operation.get("body")) for operation in operations]
