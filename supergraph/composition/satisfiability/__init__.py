"""Satisfiability: whatever a client may ask, the subgraphs together can answer.

Source: https://specs.apollo.dev/federation/v2.0/ and
https://www.apollographql.com/docs/graphos/schema-design/federated-schemas/composition.
"""

from supergraph.composition.satisfiability.traversal import Satisfiability, satisfiability

__all__ = ["Satisfiability", "satisfiability"]
