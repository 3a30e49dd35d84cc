"""The users subgraph's schema, held to its contract by a test."""

from subgraphs.common.federation import SubgraphSchema
from subgraphs.users.resolvers import Mutation, Query
from subgraphs.users.settings import NAME
from subgraphs.users.types.people import Review, Title

schema = SubgraphSchema(NAME, Query, Mutation, types=[Title, Review])
