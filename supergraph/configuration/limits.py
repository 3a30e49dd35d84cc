"""What one request may weigh."""

from __future__ import annotations

from pydantic import Field

from supergraph.configuration.section import Section


class LimitsConfiguration(Section):
    """What one request may weigh; more is refused before any work is done.

    `body_bytes` and `tokens` are of its text. The next six are of its operation with all fragments spread: how
    many levels of fields it has, how many fields at its root and in all, aliases, directives, and variables.
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
    deadline_seconds: float = Field(default=30, gt=0)
