"""Reviews: one a person and title, and the ratings that they add up to."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from subgraphs.common.caller import Caller
from subgraphs.common.database import insert_into
from subgraphs.common.errors import Refused, not_found, version_conflict
from subgraphs.common.ids import new_id
from subgraphs.users import rules
from subgraphs.users.models import SCORES, RatingRow, ReviewRow, TitleRow
from subgraphs.users.resources import Resources
from subgraphs.users.roles import MODERATE_REVIEWS
from subgraphs.users.service.access import own_account

LONGEST_HEADLINE = 120
LONGEST_BODY = 10_000


@dataclass(frozen=True, slots=True)
class Opinion:
    """What somebody thinks of a title: a score from 1 to 10, and words."""

    title_id: str
    score: int
    headline: str | None = None
    body: str | None = None
    spoiler: bool = False


@dataclass(frozen=True, slots=True)
class ReviewExists:
    """A new review was wanted, and `review` is there already."""

    review: ReviewRow


async def write_review(
    resources: Resources, caller: Caller, opinion: Opinion, expected_version: int | None, now: datetime
) -> ReviewRow | ReviewExists:
    """Writes the caller's review, or changes the one that they saw in `expected_version`.

    Where no version is expected and there is a review, that one is given.

    Raises:
        Refused: a value breaks a rule; there is no such title, or no review to change; or it has changed.
        Unauthenticated: nobody is signed in.
    """
    if wrong := rules.problems(_problems(opinion)):
        raise Refused(*wrong)
    async with resources.database.transaction() as session:
        author = await own_account(session, caller)
        if await session.get(TitleRow, opinion.title_id) is None:
            raise Refused(not_found("title", "titleId"))
        if expected_version is None:
            return await _add(session, author.id, opinion, now)
        return await _change(session, author.id, opinion, expected_version, now)


async def delete_review(resources: Resources, caller: Caller, review_id: str) -> str:
    """Takes back one's own review, or anybody's where one may moderate; gives the title's id.

    Raises:
        Refused: there is none that the caller may delete.
        Unauthenticated: nobody is signed in.
    """
    async with resources.database.transaction() as session:
        account = await own_account(session, caller)
        found = delete(ReviewRow).where(ReviewRow.id == review_id)
        if not caller.may(MODERATE_REVIEWS):
            found = found.where(ReviewRow.author_id == account.id)
        deleted = (await session.execute(found.returning(ReviewRow.title_id, ReviewRow.score))).first()
        if deleted is None:
            raise Refused(not_found("review", "reviewId"))
        await _rate(session, deleted.title_id, taken=deleted.score)
    return deleted.title_id


def _problems(opinion: Opinion) -> dict[str, str | None]:
    headline, body = opinion.headline or "", opinion.body or ""
    return {
        "score": None if 1 <= opinion.score <= 10 else f"A score is 1 to 10, not {opinion.score}.",
        "headline": rules.text_problem("A headline", headline, LONGEST_HEADLINE),
        "body": rules.text_problem("A review", body, LONGEST_BODY),
    }


def _words(opinion: Opinion) -> dict[str, object]:
    return {
        "score": opinion.score,
        "headline": rules.plain(opinion.headline or "") or None,
        "body": rules.plain(opinion.body or "") or None,
        "spoiler": opinion.spoiler,
    }


async def _add(
    session: AsyncSession, author_id: str, opinion: Opinion, now: datetime
) -> ReviewRow | ReviewExists:
    values = {
        "id": new_id("rev"),
        "author_id": author_id,
        "title_id": opinion.title_id,
        "created_at": now,
        "updated_at": now,
        "version": 1,
    }
    insert = insert_into(session, ReviewRow).values(values | _words(opinion)).on_conflict_do_nothing()
    review = (await session.scalars(insert.returning(ReviewRow))).one_or_none()
    if review is None:
        if (existing := await _own(session, author_id, opinion.title_id)) is not None:
            return ReviewExists(existing)
        return await _add(session, author_id, opinion, now)  # it has just been deleted
    await _rate(session, opinion.title_id, given=opinion.score)
    return review


async def _change(
    session: AsyncSession, author_id: str, opinion: Opinion, expected_version: int, now: datetime
) -> ReviewRow:
    review = await _own(session, author_id, opinion.title_id)
    if review is None:
        raise Refused(not_found("review of yours to change", "titleId"))
    if review.version != expected_version:
        raise Refused(version_conflict(review.version))
    changed = update(ReviewRow).where(ReviewRow.id == review.id, ReviewRow.version == expected_version)
    changed = changed.values(version=expected_version + 1, updated_at=now, **_words(opinion))
    await _rate(session, opinion.title_id, given=opinion.score, taken=review.score)
    return (await session.scalars(changed.returning(ReviewRow))).one()


async def _own(session: AsyncSession, author_id: str, title_id: str) -> ReviewRow | None:
    found = select(ReviewRow).where(ReviewRow.author_id == author_id, ReviewRow.title_id == title_id)
    return await session.scalar(found.with_for_update())


async def _rate(
    session: AsyncSession, title_id: str, *, given: int | None = None, taken: int | None = None
) -> None:
    """Adds a score to the title's counts and takes another away, in one statement that waits for no reading."""
    steps = {column: (score == given) - (score == taken) for score, column in enumerate(SCORES, start=1)}
    if not any(steps.values()):
        return
    first = {column.key: max(step, 0) for column, step in steps.items()}
    rate = insert_into(session, RatingRow).values(title_id=title_id, **first)
    await session.execute(
        rate.on_conflict_do_update(
            index_elements=[RatingRow.title_id],
            set_={column.key: column + step for column, step in steps.items() if step},
        )
    )
