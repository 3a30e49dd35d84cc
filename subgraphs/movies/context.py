"""What the resolvers of one request share."""

from dataclasses import dataclass
from datetime import datetime

from strawberry.fastapi import BaseContext
from strawberry.types import Info

from subgraphs.common.caller import Caller
from subgraphs.common.database import Database
from subgraphs.movies.loaders import Loaders


@dataclass
class Context(BaseContext):
    """Who asks, the moment of asking, and where films are found."""

    caller: Caller
    now: datetime
    database: Database
    loaders: Loaders

    def __post_init__(self) -> None:
        super().__init__()


MoviesInfo = Info[Context, None]
"""A resolver's `info` in this subgraph."""
