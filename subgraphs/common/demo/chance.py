"""Randomness that repeats."""

from collections.abc import Mapping
from random import Random
from typing import TypeVar

T = TypeVar("T")


def chance(subject: str) -> Random:
    """The dice for one part of the demo world; they fall the same way in every run."""
    return Random(f"the demo world's {subject}")  # noqa: S311 - it must repeat, and it makes no secret


def draw(rng: Random, shares: Mapping[T, float]) -> T:
    """One of the keys, as often as its share says."""
    return draws(rng, shares, 1)[0]


def draws(rng: Random, shares: Mapping[T, float], count: int) -> list[T]:
    """So many of the keys, each as often as its share says."""
    return rng.choices(list(shares), list(shares.values()), k=count)
