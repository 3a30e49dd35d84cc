"""The documents that the operators know, and those that clients name by an id, as configured."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from supergraph.configuration import Configuration
from supergraph.server.explorer import Example, read_examples
from supergraph.server.parts import Parts
from supergraph.server.persisted_documents import (
    DocumentStore,
    MemoryStore,
    PersistedDocuments,
    persisted_documents,
    read_manifest,
)
from supergraph.server.shared_documents import RedisStore
from supergraph.server.shared_redis import SharedRedis


def document_files(configuration: Configuration) -> list[Path]:
    """The files that a router reads beside its supergraph: trusted documents and operations."""
    manifest = configuration.persisted_documents.manifest
    folders = [configuration.at(folder) for folder in configuration.operations]
    files = [
        file for folder in folders for pattern in ("*.graphql", "*.json") for file in folder.glob(pattern)
    ]
    return files if manifest is None else [configuration.at(manifest), *files]


def examples(configuration: Configuration) -> list[Example]:
    """The operators' operations, as GraphiQL offers them."""
    return read_examples([configuration.at(folder) for folder in configuration.operations])


def trusted_documents(configuration: Configuration) -> dict[str, str]:
    """The documents of the manifest, by id; raises `ConfigurationError` where it cannot be read."""
    manifest = configuration.persisted_documents.manifest
    return {} if manifest is None else read_manifest(configuration.at(manifest))


def known_documents(configuration: Configuration, trusted: Mapping[str, str]) -> list[str]:
    """What the operators know: their operations, and what is trusted."""
    return [*trusted.values(), *(example.query for example in examples(configuration))]


def create_documents(
    configuration: Configuration, trusted: Mapping[str, str], redis: SharedRedis | None, parts: Parts
) -> PersistedDocuments:
    """What finds the document that a request names."""
    wanted = configuration.persisted_documents
    store: DocumentStore | None = None
    if wanted.automatic:
        made_from = ("remembered documents", wanted.remembered)
        store = parts.part(made_from, lambda: MemoryStore(wanted.remembered))
        if redis is not None and wanted.store == "redis":
            store = RedisStore(redis, store, wanted.remembered, wanted.forgotten_after_hours * 3600)
    return persisted_documents(trusted, store, wanted.only)
