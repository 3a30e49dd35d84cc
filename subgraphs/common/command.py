"""The command line that each subgraph has: `python -m subgraphs.<name> serve|worker|token|migrate|dead-letters`."""

import asyncio
import signal
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from datetime import date, timedelta
from typing import Annotated, Any

import typer
import uvicorn

from subgraphs.common.caller import Caller
from subgraphs.common.dead_letters import dead_letters_command
from subgraphs.common.gate import mint_token
from subgraphs.common.logs import log_json
from subgraphs.common.migrations import NoWayBack, UnknownRevision
from subgraphs.common.settings import SettingsError, SubgraphSettings

Worker = Callable[[asyncio.Event], Awaitable[None]]
Migration = Callable[[str], Coroutine[Any, Any, Sequence[str]]]
"""Brings the database to a revision; gives what was lost on a way down."""


def subgraph_command(
    name: str,
    port: int,
    settings: Callable[[], SubgraphSettings],
    worker: Worker,
    migrate: Migration,
    queues: Sequence[str] = (),
) -> typer.Typer:
    """The commands of the subgraph `name`, which listens on `port` unless told otherwise.

    `worker` runs until its event is set; `migrate` brings the database to a revision; `queues` are what it listens to.
    """
    command = typer.Typer(no_args_is_help=True, add_completion=False, help=f"The {name} subgraph.")

    @command.command()
    def serve(host: str = "127.0.0.1", port: int = port) -> None:
        """Serve GraphQL at /graphql, to callers with an identity token."""
        log_json()
        uvicorn.run(f"subgraphs.{name}.app:app", host=host, port=port, log_config=None, access_log=False)

    @command.command("worker")
    def run_worker() -> None:
        """Carry messages out of the outbox and take others' messages in, until stopped."""
        log_json()
        asyncio.run(_until_stopped(worker))

    @command.command("migrate")
    def run_migrations(
        to: Annotated[
            str, typer.Option(help="A revision, such as 0002, or base: earlier ones are gone back to.")
        ] = "head",
    ) -> None:
        """Bring the database up to date, or to another revision; what is lost on a way back is named."""
        try:
            forgotten = asyncio.run(migrate(to))
        except (NoWayBack, UnknownRevision) as error:
            typer.echo(str(error), err=True)
            raise typer.Exit(1) from error
        for line in forgotten:
            typer.echo(f"lost {line}")

    @command.command()
    def token(
        subject: Annotated[str, typer.Option(help="The user's id; empty for an anonymous caller.")] = "",
        scope: Annotated[list[str] | None, typer.Option(help="A scope; may be given several times.")] = None,
        tier: Annotated[str, typer.Option(help="STANDARD, PLUS or PREMIER.")] = "",
        birthdate: Annotated[str, typer.Option(help="As 1990-12-31.")] = "",
        minutes: int = 10,
    ) -> None:
        """Print an identity token for a direct look, as the router would sign it."""
        caller = Caller(
            subject=subject or None,
            scopes=frozenset(scope or ()),
            tier=tier or None,
            birth_date=date.fromisoformat(birthdate) if birthdate else None,
        )
        try:
            key = settings().identity_key()
        except SettingsError as error:
            typer.echo(str(error), err=True)
            raise typer.Exit(1) from error
        typer.echo(mint_token(key, name, caller, timedelta(minutes=minutes)))

    if queues:
        command.add_typer(dead_letters_command(settings, queues), name="dead-letters")
    return command


async def _until_stopped(worker: Worker) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    await worker(stop)
