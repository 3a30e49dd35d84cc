"""This subgraph's root fields."""

import strawberry

from subgraphs.users.resolvers.accounts import AccountMutations
from subgraphs.users.resolvers.queries import Query
from subgraphs.users.resolvers.staff import StaffMutations
from subgraphs.users.resolvers.titles import TitleMutations

__all__ = ["Mutation", "Query"]


@strawberry.type
class Mutation(AccountMutations, TitleMutations, StaffMutations):
    """All that can be changed here."""
