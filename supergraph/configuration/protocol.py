"""How requests are spoken: media, documents, batches, origins."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from supergraph.configuration.section import Section

HostName = Annotated[
    str,
    StringConstraints(
        to_lower=True, pattern=r"^(\*|(\*\.)?[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*|[0-9A-Fa-f:.]+)$"
    ),
]
"""A name without a port; `*.shop.example` stands for all below it, `*` for any."""


Origin = Annotated[str, StringConstraints(pattern=r"^(\*|[a-z][a-z0-9+.-]*://[^/\s]+)$")]
"""A scheme and a host, without a path: `https://shop.example`; `*` for any."""


class CorsConfiguration(Section):
    """Which other origins' pages may call: none, unless they are listed (`https://shop.example`; `*` for all).

    They may send the `headers` that are named here besides those that the router knows itself, and with `credentials`
    cookies too. A browser remembers for `max_age_seconds` what it may do.
    """

    origins: tuple[Origin, ...] = ()
    headers: tuple[str, ...] = ()
    credentials: bool = False
    max_age_seconds: int = Field(default=600, ge=0)

    @model_validator(mode="after")
    def _credentials_for_whom_one_knows(self) -> Self:
        if self.credentials and "*" in self.origins:
            raise ValueError(
                "`credentials` need `origins` that are listed, or any page could act for its visitor"
            )
        return self


StatusProfile = Literal["audit", "draft-2026"]
"""Which HTTP statuses `application/graphql-response+json` carries.

`audit` is what most clients and graphql-http's audit expect: 200, and 400 for what is not executed. `draft-2026`
follows the working draft of GraphQL over HTTP: 294 for data with errors, 422 for a request that is well-formed
and cannot be executed.
"""


class BatchingConfiguration(Section):
    """Several operations in one request, as a JSON list: not answered unless `enabled`."""

    enabled: bool = False
    max_operations: int = Field(default=10, ge=1, le=1000)


Coding = Literal["zstd", "br", "gzip"]
"""How a body is compressed."""


class CompressionConfiguration(Section):
    """How responses to clients are compressed that ask for it: those of `smallest_bytes` or more, and no streams.

    Of `codings` that a client likes equally the first is taken.
    """

    enabled: bool = True
    smallest_bytes: int = Field(default=2_048, ge=0)
    codings: tuple[Coding, ...] = ("zstd", "br", "gzip")


class PersistedDocumentsConfiguration(Section):
    """Documents that clients name by an id and need not send.

    `automatic`: a document that was sent once with its SHA-256 hash is known by it (automatic persisted queries);
    at most `remembered` of them are kept, by each router process (`memory`), or in the `redis` of all of them, where
    each is forgotten `forgotten_after_hours` after it was last asked for. `manifest` is a JSON file of trusted
    documents, by id. `only` says what is answered: `anything`, what stands in the manifest (`listed`), or what is
    asked from it `by-id`.
    """

    automatic: bool = True
    remembered: int = Field(default=1_000, ge=1)
    store: Literal["memory", "redis"] = "memory"
    forgotten_after_hours: float = Field(default=24, gt=0)
    manifest: Path | None = None
    only: Literal["anything", "listed", "by-id"] = "anything"

    @model_validator(mode="after")
    def _a_manifest_to_go_by(self) -> Self:
        if self.only != "anything" and self.manifest is None:
            raise ValueError(f"`only: {self.only}` needs a `manifest` of the documents that are trusted")
        return self
