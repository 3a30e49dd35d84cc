"""What people keep and say about films."""

from functools import partial

from tests.journeys.staging import Stage, Stories, Told, ask, some_title


async def add_to_watchlist(stage: Stage) -> Told:
    title = await some_title(stage)
    yield None, await ask(stage.member, "addToWatchlist", titleId=title, note="Soon")
    yield "InvalidInput", await ask(stage.member, "addToWatchlist", titleId=title, note="x" * 501)
    yield "NotFound", await ask(stage.member, "addToWatchlist", titleId="mov_none")


async def remove_from_watchlist(stage: Stage) -> Told:
    title = await some_title(stage)
    await ask(stage.member, "addToWatchlist", titleId=title)
    yield None, await ask(stage.member, "removeFromWatchlist", titleId=title)
    yield "NotFound", await ask(stage.member, "removeFromWatchlist", titleId=title)


async def write_review(stage: Stage) -> Told:
    write = partial(ask, stage.member, "writeReview")
    title = await some_title(stage)
    yield "InvalidInput", await write(titleId=title, score=11)
    yield "NotFound", await write(titleId="mov_none", score=7)
    yield None, await write(titleId=title, score=7)
    yield "AlreadyReviewed", await write(titleId=title, score=8)
    yield "VersionConflict", await write(titleId=title, score=8, expectedVersion=1000)


async def delete_review(stage: Stage) -> Told:
    client, _ = await stage.person()
    review = (await ask(client, "writeReview", titleId=await some_title(stage), score=7))["review"]
    yield None, await ask(client, "deleteReview", reviewId=review["id"])
    yield "NotFound", await ask(client, "deleteReview", reviewId=review["id"])


STORIES: Stories = {
    "addToWatchlist": add_to_watchlist,
    "removeFromWatchlist": remove_from_watchlist,
    "writeReview": write_review,
    "deleteReview": delete_review,
}
