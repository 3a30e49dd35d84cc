"""The rules of the rental business, as pure functions.

Money is integer cents, moments are aware datetimes, days are calendar days where the store stands. Nothing here
knows a database or a network.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from types import MappingProxyType
from zoneinfo import ZoneInfo


class Format(StrEnum):
    """What a film is pressed on."""

    DVD = "DVD"
    BLU_RAY = "BLU_RAY"
    UHD = "UHD"


class Certification(StrEnum):
    """Who may see a film."""

    G = "G"
    PG = "PG"
    PG_13 = "PG_13"
    R = "R"
    NC_17 = "NC_17"
    UNRATED = "UNRATED"


class MembershipTier(StrEnum):
    """How a member subscribes."""

    STANDARD = "STANDARD"
    PLUS = "PLUS"
    PREMIER = "PREMIER"


class RentalStatus(StrEnum):
    """How far a rental has come."""

    ACTIVE = "ACTIVE"
    OVERDUE = "OVERDUE"
    RETURNING = "RETURNING"
    RETURNED = "RETURNED"
    LOST = "LOST"


class CopyStatus(StrEnum):
    """Where a copy is."""

    AVAILABLE = "AVAILABLE"
    ON_LOAN = "ON_LOAN"
    IN_TRANSIT = "IN_TRANSIT"
    LOST = "LOST"
    RETIRED = "RETIRED"


class CopyCondition(StrEnum):
    """What the disc and its box look like."""

    NEW = "NEW"
    GOOD = "GOOD"
    WORN = "WORN"
    DAMAGED = "DAMAGED"


class LedgerKind(StrEnum):
    """What an entry of an account's ledger stands for."""

    RENTAL_CHARGE = "RENTAL_CHARGE"
    LATE_FEE = "LATE_FEE"
    REPLACEMENT = "REPLACEMENT"
    PAYMENT = "PAYMENT"
    WAIVER = "WAIVER"


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a tier may do: films out at once, percent off, and the balance above which nothing goes out."""

    limit: int
    discount_percent: int
    credit_limit: int


ALLOWANCES: Mapping[MembershipTier, Allowance] = MappingProxyType(
    {
        MembershipTier.STANDARD: Allowance(limit=3, discount_percent=0, credit_limit=25_00),
        MembershipTier.PLUS: Allowance(limit=5, discount_percent=10, credit_limit=50_00),
        MembershipTier.PREMIER: Allowance(limit=8, discount_percent=20, credit_limit=100_00),
    }
)
MINIMUM_AGES: Mapping[Certification, int] = MappingProxyType(
    {
        Certification.G: 0,
        Certification.PG: 0,
        Certification.PG_13: 13,
        Certification.R: 17,
        Certification.UNRATED: 17,
        Certification.NC_17: 18,
    }
)

FORMAT_PERCENT: Mapping[Format, int] = MappingProxyType({Format.DVD: 14, Format.BLU_RAY: 18, Format.UHD: 24})
"""What one loan brings in, as a percentage of the copy's wholesale cost."""

LOWEST_PRICE = 99
LOWEST_LATE_FEE = 50
HANDLING_FEE = 3_00
NEW_RELEASE_DAYS = 90
CURRENT_YEARS = 2
CLASSIC_YEARS = 20
MOST_EXTENSIONS = 2
EXTENSION_DAYS = 2
LOAN_TIMES_TO_LOST = 2
"""A box this many times its loan time late is lost; and so is one that is so long on its way back."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What a loan costs and how long it lasts: price, late fee a day and replacement fee in cents."""

    price: int
    loan_days: int
    late_fee_per_day: int
    replacement_fee: int


@dataclass(frozen=True, slots=True)
class Term:
    """When a loan ends: `due_at` is the last second it is in time, `lost_at` the last before it is lost."""

    due_at: datetime
    lost_at: datetime


@dataclass(frozen=True, slots=True)
class LateFee:
    """What a late box costs: its late days, the amount in cents, and the ledger kind that it is booked as."""

    days_late: int
    amount: int
    kind: LedgerKind


def allowance(tier: str | None) -> Allowance:
    """What a member of this tier may do; whoever has none is treated as STANDARD."""
    return ALLOWANCES[MembershipTier(tier) if tier else MembershipTier.STANDARD]


def terms(
    wholesale_cost: int, film_format: Format, released: date, today: date, discount_percent: int = 0
) -> Terms:
    """The terms of taking a film home `today`, given what the shop pays for a copy of it."""
    listed = max(LOWEST_PRICE, _price_point(wholesale_cost, film_format, _age_percent(released, today)))
    return Terms(
        price=listed - _rounded_percent(listed, discount_percent),
        loan_days=loan_days(released, today),
        late_fee_per_day=max(LOWEST_LATE_FEE, _rounded_percent(listed, 50)),
        replacement_fee=max(wholesale_cost, listed) + HANDLING_FEE,
    )


def loan_days(released: date, today: date) -> int:
    """How many days a film goes out for: the newer, the shorter."""
    if (today - released).days < NEW_RELEASE_DAYS:
        return 3
    return 5 if _years_between(released, today) < CURRENT_YEARS else 7


def release_day(release_date: date | None, release_year: int) -> date:
    """When a film came out; where only the year is known, its first day."""
    return release_date or date(min(max(release_year, 1), 9999), 1, 1)


def day_at(moment: datetime, time_zone: str) -> date:
    """Which day it is where the store stands."""
    return moment.astimezone(ZoneInfo(time_zone)).date()


