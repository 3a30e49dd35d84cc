"""The movies subgraph's schema, held to its contract by a test."""

from subgraphs.common.federation import SubgraphSchema
from subgraphs.movies.resolvers import Mutation, Query
from subgraphs.movies.settings import NAME
from subgraphs.movies.types.catalogue import Collection, Title

schema = SubgraphSchema(NAME, Query, Mutation, types=[Title, Collection])
