"""The rules of the business, as laws."""

import ast
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from subgraphs.rentals import domain
from subgraphs.rentals.domain import (
    ALLOWANCES,
    EXTENSION_DAYS,
    LOWEST_PRICE,
    MOST_EXTENSIONS,
    Certification,
    CopyStatus,
    Format,
    LateFee,
    LedgerKind,
    RentalStatus,
    Term,
    age_on,
    allowance,
    copy_status,
    day_at,
    days_late,
    end_of_day,
    extended,
    extension_refusal,
    late_fee,
    loan_days,
    may_see,
    release_day,
    sent_back,
    status_of,
    term,
    terms,
)

ZONES = st.sampled_from(
    [
        "America/New_York",
        "America/Los_Angeles",
        "America/Sao_Paulo",  # the clocks went forward at midnight
        "Asia/Kathmandu",
        "Australia/Lord_Howe",  # by half an hour
        "Africa/Cairo",  # the clocks go back at midnight
        "Europe/Berlin",
        "Pacific/Auckland",
        "UTC",
    ]
)
DAYS = st.dates(date(2000, 1, 1), date(2040, 12, 31))
MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2040, 12, 31), timezones=st.just(UTC))
CENTS = st.integers(0, 100_00)
LOANS = st.integers(1, 14)
SPANS = st.timedeltas(timedelta(0), timedelta(days=60))


def fee_at(due: Term, moment: datetime, zone: str, per_day: int = 150, cap: int = 2300) -> LateFee:
    """The late fee of a box that comes back at a moment."""
    return late_fee(due, moment, per_day=per_day, replacement_fee=cap, time_zone=zone)


def test_the_rules_need_nothing_but_the_standard_library() -> None:
    tree = ast.parse(Path(domain.__file__).read_text())
    imported = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    imported |= {name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}
    assert {(name or "").partition(".")[0] for name in imported} <= sys.stdlib_module_names


@given(MOMENTS, LOANS, ZONES)
def test_a_loan_ends_with_the_stores_day(rented_at: datetime, days: int, zone: str) -> None:
    due = term(rented_at, days, zone)
    assert day_at(due.due_at, zone) == day_at(rented_at, zone) + timedelta(days=days)
    assert day_at(due.due_at + timedelta(seconds=1), zone) == day_at(due.due_at, zone) + timedelta(days=1)


@given(MOMENTS, LOANS, ZONES)
def test_a_box_is_lost_after_twice_its_loan_time_late(rented_at: datetime, days: int, zone: str) -> None:
    due = term(rented_at, days, zone)
    assert days_late(due.due_at, due.lost_at, zone) == 2 * days
    assert status_of(due, due.lost_at, None, None) is RentalStatus.OVERDUE
    assert status_of(due, due.lost_at + timedelta(seconds=1), None, None) is RentalStatus.LOST


@given(MOMENTS, LOANS, ZONES, st.tuples(CENTS, CENTS), SPANS, SPANS)
def test_a_late_fee_never_falls_with_time(
    rented_at: datetime, days: int, zone: str, rates: tuple[int, int], first: timedelta, more: timedelta
) -> None:
    due = term(rented_at, days, zone)
    earlier = fee_at(due, rented_at + first, zone, *rates)
    later = fee_at(due, rented_at + first + more, zone, *rates)
    assert earlier.amount <= later.amount
    assert earlier.days_late <= later.days_late


@given(MOMENTS, LOANS, ZONES, CENTS, CENTS, SPANS)
def test_a_late_fee_never_passes_the_replacement_fee(
    rented_at: datetime, days: int, zone: str, per_day: int, cap: int, span: timedelta
) -> None:
    fee = fee_at(term(rented_at, days, zone), rented_at + span, zone, per_day, cap)
    assert 0 <= fee.amount <= cap


