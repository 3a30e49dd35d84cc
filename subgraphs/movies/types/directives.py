"""The contract's directives that Strawberry takes as objects."""

from strawberry.federation.schema_directives import Cost

SEARCHING = Cost(weight=5)
"""A look through the whole catalogue costs more than a field."""

CATALOG_WRITE = [["catalog:write"]]
"""The scopes that open the catalogue's mutations."""
