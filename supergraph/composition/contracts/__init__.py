"""Contracts: the part of a graph that some clients see, chosen by `@tag`.

Elements that a contract filters out are `@inaccessible` in its supergraph; the subgraphs stay as they are, so
that the router can still ask for what keys and requirements need.

Source: https://www.apollographql.com/docs/graphos/platform/schema-management/delivery/contracts/reference.
"""

from supergraph.composition.contracts.apply import apply_contract
from supergraph.composition.contracts.contract import Contract

__all__ = ["Contract", "apply_contract"]
