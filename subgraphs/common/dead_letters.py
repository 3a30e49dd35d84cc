"""The commands about dead letters: `python -m subgraphs.<name> dead-letters list|show|replay`."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Annotated, TypeVar

import orjson
import typer

from subgraphs.common.broker import open_broker
from subgraphs.common.messages import Broker, DeadLetter, Message
from subgraphs.common.settings import SettingsError, SubgraphSettings

T = TypeVar("T")

HELP = """What the subgraph's queues gave up, and why.

A message that fails five times by itself is set aside, so that its queue goes on. Look at it (list, then show),
mend what kept it from being handled, and put it back (replay): a message takes effect once, however often
it comes.
"""
LIST_HELP = """One line a dead letter: its id, its queue, what it tells, and why it was given up.

Example: python -m subgraphs.users dead-letters list
"""
SHOW_HELP = """One dead letter in full, as JSON.

Example: python -m subgraphs.users dead-letters show msg_0199c7e2...
"""
REPLAY_HELP = """Put dead letters back into the queue that gave them up; a running worker takes them at once.

Example: python -m subgraphs.users dead-letters replay msg_0199c7e2...
Example: python -m subgraphs.users dead-letters replay --all
"""


def dead_letters_command(settings: Callable[[], SubgraphSettings], queues: Sequence[str]) -> typer.Typer:
    """The commands about the dead letters of these queues."""
    command = typer.Typer(no_args_is_help=True, add_completion=False, help=HELP)

    def run(action: Callable[[Broker], Awaitable[T]]) -> T:
        return asyncio.run(_with_broker(settings, action))

    @command.command("list", help=LIST_HELP)
    def list_() -> None:
        _print_list(run(partial(_all, queues)))

    @command.command(help=SHOW_HELP)
    def show(message_id: str) -> None:
        for letter in _chosen(run(partial(_all, queues)), [message_id]):
            typer.echo(_in_full(letter))

    @command.command(help=REPLAY_HELP)
    def replay(
        message_ids: Annotated[list[str] | None, typer.Argument(help="As `list` shows them.")] = None,
        *,
        everything: Annotated[bool, typer.Option("--all", help="Every dead letter of every queue.")] = False,
    ) -> None:
        if bool(message_ids) == everything:
            raise typer.BadParameter("give the ids of dead letters, or --all")
        letters = run(partial(_all, queues))
        chosen = letters if everything else _chosen(letters, message_ids or ())
        count = run(partial(_replay, queues, {letter.id for letter in chosen}))
        typer.echo(f"Put back: {count}.")

    return command


async def _with_broker(
    settings: Callable[[], SubgraphSettings], action: Callable[[Broker], Awaitable[T]]
) -> T:
    try:
        broker = open_broker(settings(), {})  # These commands publish nothing that other queues listen to.
    except SettingsError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error
    try:
        return await action(broker)
    finally:
        await broker.close()


async def _all(queues: Sequence[str], broker: Broker) -> list[DeadLetter]:
    return [letter for queue in queues for letter in await broker.dead_letters(queue)]


async def _replay(queues: Sequence[str], ids: set[str], broker: Broker) -> int:
    return sum([await broker.replay(queue, ids) for queue in queues])


def _chosen(letters: Sequence[DeadLetter], ids: Sequence[str]) -> list[DeadLetter]:
    for unknown in set(ids) - {letter.id for letter in letters}:
        typer.echo(f"No dead letter has the id {unknown}; `dead-letters list` shows all.", err=True)
        raise typer.Exit(1)
    return [letter for letter in letters if letter.id in ids]


def _print_list(letters: Sequence[DeadLetter]) -> None:
    for letter in letters:
        typer.echo(f"{letter.id}  {letter.queue}  {_about(letter)}  {letter.reason}")
    if not letters:
        typer.echo("No dead letters.", err=True)


def _about(letter: DeadLetter) -> str:
    try:
        message = Message.decode(letter.data)
    except ValueError:
        return "unreadable"
    return f"{message.kind} {message.aggregate}"


def _in_full(letter: DeadLetter) -> str:
    try:
        message = orjson.loads(letter.data)
    except ValueError:
        message = letter.data.decode(errors="replace")
    told = {"id": letter.id, "queue": letter.queue, "reason": letter.reason, "message": message}
    return orjson.dumps(told, option=orjson.OPT_INDENT_2).decode()
