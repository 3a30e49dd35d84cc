"""The catalogue's GraphQL types, made from rows."""
