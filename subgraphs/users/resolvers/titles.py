"""Watchlists and reviews."""

from __future__ import annotations

import strawberry

from subgraphs.users.context import UsersInfo
from subgraphs.users.resolvers.refusing import mutation
from subgraphs.users.service.reviews import ReviewExists, delete_review, write_review
from subgraphs.users.service.watchlist import add_to_watchlist, remove_from_watchlist
from subgraphs.users.types.inputs import (
    AddToWatchlistInput,
    DeleteReviewInput,
    RemoveFromWatchlistInput,
    WriteReviewInput,
)
from subgraphs.users.types.payloads import (
    DeleteReviewPayload,
    WatchlistPayload,
    WriteReviewPayload,
    already_reviewed,
)
from subgraphs.users.types.people import Review, Title, WatchlistItem


@strawberry.type
class TitleMutations:
    """What people keep and say about titles."""

    @mutation(WatchlistPayload, authenticated=True)
    async def add_to_watchlist(
        self,
        info: UsersInfo,
        input: AddToWatchlistInput,
    ) -> WatchlistPayload | None:
        """Puts a title on the caller's watchlist."""
        context = info.context
        row = await add_to_watchlist(
            context.resources, context.caller, input.title_id, input.note or None, context.now
        )
        return WatchlistPayload(item=WatchlistItem.of(row))

    @mutation(WatchlistPayload, authenticated=True)
    async def remove_from_watchlist(
        self,
        info: UsersInfo,
        input: RemoveFromWatchlistInput,
    ) -> WatchlistPayload | None:
        """Takes a title off the caller's watchlist."""
        row = await remove_from_watchlist(info.context.resources, info.context.caller, input.title_id)
        return WatchlistPayload(item=WatchlistItem.of(row))

    @mutation(WriteReviewPayload, authenticated=True)
    async def write_review(
        self,
        info: UsersInfo,
        input: WriteReviewInput,
    ) -> WriteReviewPayload | None:
        """Writes or changes the caller's review."""
        context = info.context
        expected = None if input.expected_version is strawberry.UNSET else input.expected_version
        outcome = await write_review(
            context.resources, context.caller, input.opinion(), expected, context.now
        )
        if isinstance(outcome, ReviewExists):
            return WriteReviewPayload(errors=[already_reviewed(Review.of(outcome.review))])
        return WriteReviewPayload(review=Review.of(outcome))

    @mutation(DeleteReviewPayload, authenticated=True)
    async def delete_review(
        self,
        info: UsersInfo,
        input: DeleteReviewInput,
    ) -> DeleteReviewPayload | None:
        """Takes a review back."""
        title_id = await delete_review(info.context.resources, info.context.caller, input.review_id)
        return DeleteReviewPayload(title=Title(id=strawberry.ID(title_id)))
