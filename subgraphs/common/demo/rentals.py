"""A year of the demo shop's rentals, played through day by day."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import accumulate
from random import Random
from zoneinfo import ZoneInfo

from subgraphs.common.demo.chance import chance
from subgraphs.common.demo.members import DemoMember, members
from subgraphs.common.demo.stock import DemoCopy, DemoStore, copies, stores
from subgraphs.common.ids import derived_id

MINIMUM_AGES = {"G": 0, "PG": 0, "PG_13": 13, "R": 17, "UNRATED": 17, "NC_17": 18}
OPEN_RENTALS = {"STANDARD": 3, "PLUS": 5, "PREMIER": 8}
"""How many films a member of each tier may have out at once."""

VISITS = 3400
"""How often somebody comes to rent in the year: 27 times a member, as in the Sakila shop."""

LATE_SHARE = 0.51
"""As in the Sakila shop."""

LOST_SHARE = 0.003
LONGEST_LOAN = 7
OPENS, CLOSES, BUSIEST = 10, 22, 19
QUIET_DAYS = 28
"""The named accounts rent nothing by chance so shortly before the present: what they have out is set."""

NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class DemoRental:
    """One loan. It is due at the end of the store's day `loan_days` after that of `rented_at`; moments in UTC.

    `returned_at` is None while the box is out. What it costs is the counter's to say.
    """

    id: str
    copy: DemoCopy
    member: DemoMember
    rented_at: datetime
    loan_days: int
    returned_at: datetime | None


@dataclass(slots=True)
class _Counter:
    """What is out while the year is played: when each copy comes back, and each member's boxes."""

    copy_back: dict[str, datetime] = field(default_factory=dict)
    boxes_back: defaultdict[str, list[datetime]] = field(default_factory=lambda: defaultdict(list))

    def lends(self, copy: DemoCopy, member: DemoMember, at: datetime) -> bool:
        held = sum(back >= at for back in self.boxes_back[member.id])
        on_shelf = self.copy_back.get(copy.id, at) <= at
        return on_shelf and held < OPEN_RENTALS[member.tier] and _may_rent(copy, member, at)

    def take(self, copy: DemoCopy, member: DemoMember, back: datetime) -> None:
        self.copy_back[copy.id] = back
        self.boxes_back[member.id].append(back)


def rentals(now: datetime) -> tuple[DemoRental, ...]:
    """The loans of the year before `now`, oldest first; no copy is out twice at once.

    The year is played up to the last midnight (UTC), so that stores seeded on one day agree on what is out.
    """
    people = members(now)
    ada = next(member for member in people if member.handle == "ada")
    kept = _set_rentals(ada, now)
    kept_copies = {rental.copy.id for rental in kept}
    shelf = [copy for copy in copies() if copy.id not in kept_copies]
    midnight = datetime.combine(now.astimezone(UTC), time(), UTC)
    played = _played(midnight, [member for member in people if not member.is_staff], shelf)
    return tuple(sorted([*kept, *played], key=lambda rental: rental.rented_at))


def loan_days(released: date, day: date) -> int:
    """How long a film goes out for: the newer, the shorter."""
    if (day - released).days < 90:
        return 3
    second_birthday = (released.year + 2, released.month, released.day)
    return 5 if (day.year, day.month, day.day) < second_birthday else LONGEST_LOAN


def _set_rentals(ada: DemoMember, now: datetime) -> tuple[DemoRental, ...]:
    """What ada has at home: one film due tonight, one taken out yesterday."""
    nearly_due, fresh = (_first_copy(slug) for slug in ("amelie-2001", "heat-1995"))
    return (
        _rental("nearly due", nearly_due, ada, _local(nearly_due.store, now, -LONGEST_LOAN, 18.5), None),
        _rental("fresh", fresh, ada, _local(fresh.store, now, -1, 19), None),
    )


def _first_copy(slug: str) -> DemoCopy:
    return next(copy for copy in copies() if copy.film.slug == slug)


def _played(until: datetime, people: Sequence[DemoMember], shelf: Sequence[DemoCopy]) -> Iterator[DemoRental]:
    counter = _Counter()
    weights = _popularity(shelf)
    quiet_since = until - timedelta(days=QUIET_DAYS)
    for number, (at, member) in enumerate(_visits(until, people)):
        if member.password and at > quiet_since:
            continue
        # Dice of its own for each visit: one that goes otherwise leaves the others as they are.
        rng = chance(f"visit {number}")
        # Three looks along the shelf; who finds nothing leaves with nothing.
        looked_at = rng.choices(shelf, cum_weights=weights, k=3)
        copy = next((copy for copy in looked_at if counter.lends(copy, member, at)), None)
        if copy is not None:
            lost = member.password is None and rng.random() < LOST_SHARE
            back = NEVER if lost else _back(rng, copy, at)
            counter.take(copy, member, back)
            yield _rental(f"visit {number}", copy, member, at, back if back <= until else None)


def _popularity(shelf: Sequence[DemoCopy]) -> list[float]:
    """How often each copy catches the eye, added up; the copies of a film do so alike."""
    rng = chance("popularity")
    of_film = {copy.film.id: min(rng.paretovariate(1.5), 8) for copy in shelf}
    return list(accumulate(of_film[copy.film.id] for copy in shelf))


def _visits(until: datetime, people: Sequence[DemoMember]) -> Iterator[tuple[datetime, DemoMember]]:
    rng = chance("visits")
    keenness = [rng.uniform(0.4, 1.6) for _ in people]
    moments = sorted(
        _local(rng.choice(stores()), until, -rng.randint(1, 364), rng.triangular(OPENS, CLOSES, BUSIEST))
        for _ in range(VISITS)
    )
    return zip(moments, rng.choices(people, keenness, k=VISITS), strict=True)


def _back(rng: Random, copy: DemoCopy, at: datetime) -> datetime:
    """When the box is back: in time, or a few days late, and sooner than it would count as lost."""
    days = loan_days(copy.film.release_date, _day(copy.store, at))
    late = rng.random() < LATE_SHARE
    kept = days + min(1 + int(rng.expovariate(0.5)), days) if late else rng.randint(1, days)
    return _local(copy.store, at, kept, rng.uniform(OPENS, CLOSES))


def _may_rent(copy: DemoCopy, member: DemoMember, at: datetime) -> bool:
    """Whether the film is out on disc and its renter old enough, to the day."""
    day = _day(copy.store, at)
    on_disc = day >= copy.film.release_date + timedelta(days=45)
    return on_disc and member.age_on(day) >= MINIMUM_AGES[copy.film.certification]


def _local(store: DemoStore, moment: datetime, days: int, hour: float) -> datetime:
    """An hour of the store's day so many days after that of `moment`."""
    minutes = int(hour * 60)
    day = _day(store, moment) + timedelta(days=days)
    local = datetime.combine(day, time(minutes // 60, minutes % 60), ZoneInfo(store.time_zone))
    return local.astimezone(UTC)


def _day(store: DemoStore, moment: datetime) -> date:
    return moment.astimezone(ZoneInfo(store.time_zone)).date()


def _rental(
    name: str, copy: DemoCopy, member: DemoMember, rented_at: datetime, returned_at: datetime | None
) -> DemoRental:
    return DemoRental(
        id=derived_id("ren", name),
        copy=copy,
        member=member,
        rented_at=rented_at,
        loan_days=loan_days(copy.film.release_date, _day(copy.store, rented_at)),
        returned_at=returned_at,
    )