def end_of_day(day: date, time_zone: str) -> datetime:
    """The last second of a store's day; the later one where the clocks go back over it."""
    return datetime.combine(day, time(23, 59, 59, fold=1), ZoneInfo(time_zone)).astimezone(UTC)


def term(rented_at: datetime, days: int, time_zone: str) -> Term:
    """When a loan of so many days ends, by the store's days."""
    return _term(day_at(rented_at, time_zone) + timedelta(days=days), days, time_zone)


def extended(current: Term, days: int, time_zone: str) -> Term:
    """When a loan of so many days ends once it is extended."""
    return _term(day_at(current.due_at, time_zone) + timedelta(days=EXTENSION_DAYS), days, time_zone)


def sent_back(current: Term, sent_at: datetime, days: int, time_zone: str) -> Term:
    """When a box that its renter has sent back is given up: as long after that as it would be after it was due.

    What was due later stays so, and what is lost already stays lost until the counter has it.
    """
    if sent_at > current.lost_at:
        return current
    given_up = end_of_day(day_at(sent_at, time_zone) + timedelta(days=LOAN_TIMES_TO_LOST * days), time_zone)
    return Term(current.due_at, max(current.lost_at, given_up))


def extension_refusal(status: RentalStatus, extensions_used: int) -> str | None:
    """Why a rental may not be extended; None where it may."""
    if status is not RentalStatus.ACTIVE:
        return f"Only a rental that is out and in time can be extended; this one is {status}."
    if extensions_used >= MOST_EXTENSIONS:
        return f"A rental can be extended {MOST_EXTENSIONS} times, and this one has been."
    return None


def days_late(due_at: datetime, stopped_at: datetime, time_zone: str) -> int:
    """How many of the store's days a box is late at this moment; the day it is due on is not one."""
    if stopped_at <= due_at:
        return 0
    return max(1, (day_at(stopped_at, time_zone) - day_at(due_at, time_zone)).days)


def late_fee(
    due: Term,
    stopped_at: datetime,
    *,
    per_day: int,
    replacement_fee: int,
    time_zone: str,
    out_until: datetime | None = None,
) -> LateFee:
    """What a box costs whose late days stopped at this moment; nothing where that was in time.

    The fee is capped at the replacement fee, which takes its place once the box is lost. A box that was sent back
    can still be lost: `out_until` is when the counter had it, or the present (None: it came as the days stopped).
    """
    days = days_late(due.due_at, stopped_at, time_zone)
    if (out_until or stopped_at) > due.lost_at:
        return LateFee(days, replacement_fee, LedgerKind.REPLACEMENT)
    return LateFee(days, min(days * per_day, replacement_fee), LedgerKind.LATE_FEE)


def status_of(
    due: Term, now: datetime, sent_back_at: datetime | None, returned_at: datetime | None
) -> RentalStatus:
    """How far a rental has come, by its dates."""
    if returned_at is not None:
        return RentalStatus.RETURNED
    if now > due.lost_at:
        return RentalStatus.LOST
    if sent_back_at is not None:
        return RentalStatus.RETURNING
    return RentalStatus.OVERDUE if now > due.due_at else RentalStatus.ACTIVE


def copy_status(rental: RentalStatus | None, *, retired: bool) -> CopyStatus:
    """Where a copy is, by its open rental (None: it has none) and whether it was taken out of service."""
    match rental:
        case RentalStatus.ACTIVE | RentalStatus.OVERDUE:
            return CopyStatus.ON_LOAN
        case RentalStatus.RETURNING:
            return CopyStatus.IN_TRANSIT
        case RentalStatus.LOST:
            return CopyStatus.LOST
    return CopyStatus.RETIRED if retired else CopyStatus.AVAILABLE


def minimum_age(certification: Certification) -> int:
    """The youngest a renter of such a film may be, in years."""
    return MINIMUM_AGES[certification]


def age_on(born: date, day: date) -> int:
    """How old somebody is; who was born on a leap day turns a year older on 1 March of common years."""
    return _years_between(born, day)


def may_see(certification: Certification, born: date | None, day: date) -> bool:
    """Whether somebody is old enough on that day; whose birth date is not known is not, where it matters."""
    needed = minimum_age(certification)
    return needed == 0 or (born is not None and age_on(born, day) >= needed)


def barcode(serial: int) -> str:
    """The UPC-A code of a box: system 2 (for use within a shop), the serial in ten digits, the check digit."""
    digits = f"2{serial:010}"
    thrice, once = sum(map(int, digits[::2])), sum(map(int, digits[1::2]))
    return f"{digits}{-(3 * thrice + once) % 10}"


def _term(due: date, days: int, time_zone: str) -> Term:
    lost = due + timedelta(days=LOAN_TIMES_TO_LOST * days)
    return Term(end_of_day(due, time_zone), end_of_day(lost, time_zone))


def _age_percent(released: date, today: date) -> int:
    if (today - released).days < NEW_RELEASE_DAYS:
        return 150
    years = _years_between(released, today)
    if years < CURRENT_YEARS:
        return 120
    return 100 if years < CLASSIC_YEARS else 80


def _price_point(wholesale_cost: int, film_format: Format, age_percent: int) -> int:
    """The share of the cost that a loan brings in, up to the next price that ends in 9."""
    share = -(-wholesale_cost * FORMAT_PERCENT[film_format] * age_percent // 100_00)
    return -(-(share + 1) // 10) * 10 - 1


def _rounded_percent(amount: int, percent: int) -> int:
    return (amount * percent + 50) // 100


def _years_between(start: date, end: date) -> int:
    return end.year - start.year - ((end.month, end.day) < (start.month, start.day))
