"""A message that cannot be handled is set aside with its reason, looked at, and put back; on both brokers."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from subgraphs.common import dead_letters
from subgraphs.common.dead_letters import dead_letters_command
from subgraphs.common.delivering import ATTEMPTS
from subgraphs.common.messages import Broker, DeadLetter, Message
from subgraphs.common.settings import SubgraphSettings
from tests.brokers import BROKERS, broker_of

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
QUEUE = "users.titles"
KIND = "movie.created"
LISTENERS = {QUEUE: [KIND]}


@pytest.fixture(params=BROKERS)
async def broker(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Broker]:
    """Each of the brokers."""
    async with broker_of(request.param, tmp_path, LISTENERS) as broker:
        yield broker


class Consumer:
    """Handles messages, but for those about aggregates that it cannot stomach."""

    def __init__(self, poison: Sequence[str] = (), error: type[Exception] = RuntimeError) -> None:
        self.poison = set(poison)
        self.error = error
        self.tried: list[str] = []
        self.handled: list[str] = []

    async def handle(self, message: Message) -> None:
        """Notes what it handles."""
        self.tried.append(message.aggregate)
        if message.aggregate in self.poison:
            raise self.error(f"cannot stomach {message.aggregate}")
        self.handled.append(message.aggregate)


@asynccontextmanager
async def consuming(broker: Broker, consumer: Consumer) -> AsyncIterator[None]:
    """Lets the consumer work meanwhile."""
    task = asyncio.create_task(broker.consume(QUEUE, [KIND], consumer.handle))
    yield
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def until(holds: Callable[[], Awaitable[bool]]) -> None:
    """Waits for it."""
    async with asyncio.timeout(20):
        while not await holds():  # noqa: ASYNC110 - it happens in a store, which sets no event
            await asyncio.sleep(0.02)


async def handled(consumer: Consumer, *aggregates: str) -> None:
    """Waits until these were handled."""

    async def done() -> bool:
        return consumer.handled == list(aggregates)

    await until(done)


async def tell(broker: Broker, *aggregates: str) -> None:
    """Publishes a message about each."""
    await broker.publish([Message.new(KIND, aggregate, {"name": aggregate}, NOW) for aggregate in aggregates])


async def test_a_poisoned_message_is_set_aside_with_its_reason_and_the_queue_goes_on(broker: Broker) -> None:
    consumer = Consumer(["bad"])
    await tell(broker, "bad", "good")
    async with consuming(broker, consumer):

        async def went_on() -> bool:
            return "good" in consumer.handled

        await until(went_on)
    (letter,) = await broker.dead_letters(QUEUE)
    assert letter.reason == "RuntimeError('cannot stomach bad')"
    assert Message.decode(letter.data).aggregate == "bad"
    assert consumer.tried.count("bad") == ATTEMPTS


async def test_messages_keep_their_order_while_one_of_them_fails(broker: Broker) -> None:
    consumer = Consumer(["second"])

    async def handle(message: Message) -> None:
        if consumer.tried.count("second") == 2:
            consumer.poison.clear()
        await Consumer.handle(consumer, message)

    consumer.handle = handle  # pyright: ignore[reportAttributeAccessIssue]
    await tell(broker, "one", "second", "third")
    async with consuming(broker, consumer):

        async def all_there() -> bool:
            return "third" in consumer.handled

        await until(all_there)
    assert consumer.handled == ["one", "second", "third"]


async def test_an_outage_sets_nothing_aside_however_long_it_lasts(broker: Broker) -> None:
    consumer = Consumer(["mov_1"], error=ConnectionError)
    await tell(broker, "mov_1")
    async with consuming(broker, consumer):

        async def tried_often() -> bool:
            return consumer.tried.count("mov_1") > ATTEMPTS + 1

        await until(tried_often)
        consumer.poison.clear()

        async def taken() -> bool:
            return "mov_1" in consumer.handled

        await until(taken)
    assert await broker.dead_letters(QUEUE) == []


async def test_looking_at_dead_letters_changes_nothing(broker: Broker) -> None:
    await poisoned(broker, "bad")
    assert await broker.dead_letters(QUEUE) == await broker.dead_letters(QUEUE) != []


async def test_a_dead_letter_that_is_put_back_is_handled(broker: Broker) -> None:
    (letter, other) = await poisoned(broker, "bad", "worse")
    assert await broker.replay(QUEUE, [letter.id]) == 1
    consumer = Consumer()
    async with consuming(broker, consumer):

        async def taken() -> bool:
            return "bad" in consumer.handled

        await until(taken)
    assert [left.id for left in await broker.dead_letters(QUEUE)] == [other.id]


async def test_a_dead_letter_that_fails_again_is_set_aside_again(broker: Broker) -> None:
    (letter,) = await poisoned(broker, "bad")
    await broker.replay(QUEUE, [letter.id])
    async with consuming(broker, Consumer(["bad"], ValueError)):

        async def buried() -> bool:
            return [found.reason for found in await broker.dead_letters(QUEUE)] == [
                "ValueError('cannot stomach bad')"
            ]

        await until(buried)


async def poisoned(broker: Broker, *aggregates: str) -> Sequence[DeadLetter]:
    """Dead letters about these."""
    await tell(broker, *aggregates)
    async with consuming(broker, Consumer(aggregates)):

        async def buried() -> bool:
            return len(await broker.dead_letters(QUEUE)) == len(aggregates)

        await until(buried)
    return await broker.dead_letters(QUEUE)


@pytest.fixture
def one_dead_letter(tmp_path: Path) -> str:
    """The id of a dead letter in the embedded broker below the folder."""

    async def make() -> str:
        async with broker_of("embedded", tmp_path, LISTENERS) as broker:
            (letter,) = await poisoned(broker, "bad")
            return letter.id

    return asyncio.run(make())


def run(folder: Path, *arguments: str) -> tuple[int, str]:
    """Exit code and output of `dead-letters` over the embedded broker in the folder."""
    settings = SubgraphSettings(var=folder)  # pyright: ignore[reportCallIssue]
    result = CliRunner().invoke(dead_letters_command(lambda: settings, [QUEUE]), list(arguments))
    return result.exit_code, result.output


def test_the_list_says_what_and_why(tmp_path: Path, one_dead_letter: str) -> None:
    code, output = run(tmp_path, "list")
    assert code == 0
    assert output.split("  ") == [
        one_dead_letter,
        QUEUE,
        "movie.created bad",
        "RuntimeError('cannot stomach bad')\n",
    ]


def test_a_dead_letter_is_shown_in_full(tmp_path: Path, one_dead_letter: str) -> None:
    code, output = run(tmp_path, "show", one_dead_letter)
    shown = json.loads(output)
    assert (code, shown["reason"], shown["message"]["payload"]) == (
        0,
        "RuntimeError('cannot stomach bad')",
        {"name": "bad"},
    )


@pytest.mark.parametrize("everything", [True, False])
def test_replaying_leaves_no_dead_letter(tmp_path: Path, one_dead_letter: str, *, everything: bool) -> None:
    assert run(tmp_path, "replay", "--all" if everything else one_dead_letter) == (0, "Put back: 1.\n")
    assert run(tmp_path, "list") == (0, "No dead letters.\n")


def test_an_id_that_is_none_is_said_to_be_none(tmp_path: Path, one_dead_letter: str) -> None:
    del one_dead_letter
    code, output = run(tmp_path, "replay", "msg_nobody")
    assert (code, "No dead letter has the id msg_nobody" in output) == (1, True)


def test_replaying_takes_ids_or_all(tmp_path: Path) -> None:
    assert run(tmp_path, "replay")[0] == 2


def test_the_help_teaches_by_example() -> None:
    for command in ("list", "show", "replay"):
        output = (
            CliRunner().invoke(dead_letters_command(SubgraphSettings, [QUEUE]), [command, "--help"]).output
        )
        assert f"dead-letters {command}" in output


def test_a_message_that_cannot_be_read_is_shown_as_it_came() -> None:
    letter = DeadLetter("msg_1", QUEUE, "ValueError('no message')", b"\xff{")
    assert dead_letters._about(letter) == "unreadable"
    assert "\N{REPLACEMENT CHARACTER}{" in dead_letters._in_full(letter)
