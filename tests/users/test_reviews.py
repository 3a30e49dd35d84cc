"""Reviews: one a person and title; ratings are what they add up to."""

import asyncio
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete, func, select

from subgraphs.common.caller import Caller
from subgraphs.common.demo import films, members
from subgraphs.users.models import SCORES, RatingRow, ReviewRow
from subgraphs.users.types.people import RatingSummary
from tests.databases import WHATEVER_THE_DATABASE
from tests.users.conftest import ADA, ADAM, CLIVE, KIM, MONA, NOW, People

REVIEW = "review { id score headline body spoiler version author { handle } title { id } }"
FILM = films()[0].id
RATING = """query($title: ID!) { _entities(representations: [{__typename: "Title", id: $title}]) {
    ... on Title { rating { average count histogram } reviews { totalCount } }
} }"""


async def write(people: People, caller: Caller = ADAM, **given: Any) -> Any:
    return await people.mutate("writeReview", REVIEW, caller, **({"titleId": FILM, "score": 8} | given))


async def rating(people: People, title: str = FILM) -> Any:
    return (await people.data(RATING, title=title))["_entities"][0]["rating"]


async def wipe(people: People) -> None:
    async with people.database.transaction() as session:
        await session.execute(delete(RatingRow))
        await session.execute(delete(ReviewRow))


async def test_a_review_is_written(people: People) -> None:
    review = (await write(people, headline=" Good ", body="It is.", spoiler=True))["review"]
    assert {key: review[key] for key in ("score", "headline", "body", "spoiler", "version")} == {
        "score": 8,
        "headline": "Good",
        "body": "It is.",
        "spoiler": True,
        "version": 1,
    }
    assert (review["author"], review["title"]) == ({"handle": "adam"}, {"id": FILM})


async def test_a_person_reviews_a_title_once(people: People) -> None:
    first = (await write(people))["review"]
    payload = await people.mutate(
        "writeReview",
        "review { id } there: errors { ... on AlreadyReviewed { review { id version } } }",
        ADAM,
        titleId=FILM,
        score=1,
    )
    assert (payload["review"], payload["there"]) == (None, [{"review": {"id": first["id"], "version": 1}}])


async def test_of_many_reviews_at_once_by_one_person_one_stands(people: People) -> None:
    await wipe(people)
    payloads = await asyncio.gather(*(write(people, score=score) for score in (1, 3, 5, 7)))
    assert (
        sorted(error["code"] for payload in payloads for error in payload["errors"])
        == ["ALREADY_REVIEWED"] * 3
    )
    assert (await rating(people))["count"] == 1


async def test_ones_own_review_can_be_changed(people: People) -> None:
    await write(people, headline="Good")
    review = (await write(people, score=3, expectedVersion=1))["review"]
    assert (review["score"], review["headline"], review["version"]) == (3, None, 2)


async def test_a_review_that_changed_meanwhile_is_not_overwritten(people: People) -> None:
    await write(people)
    await write(people, score=3, expectedVersion=1)
    payload = await write(people, score=5, expectedVersion=1)
    assert payload["errors"][0]["code"] == "VERSION_CONFLICT"


async def test_of_two_changes_at_once_one_wins(people: People) -> None:
    await wipe(people)
    await write(people)
    payloads = await asyncio.gather(*(write(people, score=score, expectedVersion=1) for score in (2, 3)))
    assert sorted(len(payload["errors"]) for payload in payloads) == [0, 1]
    assert (await rating(people))["count"] == 1


async def test_a_review_that_is_not_there_cannot_be_changed(people: People) -> None:
    assert (await write(people, expectedVersion=1))["errors"][0]["code"] == "NOT_FOUND"


async def test_a_title_that_the_catalogue_lacks_is_not_found(people: People) -> None:
    assert (await write(people, titleId="mov_nothing"))["errors"][0]["code"] == "NOT_FOUND"


@WHATEVER_THE_DATABASE
@pytest.mark.parametrize(
    ("field", "value"),
    [("score", 0), ("score", 11), ("score", -1), ("headline", "x" * 121), ("body", "x" * 10_001)],
)
async def test_a_field_that_breaks_a_rule_is_named(people: People, field: str, value: Any) -> None:
    payload = await write(people, **{field: value})
    assert [error["path"] for error in payload["errors"]] == [["input", field]]


async def test_a_review_is_somebodys(people: People) -> None:
    change = 'mutation { writeReview(input: {titleId: "x", score: 1}) { review { id } } }'
    assert await people.code(change) == "UNAUTHENTICATED"


async def test_ones_own_review_can_be_deleted(people: People) -> None:
    await wipe(people)
    review = (await write(people))["review"]
    payload = await people.mutate("deleteReview", "title { id }", ADAM, reviewId=review["id"])
    assert payload["title"] == {"id": FILM}
    assert (await rating(people))["count"] == 0


async def test_a_moderator_deletes_anybodys(people: People) -> None:
    review = (await write(people))["review"]
    payload = await people.mutate("deleteReview", "title { id }", MONA, reviewId=review["id"])
    assert payload["errors"] == []


@pytest.mark.parametrize("caller", [KIM, CLIVE])
async def test_for_others_a_review_is_not_there_to_delete(people: People, caller: Caller) -> None:
    review = (await write(people))["review"]
    payload = await people.mutate("deleteReview", "title { id }", caller, reviewId=review["id"])
    assert payload["errors"][0]["code"] == "NOT_FOUND"


async def test_a_rating_is_what_the_reviews_add_up_to(people: People) -> None:
    await wipe(people)
    for caller, score in ((ADA, 10), (KIM, 4), (ADAM, 10)):
        await write(people, caller, score=score)
    assert await rating(people) == {
        "average": 8.0,
        "count": 3,
        "histogram": [0, 0, 0, 1, 0, 0, 0, 0, 0, 2],
    }


async def test_a_title_without_reviews_has_no_average(people: People) -> None:
    await wipe(people)
    assert await rating(people) == {"average": None, "count": 0, "histogram": [0] * 10}


async def test_many_who_review_at_once_are_all_counted(people: People) -> None:
    await wipe(people)
    crowd = [Caller(subject=member.id) for member in members(NOW)[:25]]
    await asyncio.gather(*(write(people, caller, score=n % 10 + 1) for n, caller in enumerate(crowd)))
    again = [write(people, caller, score=10, expectedVersion=1) for caller in crowd[:12]]
    await asyncio.gather(*again)
    assert sum((await rating(people))["histogram"]) == 25
    await agree(people)


async def test_the_demo_worlds_ratings_agree_with_its_reviews(people: People) -> None:
    await agree(people)


async def agree(people: People) -> None:
    """The kept counts are what counting gives."""
    counted = select(ReviewRow.title_id, ReviewRow.score, func.count()).group_by(
        ReviewRow.title_id, ReviewRow.score
    )
    async with people.database.read() as session:
        by_counting = {(row[0], row[1]): row[2] for row in await session.execute(counted)}
        kept = (await session.execute(select(RatingRow.title_id, *SCORES))).all()
    by_keeping = {
        (row[0], score): count for row in kept for score, count in enumerate(row[1:], start=1) if count
    }
    assert by_keeping == by_counting


@given(st.lists(st.integers(0, 10**6), min_size=10, max_size=10).filter(any))
def test_an_average_lies_between_the_lowest_and_the_highest_score(histogram: list[int]) -> None:
    given_scores = [score for score, count in enumerate(histogram, start=1) if count]
    summary = RatingSummary.of(histogram)
    assert summary.average is not None
    assert given_scores[0] <= summary.average <= given_scores[-1]
