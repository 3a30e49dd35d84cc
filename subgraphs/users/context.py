"""What the resolvers of one request share."""

from dataclasses import dataclass
from datetime import datetime

from strawberry.fastapi import BaseContext
from strawberry.types import Info

from subgraphs.common.caller import Caller
from subgraphs.common.database import Database
from subgraphs.users.loaders import Loaders
from subgraphs.users.resources import Resources


@dataclass
class Context(BaseContext):
    """Who asks, the moment of asking, and what answers come from."""

    caller: Caller
    now: datetime
    resources: Resources
    loaders: Loaders

    def __post_init__(self) -> None:
        super().__init__()

    @classmethod
    def of(cls, caller: Caller, now: datetime, resources: Resources) -> "Context":
        """The context of one request."""
        return cls(caller, now, resources, Loaders(resources.database, caller.subject))

    @property
    def database(self) -> Database:
        """Where people are found."""
        return self.resources.database


UsersInfo = Info[Context, None]
"""A resolver's `info` in this subgraph."""
