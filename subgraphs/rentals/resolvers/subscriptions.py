"""What can be watched at the counter."""

from collections.abc import AsyncGenerator

import strawberry
from strawberry.federation.schema_directives import Authenticated

from subgraphs.common.errors import BadUserInput
from subgraphs.rentals.context import RentalsInfo
from subgraphs.rentals.events import AVAILABILITY_CHANGED, RENTAL_KINDS
from subgraphs.rentals.models import Outbox
from subgraphs.rentals.resolvers.access import member
from subgraphs.rentals.types.entities import Movie, Rental

MOST_FILMS = 50


@strawberry.type
class Subscription:
    """What can be watched at the counter."""

    @strawberry.subscription(
        description="A film's availability after each change, for up to 50 films; the film's other fields "
        "come from their own subgraphs."
    )
    async def availability_changed(
        self, info: RentalsInfo, movie_ids: list[strawberry.ID]
    ) -> AsyncGenerator[Movie | None, None]:
        """Whatever changes it: renting, returning, new copies, a film retired."""
        if not 1 <= len(movie_ids) <= MOST_FILMS:
            raise BadUserInput(f"`movieIds` must be 1 to {MOST_FILMS} films, not {len(movie_ids)}.")
        watched = frozenset(map(str, movie_ids))

        def wanted(message: Outbox) -> str | None:
            about = message.kind == AVAILABILITY_CHANGED and message.aggregate in watched
            return message.aggregate if about else None

        async with info.context.counter.feed.subscribe(wanted) as subscriber:
            while True:
                movie_id = await subscriber.take()
                info.context.renew()
                yield Movie(id=strawberry.ID(movie_id))

    @strawberry.subscription(
        description="The viewer's rentals as they change: rented, extended, sent back, returned, overdue, lost.",
        directives=[Authenticated()],
    )
    async def rental_changed(self, info: RentalsInfo) -> AsyncGenerator[Rental | None, None]:
        """As each stands when it is told."""
        viewer = member(info)

        def wanted(message: Outbox) -> str | None:
            own = message.kind in RENTAL_KINDS and message.payload["renterId"] == viewer
            return message.aggregate if own else None

        async with info.context.counter.feed.subscribe(wanted) as subscriber:
            while True:
                rental_id = await subscriber.take()
                info.context.renew()
                yield await Rental.resolve_reference({"id": rental_id}, info)