@given(MOMENTS, LOANS, ZONES, SPANS)
def test_a_rental_is_late_from_the_moment_that_it_is_overdue(
    rented_at: datetime, days: int, zone: str, span: timedelta
) -> None:
    due, now = term(rented_at, days, zone), rented_at + span
    late = status_of(due, now, None, None) is not RentalStatus.ACTIVE
    assert (fee_at(due, now, zone).days_late > 0) is late


@given(MOMENTS, LOANS, ZONES)
def test_a_lost_box_costs_its_replacement_in_place_of_the_late_fee(
    rented_at: datetime, days: int, zone: str
) -> None:
    due = term(rented_at, days, zone)
    fee = fee_at(due, due.lost_at + timedelta(seconds=1), zone, per_day=1, cap=2300)
    assert (fee.amount, fee.kind) == (2300, LedgerKind.REPLACEMENT)


@given(MOMENTS, LOANS, ZONES)
def test_an_extension_moves_the_due_day_and_the_loss_with_it(
    rented_at: datetime, days: int, zone: str
) -> None:
    due = term(rented_at, days, zone)
    longer = extended(due, days, zone)
    moved = timedelta(days=EXTENSION_DAYS)
    assert day_at(longer.due_at, zone) == day_at(due.due_at, zone) + moved
    assert day_at(longer.lost_at, zone) == day_at(due.lost_at, zone) + moved


@pytest.mark.parametrize(
    ("day", "hours"),
    [
        pytest.param(date(2026, 3, 8), 23, id="the clocks go forward"),
        pytest.param(date(2026, 11, 1), 25, id="the clocks go back"),
        pytest.param(date(2028, 2, 29), 24, id="a leap day"),
    ],
)
def test_a_day_late_is_the_stores_day_however_long_it_lasts(day: date, hours: int) -> None:
    due_at = end_of_day(day - timedelta(days=1), "America/New_York")
    ends = due_at + timedelta(hours=hours)
    assert days_late(due_at, ends, "America/New_York") == 1
    assert days_late(due_at, ends + timedelta(seconds=1), "America/New_York") == 2


def test_the_same_moment_is_another_day_in_another_store() -> None:
    moment = datetime(2026, 5, 5, 5, tzinfo=UTC)
    days = (day_at(moment, "America/New_York"), day_at(moment, "America/Los_Angeles"))
    assert days == (date(2026, 5, 5), date(2026, 5, 4))


def test_a_day_that_the_clocks_end_twice_ends_the_second_time() -> None:
    ends = end_of_day(date(2026, 10, 29), "Africa/Cairo")
    assert ends.astimezone(ZoneInfo("Africa/Cairo")).utcoffset() == timedelta(hours=2)


@given(CENTS, st.sampled_from(Format), DAYS, st.integers(0, 20_000), st.integers(0, 100))
def test_a_price_is_never_negative_and_a_discount_never_raises_it(
    cost: int, film_format: Format, released: date, age: int, percent: int
) -> None:
    today = released + timedelta(days=age)
    full = terms(cost, film_format, released, today)
    reduced = terms(cost, film_format, released, today, percent)
    assert 0 <= reduced.price <= full.price
    assert full.price >= LOWEST_PRICE


@given(CENTS, st.sampled_from(Format), DAYS, st.integers(0, 20_000))
def test_a_discount_is_on_the_price_and_on_nothing_else(
    cost: int, film_format: Format, released: date, age: int
) -> None:
    today = released + timedelta(days=age)
    full, reduced = (terms(cost, film_format, released, today, percent) for percent in (0, 20))
    assert (full.late_fee_per_day, full.replacement_fee, full.loan_days) == (
        reduced.late_fee_per_day,
        reduced.replacement_fee,
        reduced.loan_days,
    )


@given(CENTS, CENTS, st.sampled_from(Format), DAYS, DAYS)
def test_a_dearer_copy_never_rents_for_less(
    cost: int, more: int, film_format: Format, released: date, today: date
) -> None:
    cheap, dear = (terms(amount, film_format, released, today) for amount in (cost, cost + more))
    assert cheap.price <= dear.price
    assert cheap.replacement_fee <= dear.replacement_fee


