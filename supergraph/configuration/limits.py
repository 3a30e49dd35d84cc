"""What one request may weigh and cost."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, field_validator

from supergraph.configuration.section import Section


class CostConfiguration(Section):
    """What an operation may cost, by `@cost` and `@listSize`: `max` (null: anything). A number alone is the `max`.

    With `mode: measure` each answer's cost is measured too, and what costs more is executed, and told of in the log.
    A list without `@listSize` is thought to have `list_size` items. `shown` says whether clients are told the cost, as
    `extensions.cost`: `on-request` those who send `supergraph-expose-cost: true`, or `"extensions": {"cost": true}`.
    """

    max: int | None = Field(default=100_000, ge=0)
    mode: Literal["enforce", "measure"] = "enforce"
    list_size: int = Field(default=10, ge=0, le=10_000)
    shown: Literal["never", "on-request"] = "never"


class LimitsConfiguration(Section):
    """What one request may weigh; more is refused before any work is done.

    `body_bytes` and `tokens` are of its text. The next six are of its operation with all fragments spread: how
    many levels of fields it has, how many fields at its root and in all, aliases, directives, and variables.
    `fragments` are those of its document. Its variables have `variable_values` in all, on `variable_depth` levels.
    `cost` is what its lists and what is in them are thought to cost.
    `deadline_seconds` is for a whole operation: what is late by then is null.
    """

    body_bytes: int = Field(default=1_000_000, gt=0)
    tokens: int = Field(default=15_000, gt=0)
    depth: int = Field(default=40, gt=0)
    root_fields: int = Field(default=100, gt=0)
    fields: int = Field(default=5_000, gt=0)
    aliases: int = Field(default=500, gt=0)
    directives: int = Field(default=500, gt=0)
    variables: int = Field(default=200, gt=0)
    fragments: int = Field(default=250, ge=0)
    variable_values: int = Field(default=10_000, gt=0)
    variable_depth: int = Field(default=50, gt=0)
    cost: CostConfiguration = CostConfiguration()
    deadline_seconds: float = Field(default=30, gt=0)

    @field_validator("cost", mode="before")
    @classmethod
    def _a_number_is_the_most(cls, value: Any) -> Any:
        return {"max": value} if isinstance(value, int) and not isinstance(value, bool) else value
