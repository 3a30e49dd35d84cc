"""This subgraph's GraphQL types, made from rows."""