@given(CENTS, st.sampled_from(Format), DAYS, st.integers(0, 20_000), st.integers(0, 20_000))
def test_a_film_grows_cheaper_and_goes_out_for_longer_with_age(
    cost: int, film_format: Format, released: date, age: int, more: int
) -> None:
    young, old = (
        terms(cost, film_format, released, released + timedelta(days=days)) for days in (age, age + more)
    )
    assert young.price >= old.price
    assert young.loan_days <= old.loan_days


@given(CENTS, st.sampled_from(Format), DAYS, DAYS)
def test_a_replacement_costs_more_than_the_loan(
    cost: int, film_format: Format, released: date, today: date
) -> None:
    agreed = terms(cost, film_format, released, today)
    assert agreed.price < agreed.replacement_fee


@pytest.mark.parametrize(
    ("wholesale", "film_format", "released", "price"),
    [
        (2000, Format.DVD, date(2010, 1, 1), 289),
        (2000, Format.BLU_RAY, date(2010, 1, 1), 369),
        (2000, Format.UHD, date(2010, 1, 1), 489),
        (2000, Format.DVD, date(2026, 4, 1), 429),
        (2000, Format.DVD, date(1960, 1, 1), 229),
        (100, Format.DVD, date(2010, 1, 1), 99),
    ],
)
def test_prices_as_the_shop_knows_them(
    wholesale: int, film_format: Format, released: date, price: int
) -> None:
    assert terms(wholesale, film_format, released, date(2026, 5, 4)).price == price


@pytest.mark.parametrize(("age", "days"), [(0, 3), (89, 3), (90, 5), (729, 5), (731, 7), (20_000, 7)])
def test_the_newer_a_film_the_shorter_its_loan(age: int, days: int) -> None:
    released = date(2021, 3, 1)
    assert loan_days(released, released + timedelta(days=age)) == days


@pytest.mark.parametrize(("year", "day"), [(1979, date(1979, 1, 1)), (0, date(1, 1, 1))])
def test_where_only_the_year_is_known_its_first_day_counts(year: int, day: date) -> None:
    assert release_day(None, year) == day


@given(st.dates(date(1930, 1, 1), date(2020, 12, 31)), st.integers(1, 100))
def test_everybody_is_a_year_older_on_their_birthday(born: date, years: int) -> None:
    assume((born.month, born.day) != (2, 29))
    birthday = born.replace(year=born.year + years)
    assert age_on(born, birthday) == years
    assert age_on(born, birthday - timedelta(days=1)) == years - 1


@pytest.mark.parametrize(
    ("day", "age"), [(date(2026, 2, 28), 17), (date(2026, 3, 1), 18), (date(2028, 2, 29), 20)]
)
def test_who_was_born_on_a_leap_day_turns_older_on_the_first_of_march(day: date, age: int) -> None:
    assert age_on(date(2008, 2, 29), day) == age


@pytest.mark.parametrize(
    ("certification", "needed"),
    [("G", 0), ("PG", 0), ("PG_13", 13), ("R", 17), ("UNRATED", 17), ("NC_17", 18)],
)
def test_each_certification_has_its_minimum_age(certification: str, needed: int) -> None:
    today = date(2026, 5, 4)
    youngest = next(
        age for age in range(100) if may_see(Certification(certification), date(2026 - age, 5, 4), today)
    )
    assert youngest == needed


@pytest.mark.parametrize(("certification", "seen"), [("PG", True), ("PG_13", False)])
def test_whose_age_is_not_known_sees_what_is_for_everybody(certification: str, *, seen: bool) -> None:
    assert may_see(Certification(certification), None, date(2026, 5, 4)) is seen


def test_a_higher_tier_allows_more() -> None:
    ladder = list(ALLOWANCES.values())
    assert ladder == sorted(ladder, key=lambda one: (one.limit, one.discount_percent, one.credit_limit))
    assert len({one.limit for one in ladder}) == len(ladder)


