"""The demo world's shelves: two stores, stocked as a real rental shop is."""

import re
from collections import Counter
from zoneinfo import ZoneInfo

import pytest

from subgraphs.common.demo import copies, films, stores
from subgraphs.common.demo.stock import check_digit
from subgraphs.rentals.domain import CopyCondition, Format

COPIES = Counter(copy.film.id for copy in copies())


def test_two_stores_stand_in_two_time_zones() -> None:
    assert len({store.id for store in stores()}) == 2
    assert len({ZoneInfo(store.time_zone) for store in stores()}) == 2


def test_a_stocked_film_has_about_4_8_copies() -> None:
    """4.78 in the Sakila shop; here between 4.5 and 5.1."""
    assert 4.5 <= COPIES.total() / len(COPIES) <= 5.1


def test_a_film_has_at_most_eight_copies_and_a_few_have_just_one() -> None:
    assert max(COPIES.values()) <= 8
    assert 5 <= sum(count == 1 for count in COPIES.values()) <= 12


def test_a_film_has_copies_exactly_if_the_shop_can_buy_it() -> None:
    assert set(COPIES) == {film.id for film in films() if film.wholesale_cost_minor is not None}


def test_every_format_and_condition_is_on_the_shelves() -> None:
    assert {copy.format for copy in copies()} == set(Format)
    assert {copy.condition for copy in copies()} == set(CopyCondition)


def test_either_store_holds_40_to_60_percent_of_the_copies() -> None:
    held = Counter(copy.store.id for copy in copies())
    assert all(0.4 <= held[store.id] / COPIES.total() <= 0.6 for store in stores())


def test_ids_and_barcodes_are_unique() -> None:
    assert len({copy.id for copy in copies()}) == COPIES.total()
    assert len({copy.barcode for copy in copies()}) == COPIES.total()


def test_a_barcode_is_twelve_digits_and_the_last_checks_the_others() -> None:
    codes = [copy.barcode for copy in copies()]
    assert all(re.fullmatch(r"\d{12}", code) for code in codes)
    assert [code for code in codes if check_digit(code[:-1]) != code[-1]] == []


@pytest.mark.parametrize("code", ["036000291452", "042100005264", "012345678905"])
def test_the_check_digit_is_that_of_upc_a(code: str) -> None:
    assert check_digit(code[:-1]) == code[-1]
