"""The demo world's people: five accounts that visitors sign in with, and 120 invented members."""

import json
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from subgraphs.common.demo.chance import chance
from subgraphs.common.ids import derived_id

PASSPHRASE = "popcorn-and-stairs-42"  # noqa: S105 - the demo's public word
"""Opens each of the named accounts: ada, kim, clive, mona and adam."""

TIERS = {"STANDARD": 84, "PLUS": 24, "PREMIER": 12}
"""How many invented members subscribe how: 70, 20 and 10 in a hundred."""

_NAMES = Path(__file__).with_name("names.json")
_YEAR = timedelta(days=365.25)


@dataclass(frozen=True, slots=True)
class DemoMember:
    """An account; `password` is None where nothing opens it."""

    id: str
    handle: str
    display_name: str
    email: str
    birth_date: date
    tier: str
    roles: tuple[str, ...]
    member_since: datetime
    password: str | None

    @property
    def is_staff(self) -> bool:
        """Whether the account belongs to somebody behind the counter, who rents nothing."""
        return self.roles != ("CUSTOMER",)

    def age_on(self, day: date) -> int:
        """How many birthdays have passed by that day."""
        birthday_to_come = (day.month, day.day) < (self.birth_date.month, self.birth_date.day)
        return day.year - self.birth_date.year - birthday_to_come


def members(now: datetime) -> tuple[DemoMember, ...]:
    """Everybody, the named accounts first; all have been members for more than a year at `now`."""
    return (*_named(now), *_invented(now))


def _named(now: datetime) -> tuple[DemoMember, ...]:
    """Kim's birth date moves with `now`, so that Kim stays fifteen."""
    kim_born = (now - 15.5 * _YEAR).date()
    return (
        _account(now, "ada", "Ada Example", date(1990, 12, 10), "PLUS"),
        _account(now, "kim", "Kim Example", kim_born, "STANDARD"),
        _account(now, "clive", "Clive Example", date(1984, 5, 2), "STANDARD", "CLERK"),
        _account(now, "mona", "Mona Example", date(1979, 9, 21), "STANDARD", "MANAGER"),
        _account(now, "adam", "Adam Example", date(1972, 3, 15), "STANDARD", "ADMIN"),
    )


def _account(
    now: datetime, handle: str, display_name: str, birth_date: date, tier: str, *staff_roles: str
) -> DemoMember:
    return _member(
        display_name,
        handle=handle,
        birth_date=birth_date,
        tier=tier,
        roles=("CUSTOMER", *staff_roles),
        member_since=now - 3 * _YEAR,
        password=PASSPHRASE,
    )


def _invented(now: datetime) -> tuple[DemoMember, ...]:
    rng = chance("members")
    pool = json.loads(_NAMES.read_text("utf-8"))
    pairs = [f"{first} {last}" for first in pool["first"] for last in pool["last"]]
    names = rng.sample(pairs, sum(TIERS.values()))
    tiers = rng.sample(list(TIERS), len(names), counts=list(TIERS.values()))
    return tuple(
        _member(
            name,
            handle=_handle(name),
            birth_date=(now - rng.triangular(14, 80, 33) * _YEAR).date(),
            tier=tier,
            roles=("CUSTOMER",),
            member_since=now - rng.uniform(1.1, 6) * _YEAR,
            password=None,
        )
        for name, tier in zip(names, tiers, strict=True)
    )


def _member(
    display_name: str,
    *,
    handle: str,
    birth_date: date,
    tier: str,
    roles: tuple[str, ...],
    member_since: datetime,
    password: str | None,
) -> DemoMember:
    return DemoMember(
        id=derived_id("usr", handle),
        handle=handle,
        display_name=display_name,
        email=f"{handle}@example.com",
        birth_date=birth_date,
        tier=tier,
        roles=roles,
        member_since=member_since,
        password=password,
    )


def _handle(name: str) -> str:
    """The name in the letters a to z: "Zoë Núñez" becomes "zoe-nunez"."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return "-".join(plain.lower().split())