def test_who_has_no_tier_is_treated_as_standard() -> None:
    assert allowance(None) == allowance("STANDARD")


@pytest.mark.parametrize("status", [status for status in RentalStatus if status is not RentalStatus.ACTIVE])
def test_only_what_is_out_and_in_time_is_extended(status: RentalStatus) -> None:
    assert extension_refusal(status, 0) is not None


@pytest.mark.parametrize("used", range(MOST_EXTENSIONS + 2))
def test_a_rental_is_extended_so_often_and_no_more(used: int) -> None:
    assert (extension_refusal(RentalStatus.ACTIVE, used) is None) is (used < MOST_EXTENSIONS)


@pytest.mark.parametrize(
    ("rental", "retired", "status"),
    [
        (None, False, CopyStatus.AVAILABLE),
        (None, True, CopyStatus.RETIRED),
        (RentalStatus.RETURNED, False, CopyStatus.AVAILABLE),
        (RentalStatus.ACTIVE, True, CopyStatus.ON_LOAN),
        (RentalStatus.OVERDUE, False, CopyStatus.ON_LOAN),
        (RentalStatus.RETURNING, False, CopyStatus.IN_TRANSIT),
        (RentalStatus.LOST, False, CopyStatus.LOST),
    ],
)
def test_a_copy_is_where_its_rental_puts_it(
    rental: RentalStatus | None, *, retired: bool, status: CopyStatus
) -> None:
    assert copy_status(rental, retired=retired) is status


@given(MOMENTS, LOANS, ZONES, SPANS, SPANS)
def test_a_box_sent_back_is_on_its_way_until_it_is_taken_in_or_given_up(
    rented_at: datetime, days: int, zone: str, sent: timedelta, more: timedelta
) -> None:
    agreed, sent_at = term(rented_at, days, zone), rented_at + sent
    assume(sent_at <= agreed.lost_at)
    due = sent_back(agreed, sent_at, days, zone)
    lost = sent_at + more > due.lost_at
    way = RentalStatus.LOST if lost else RentalStatus.RETURNING
    assert status_of(due, sent_at + more, sent_at, None) is way
    assert status_of(due, sent_at + more, sent_at, sent_at + more) is RentalStatus.RETURNED


@given(MOMENTS, LOANS, ZONES, SPANS)
def test_a_box_on_its_way_has_at_least_twice_its_loan_time(
    rented_at: datetime, days: int, zone: str, sent: timedelta
) -> None:
    agreed, sent_at = term(rented_at, days, zone), rented_at + sent
    assume(sent_at <= agreed.lost_at)
    given_up = sent_back(agreed, sent_at, days, zone).lost_at
    assert given_up >= agreed.lost_at
    assert (day_at(given_up, zone) - day_at(sent_at, zone)).days >= 2 * days


@given(MOMENTS, LOANS, ZONES, SPANS)
def test_sending_back_what_is_lost_makes_it_no_less_lost(
    rented_at: datetime, days: int, zone: str, later: timedelta
) -> None:
    agreed = term(rented_at, days, zone)
    sent_at = agreed.lost_at + later + timedelta(seconds=1)
    assert status_of(sent_back(agreed, sent_at, days, zone), sent_at, sent_at, None) is RentalStatus.LOST


@given(MOMENTS, LOANS, ZONES, SPANS, SPANS)
def test_what_a_box_on_its_way_costs_never_falls_and_ends_at_the_replacement_fee(
    rented_at: datetime, days: int, zone: str, sent: timedelta, more: timedelta
) -> None:
    agreed, sent_at = term(rented_at, days, zone), rented_at + sent
    assume(sent_at <= agreed.lost_at)
    due = sent_back(agreed, sent_at, days, zone)
    amounts = [
        late_fee(due, sent_at, per_day=70, replacement_fee=1500, time_zone=zone, out_until=until).amount
        for until in (sent_at, sent_at + more, due.lost_at + timedelta(seconds=1))
    ]
    assert amounts == sorted(amounts)
    assert amounts[-1] == 1500
