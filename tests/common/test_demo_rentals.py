"""The demo world's year of rentals: what could have happened, in a real shop's proportions."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from subgraphs.common.demo import DemoRental, rentals
from subgraphs.common.demo.rentals import loan_days
from subgraphs.rentals import domain

MOMENTS = [
    datetime(2025, 3, 9, 10, tzinfo=UTC),  # the hour the clocks go forward on the east coast
    datetime(2026, 1, 1, tzinfo=UTC),
    datetime(2027, 11, 7, 23, 59, 59, tzinfo=UTC),
]


@pytest.fixture(scope="module", params=MOMENTS, ids=lambda moment: f"{moment:%Y-%m-%d}")
def now(request: pytest.FixtureRequest) -> datetime:
    return request.param


@pytest.fixture(scope="module")
def year(now: datetime) -> tuple[DemoRental, ...]:
    return rentals(now)


def test_the_same_moment_gives_the_same_year(now: datetime, year: tuple[DemoRental, ...]) -> None:
    assert rentals(now) == year


def test_stores_seeded_on_one_day_agree_on_what_is_out(now: datetime, year: tuple[DemoRental, ...]) -> None:
    for other in (now.replace(hour=0, minute=0, second=0), now.replace(hour=23, minute=59)):
        assert returns(rentals(other)) == returns(year)


def test_stores_seeded_on_two_days_agree_on_most_of_what_is_out(
    now: datetime, year: tuple[DemoRental, ...]
) -> None:
    tomorrow = {rental.id for rental in still_out(rentals(now + timedelta(days=1)))}
    today = {rental.id for rental in still_out(year)}
    assert len(today ^ tomorrow) <= 0.2 * len(today)


def test_ids_are_unique(year: tuple[DemoRental, ...]) -> None:
    assert len({rental.id for rental in year}) == len(year)


def test_there_are_20_to_35_rentals_a_member(year: tuple[DemoRental, ...]) -> None:
    """26.8 in the Sakila shop."""
    assert 20 <= len(year) / len({rental.member.id for rental in year}) <= 35


def test_all_of_it_lies_in_the_year_before_now(now: datetime, year: tuple[DemoRental, ...]) -> None:
    assert all(now - timedelta(days=366) < rental.rented_at < now for rental in year)
    assert all(rental.rented_at < back(rental) <= now for rental in year if rental.returned_at)


def test_no_copy_is_out_twice_at_once(year: tuple[DemoRental, ...]) -> None:
    for loans in grouped(year, lambda rental: rental.copy.id):
        assert all(back(before) <= after.rented_at for before, after in pairwise(loans))


def test_no_member_has_more_out_than_the_tier_allows(year: tuple[DemoRental, ...]) -> None:
    for loans in grouped(year, lambda rental: rental.member.id):
        limit = {"STANDARD": 3, "PLUS": 5, "PREMIER": 8}[loans[0].member.tier]
        assert max(out_at(loans, rental.rented_at) for rental in loans) <= limit


def test_no_tier_is_allowed_more_than_the_counter_allows_it(year: tuple[DemoRental, ...]) -> None:
    for loans in grouped(year, lambda rental: rental.member.id):
        limit = domain.allowance(loans[0].member.tier).limit
        assert max(out_at(loans, rental.rented_at) for rental in loans) <= limit


def test_every_renter_was_old_enough_for_the_counter(year: tuple[DemoRental, ...]) -> None:
    assert all(
        domain.may_see(
            domain.Certification(rental.copy.film.certification), rental.member.birth_date, rented_on(rental)
        )
        for rental in year
    )


def test_a_loan_lasts_as_long_as_the_counter_gives_it(year: tuple[DemoRental, ...]) -> None:
    assert all(
        rental.loan_days == domain.loan_days(rental.copy.film.release_date, rented_on(rental))
        for rental in year
    )


@pytest.mark.parametrize("released", [date(2024, 2, 29), date(2024, 3, 1)])
def test_loan_times_change_on_the_counters_days(released: date) -> None:
    days = [released + timedelta(days=age) for age in range(800)]
    assert [loan_days(released, day) for day in days] == [domain.loan_days(released, day) for day in days]


def test_about_half_of_what_is_back_came_late(year: tuple[DemoRental, ...]) -> None:
    """51 % in the Sakila shop; here between 45 and 57."""
    came_back = [rental for rental in year if rental.returned_at]
    assert 0.45 <= sum(is_late(rental, back(rental)) for rental in came_back) / len(came_back) <= 0.57


def test_one_to_four_percent_are_still_out(year: tuple[DemoRental, ...]) -> None:
    assert 0.01 <= len(still_out(year)) / len(year) <= 0.04


def test_of_those_still_out_some_are_overdue_and_most_are_not(
    now: datetime, year: tuple[DemoRental, ...]
) -> None:
    overdue = sum(is_late(rental, now) for rental in still_out(year))
    assert 5 <= overdue < len(still_out(year)) / 2


def test_nobody_rents_behind_the_counter(year: tuple[DemoRental, ...]) -> None:
    assert {rental.member.handle for rental in year}.isdisjoint({"clive", "mona", "adam"})


def test_ada_has_a_history_and_two_films_at_home(year: tuple[DemoRental, ...]) -> None:
    hers = [rental for rental in year if rental.member.handle == "ada"]
    assert len(hers) >= 10
    assert len(still_out(hers)) == 2


def test_one_of_adas_films_is_due_tonight_and_neither_is_late(
    now: datetime, year: tuple[DemoRental, ...]
) -> None:
    at_home = still_out(rental for rental in year if rental.member.handle == "ada")
    left = sorted(ends(rental) - now for rental in at_home)
    assert timedelta(0) <= left[0] <= timedelta(days=1) < left[1]


def test_kim_has_a_history_and_nothing_at_home(year: tuple[DemoRental, ...]) -> None:
    kims = [rental for rental in year if rental.member.handle == "kim"]
    assert len(kims) >= 5
    assert still_out(kims) == []


def test_popular_films_go_out_far_more_often_than_others(year: tuple[DemoRental, ...]) -> None:
    loans = Counter(rental.copy.film.id for rental in year)
    assert max(loans.values()) > 3 * loans.total() / len(loans)


def back(rental: DemoRental) -> datetime:
    return rental.returned_at or datetime.max.replace(tzinfo=UTC)


def returns(year: Iterable[DemoRental]) -> dict[str, datetime | None]:
    return {rental.id: rental.returned_at for rental in year}


def out_at(loans: Iterable[DemoRental], moment: datetime) -> int:
    return sum(rental.rented_at <= moment < back(rental) for rental in loans)


def still_out(loans: Iterable[DemoRental]) -> list[DemoRental]:
    return [rental for rental in loans if rental.returned_at is None]


def rented_on(rental: DemoRental) -> date:
    return rental.rented_at.astimezone(ZoneInfo(rental.copy.store.time_zone)).date()


def ends(rental: DemoRental) -> datetime:
    return domain.term(rental.rented_at, rental.loan_days, rental.copy.store.time_zone).due_at


def is_late(rental: DemoRental, moment: datetime) -> bool:
    return moment > ends(rental)


def grouped(year: Iterable[DemoRental], key: Callable[[DemoRental], str]) -> list[list[DemoRental]]:
    groups: defaultdict[str, list[DemoRental]] = defaultdict(list)
    for rental in year:
        groups[key(rental)].append(rental)
    return list(groups.values())
