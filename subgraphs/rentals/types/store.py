"""Where copies stand."""

from typing import Any, Self

import strawberry
from strawberry import federation as fed

from subgraphs.common.federation import key_of
from subgraphs.rentals.context import RentalsInfo
from subgraphs.rentals.models import StoreRow


@fed.type(keys=["id"])
class Store:
    """A shop."""

    id: strawberry.ID
    name: str
    time_zone: str = strawberry.field(description="IANA name; it decides where a day ends.")

    @classmethod
    def of(cls, row: StoreRow) -> Self:
        """The store of a row."""
        return cls(id=strawberry.ID(row.id), name=row.name, time_zone=row.time_zone)

    @classmethod
    async def resolve_reference(cls, representation: dict[str, Any], info: RentalsInfo) -> Self | None:
        """A store by its id."""
        row = await info.context.loaders.store.load(key_of(representation, "id")[1])
        return row and cls.of(row)
