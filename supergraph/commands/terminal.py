"""What the commands say, and how they end."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, NoReturn, TypeVar

import typer
import uvicorn
from rich.console import Console

T = TypeVar("T")

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)


def fail(message: str) -> NoReturn:
    """Says what is wrong, and ends the command with exit code 1."""
    err.print("[bold red]error:[/]", end=" ")
    err.print(message, markup=False)
    raise typer.Exit(1)


def run(main: Coroutine[Any, Any, T]) -> T:
    """Runs a coroutine to its end, in the fastest event loop there is."""
    loop_factory = uvicorn.Config("", log_config=None).get_loop_factory()
    with asyncio.Runner(loop_factory=loop_factory) as runner:
        return runner.run(main)


def counted(number: int, noun: str, plural: str | None = None) -> str:
    """A number with its noun: `1 step`, `3 steps`."""
    return f"{number} {noun if number == 1 else plural or f'{noun}s'}"
