"""The contracts' directives that Strawberry takes as objects, where subgraphs share them."""

from strawberry import UNSET
from strawberry.federation.schema_directives import ListSize

SIZED_BY_FIRST = ListSize(
    assumed_size=UNSET,
    slicing_arguments=["first"],
    sized_fields=["edges"],
    require_one_slicing_argument=False,
)
"""A connection is as long as its `first` says."""
