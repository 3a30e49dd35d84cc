"""The rentals subgraph's schema, held to its contract by a test."""

from subgraphs.common.federation import SubgraphSchema
from subgraphs.rentals.resolvers.mutations import Mutation
from subgraphs.rentals.resolvers.queries import Query
from subgraphs.rentals.resolvers.subscriptions import Subscription
from subgraphs.rentals.settings import NAME

schema = SubgraphSchema(NAME, Query, Mutation, subscription=Subscription)
