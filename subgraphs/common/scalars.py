"""The scalars that all contracts share, with what a client may send and gets."""

from collections.abc import Mapping
from datetime import UTC, date, datetime

import strawberry
from strawberry.types.scalar import ScalarDefinition

from subgraphs.common.errors import BadUserInput
from subgraphs.common.money import CURRENCY_CODE, CurrencyCode


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("no text")
    return value


def _parse_date(value: object) -> date:
    try:
        return date.fromisoformat(_text(value))
    except (TypeError, ValueError):
        raise BadUserInput(f"A Date is a day such as 2026-11-20, not {value!r:.60}.") from None


def _parse_moment(value: object) -> datetime:
    try:
        moment = datetime.fromisoformat(_text(value))
    except (TypeError, ValueError):
        raise BadUserInput(
            f"A DateTime is a moment such as 2026-11-20T18:30:00Z, not {value!r:.60}."
        ) from None
    if moment.tzinfo is None:
        raise BadUserInput("A DateTime names its offset, as in 2026-11-20T18:30:00Z.")
    return moment


def _write_moment(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


_DATE = strawberry.scalar(
    name="Date",
    description="A day, such as 2026-11-20.",
    serialize=date.isoformat,
    parse_value=_parse_date,
)
_DATE_TIME = strawberry.scalar(
    name="DateTime",
    description="A moment, such as 2026-11-20T18:30:00Z.",
    serialize=_write_moment,
    parse_value=_parse_moment,
)

SCALARS: Mapping[object, ScalarDefinition] = {
    date: _DATE,
    datetime: _DATE_TIME,
    CurrencyCode: CURRENCY_CODE,
}
"""The `scalar_map` of every subgraph's schema configuration."""
