"""What one request may weigh."""

from __future__ import annotations

from pydantic import Field

from supergraph.configuration.section import Section


class LimitsConfiguration(Section):
    """What one request may weigh; more is refused before any work is done.

    `deadline_seconds` is for a whole operation: what is late by then is null.
    """

    body_bytes: int = Field(default=1_000_000, gt=0)
    tokens: int = Field(default=15_000, gt=0)
    deadline_seconds: float = Field(default=30, gt=0)
