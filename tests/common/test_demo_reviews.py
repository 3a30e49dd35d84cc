"""The demo world's opinions: written by people who saw the film, skewed as real scores are."""

import re
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from subgraphs.common.demo import (
    DemoFilm,
    DemoReview,
    DemoWatchlistItem,
    collections,
    films,
    members,
    rentals,
    reviews,
    watchlists,
)

NOW = datetime(2026, 3, 14, 15, 9, tzinfo=UTC)


@pytest.fixture(scope="module")
def written() -> tuple[DemoReview, ...]:
    return reviews(NOW)


@pytest.fixture(scope="module")
def wanted() -> tuple[DemoWatchlistItem, ...]:
    return watchlists(NOW)


def test_the_same_moment_gives_the_same_opinions(
    written: tuple[DemoReview, ...], wanted: tuple[DemoWatchlistItem, ...]
) -> None:
    assert (reviews(NOW), watchlists(NOW)) == (written, wanted)


def test_there_are_550_to_650_reviews(written: tuple[DemoReview, ...]) -> None:
    assert 550 <= len(written) <= 650


def test_a_member_reviews_a_title_at_most_once(written: tuple[DemoReview, ...]) -> None:
    assert len({(review.author.id, review.title.id) for review in written}) == len(written)


def test_review_ids_are_unique(written: tuple[DemoReview, ...]) -> None:
    assert len({review.id for review in written}) == len(written)


def test_whoever_reviews_a_film_brought_it_back_first(written: tuple[DemoReview, ...]) -> None:
    returned = {
        (rental.member.id, rental.copy.film.id): rental.returned_at
        for rental in reversed(rentals(NOW))
        if rental.returned_at
    }
    of_films = [review for review in written if isinstance(review.title, DemoFilm)]
    assert all(returned[review.author.id, review.title.id] < review.created_at for review in of_films)


def test_every_collection_has_a_review(written: tuple[DemoReview, ...]) -> None:
    assert {collection.id for collection in collections()} <= {review.title.id for review in written}


def test_scores_run_from_1_to_10_and_lean_to_the_upper_end(written: tuple[DemoReview, ...]) -> None:
    scores = Counter(review.score for review in written)
    assert set(scores) == set(range(1, 11))
    assert 6.5 <= sum(review.score for review in written) / len(written) <= 7.8
    assert scores[7] + scores[8] > scores.total() / 3 > sum(scores[low] for low in range(1, 6))


def test_all_is_written_in_the_year_before_now(written: tuple[DemoReview, ...]) -> None:
    assert all(NOW - timedelta(days=366) < review.created_at < NOW for review in written)


def test_most_reviews_have_words_and_some_have_none(written: tuple[DemoReview, ...]) -> None:
    share = sum(review.body is not None for review in written) / len(written)
    assert 0.75 <= share <= 0.95


def test_at_most_one_body_in_ten_is_said_twice(written: tuple[DemoReview, ...]) -> None:
    bodies = [review.body for review in written if isinstance(review.title, DemoFilm) and review.body]
    assert len(set(bodies)) >= 0.9 * len(bodies)


def test_no_blank_is_left_in_a_phrase(written: tuple[DemoReview, ...]) -> None:
    texts = [text for review in written for text in (review.headline, review.body) if text is not None]
    assert [text for text in texts if re.search(r"[{}]|  |^$", text)] == []


def test_a_few_reviews_warn_that_they_tell_the_end(written: tuple[DemoReview, ...]) -> None:
    warned = [review for review in written if review.spoiler]
    assert 5 <= len(warned) <= 50
    assert all(review.body for review in warned)


def test_ada_has_reviewed_five_films(written: tuple[DemoReview, ...]) -> None:
    assert sum(review.author.handle == "ada" for review in written) == 5


def test_nobody_wants_a_title_twice(wanted: tuple[DemoWatchlistItem, ...]) -> None:
    assert len({(item.member.id, item.title.id) for item in wanted}) == len(wanted)
    assert len({item.id for item in wanted}) == len(wanted)


def test_every_wanted_title_exists(wanted: tuple[DemoWatchlistItem, ...]) -> None:
    assert {item.title.id for item in wanted} <= {title.id for title in (*films(), *collections())}


def test_a_customer_wants_two_to_five_titles_on_average(wanted: tuple[DemoWatchlistItem, ...]) -> None:
    customers = sum(not member.is_staff for member in members(NOW))
    assert 2 <= len(wanted) / customers <= 5


def test_ada_wants_six_titles(wanted: tuple[DemoWatchlistItem, ...]) -> None:
    assert sum(item.member.handle == "ada" for item in wanted) == 6
