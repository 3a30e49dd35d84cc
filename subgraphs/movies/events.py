"""What the catalogue tells the other subgraphs."""

from datetime import datetime

from subgraphs.common.messages import Message
from subgraphs.movies.models import CollectionRow, MovieRow

CREATED = "movie.created"
RENAMED = "movie.renamed"
RETIRED = "movie.retired"
COLLECTION_CREATED = "collection.created"
COLLECTION_RENAMED = "collection.renamed"


def movie_event(kind: str, movie: MovieRow, now: datetime) -> Message:
    """That something happened to a film: what others keep of it, with its version to tell old news from new."""
    payload = {
        "id": movie.id,
        "slug": movie.slug,
        "name": movie.name,
        "certification": movie.certification,
        "retired": movie.retired_at is not None,
        "version": movie.version,
    }
    return Message.new(kind, movie.id, payload, now)


def collection_event(kind: str, collection: CollectionRow, now: datetime) -> Message:
    """That something happened to a collection: what others keep of it as a title. Collections are not retired."""
    payload = {
        "id": collection.id,
        "slug": collection.slug,
        "name": collection.name,
        "retired": False,
        "version": collection.version,
    }
    return Message.new(kind, collection.id, payload, now)
