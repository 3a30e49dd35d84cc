"""What the catalogue's mutations answer: the film, or why not."""

from __future__ import annotations

from typing import Annotated

import strawberry

from subgraphs.common.errors import IdempotencyKeyReused, InvalidInput, NotFound, VersionConflict
from subgraphs.movies.types.catalogue import Collection, Movie

CreateMovieError = Annotated[InvalidInput | IdempotencyKeyReused, strawberry.union("CreateMovieError")]
UpdateMovieError = Annotated[InvalidInput | NotFound | VersionConflict, strawberry.union("UpdateMovieError")]
RetireMovieError = Annotated[NotFound | VersionConflict, strawberry.union("RetireMovieError")]
CreateCollectionError = Annotated[
    InvalidInput | IdempotencyKeyReused, strawberry.union("CreateCollectionError")
]
RenameCollectionError = Annotated[
    InvalidInput | NotFound | VersionConflict, strawberry.union("RenameCollectionError")
]


@strawberry.type
class CreateMoviePayload:
    """The new film."""

    movie: Movie | None
    errors: list[CreateMovieError]


@strawberry.type
class UpdateMoviePayload:
    """The changed film."""

    movie: Movie | None
    errors: list[UpdateMovieError]


@strawberry.type
class RetireMoviePayload:
    """The retired film."""

    movie: Movie | None
    errors: list[RetireMovieError]


@strawberry.type
class CreateCollectionPayload:
    """The new collection."""

    collection: Collection | None
    errors: list[CreateCollectionError]


@strawberry.type
class RenameCollectionPayload:
    """The renamed collection."""

    collection: Collection | None
    errors: list[RenameCollectionError]
