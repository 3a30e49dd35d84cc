"""The demo world's people: accounts to sign in with, and members enough to fill a shop."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from email.headerregistry import Address

import pytest

from subgraphs.common.demo import PASSPHRASE, DemoMember, members
from subgraphs.users import rules
from subgraphs.users.roles import Role

NOW = datetime(2026, 3, 14, 15, 9, tzinfo=UTC)


def named(handle: str) -> DemoMember:
    return next(member for member in members(NOW) if member.handle == handle)


def test_the_same_moment_gives_the_same_people() -> None:
    assert members(NOW) == members(NOW)


def test_people_keep_their_ids_and_names_whenever_the_store_is_seeded() -> None:
    later = members(NOW + timedelta(days=800))
    assert [(m.id, m.display_name) for m in later] == [(m.id, m.display_name) for m in members(NOW)]


def test_ids_and_handles_are_unique() -> None:
    people = members(NOW)
    assert len({m.id for m in people}) == len({m.handle for m in people}) == len(people) == 125


def test_handles_names_and_birth_dates_are_ones_that_could_register() -> None:
    assert [m.handle for m in members(NOW) if rules.handle_problem(m.handle)] == []
    assert [m.handle for m in members(NOW) if rules.name_problem(m.display_name)] == []
    assert [m.handle for m in members(NOW) if rules.birth_date_problem(m.birth_date, NOW.date())] == []


def test_mail_goes_to_nobody() -> None:
    assert {Address(addr_spec=member.email).domain for member in members(NOW)} == {"example.com"}


def test_invented_members_are_70_percent_standard_20_plus_and_10_premier() -> None:
    tiers = Counter(member.tier for member in members(NOW) if member.password is None)
    assert tiers == {"STANDARD": 84, "PLUS": 24, "PREMIER": 12}


@pytest.mark.parametrize(
    ("handle", "roles"),
    [
        ("ada", (Role.CUSTOMER,)),
        ("kim", (Role.CUSTOMER,)),
        ("clive", (Role.CUSTOMER, Role.CLERK)),
        ("mona", (Role.CUSTOMER, Role.MANAGER)),
        ("adam", (Role.CUSTOMER, Role.ADMIN)),
    ],
)
def test_a_named_account_has_its_role(handle: str, roles: tuple[Role, ...]) -> None:
    assert named(handle).roles == roles


def test_the_passphrase_opens_the_named_accounts_and_no_other() -> None:
    opened = {member.handle for member in members(NOW) if member.password == PASSPHRASE}
    assert opened == {"ada", "kim", "clive", "mona", "adam"}
    assert {member.password for member in members(NOW)} == {PASSPHRASE, None}


def test_the_passphrase_is_one_that_could_register() -> None:
    assert rules.password_problem(PASSPHRASE) is None


def test_ada_is_a_plus_member_born_in_1990() -> None:
    assert (named("ada").display_name, named("ada").tier) == ("Ada Example", "PLUS")
    assert named("ada").birth_date.year == 1990


@pytest.mark.parametrize("years", [0, 1, 7, 30])
def test_kim_is_fifteen_whenever_the_store_is_seeded(years: int) -> None:
    now = NOW.replace(year=NOW.year + years)
    kim = next(member for member in members(now) if member.handle == "kim")
    assert kim.age_on(now.date()) == 15


def test_everybody_has_been_a_member_for_more_than_a_year() -> None:
    assert all(member.member_since < NOW - timedelta(days=366) for member in members(NOW))


def test_the_day_before_a_birthday_is_not_one() -> None:
    ada = named("ada")
    assert ada.age_on(ada.birth_date.replace(year=2020)) == 30
    assert ada.age_on(ada.birth_date.replace(year=2020) - timedelta(days=1)) == 29
