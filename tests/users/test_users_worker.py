"""The worker: what was accepted is carried out, whatever fails or dies on the way, and once."""

import asyncio
import email
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from subgraphs.common import duties
from subgraphs.common.clock import utc_now
from subgraphs.common.database import Database
from subgraphs.common.embedded_broker import EmbeddedBroker
from subgraphs.common.messages import Broker, Handler, Message
from subgraphs.common.migrations import migrate
from subgraphs.listeners import LISTENERS
from subgraphs.users import worker
from subgraphs.users.app import PACKAGE
from subgraphs.users.keyring import Keyring
from subgraphs.users.models import Base, LetterRow, TitleRow, UserRow
from subgraphs.users.resources import Resources
from subgraphs.users.service.registration import Application, register
from subgraphs.users.settings import Settings
from tests.brokers import broker_of, rabbitmq_prefix
from tests.conftest import rabbitmq_url
from tests.users.conftest import NOW, People, cheap_passwords

ADDRESSES = [f"worker-{n}@example.org" for n in range(5)]


class Flaky:
    """A broker that loses its connection once before it works."""

    def __init__(self, broker: Broker) -> None:
        self.broker = broker
        self.failed: set[str] = set()

    async def publish(self, messages: list[Message]) -> None:
        """Fails the first time."""
        self._fail_once("publish")
        await self.broker.publish(messages)

    async def consume(self, queue: str, kinds: list[str], handler: Handler) -> None:
        """Fails the first time for each queue."""
        self._fail_once(queue)
        await self.broker.consume(queue, kinds, handler)

    def _fail_once(self, what: str) -> None:
        if what not in self.failed:
            self.failed.add(what)
            raise ConnectionError(what)


def application(address: str) -> Application:
    return Application(
        handle=address.partition("@")[0],
        display_name="Somebody",
        email=address,
        birth_date=NOW.date() - timedelta(days=9000),
        idempotency_key=uuid4().hex,
        password="a ship in harbour is safe",
    )


async def until(holds: Callable[[], Awaitable[bool]], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not await holds():
        assert time.monotonic() < deadline, "it took too long"
        await asyncio.sleep(0.05)


@asynccontextmanager
async def working(people: People, broker: Broker) -> AsyncIterator[None]:
    stop = asyncio.Event()
    work = asyncio.create_task(
        worker.do_duties(people.resources, broker, people.mailbox, stop, lambda: people.now)
    )
    yield
    stop.set()
    await asyncio.wait_for(work, 5)


async def everybody_has_mail(people: People) -> bool:
    return {mail["To"] for mail in people.mailbox.mails} == set(ADDRESSES)


async def test_what_is_accepted_reaches_the_mailbox(people: People, tmp_path: Path) -> None:
    broker = EmbeddedBroker(tmp_path / "broker.sqlite", poll_seconds=0.01)
    async with working(people, broker):
        for address in ADDRESSES:
            await register(people.resources, application(address), people.now)
        await until(lambda: everybody_has_mail(people))
    await broker.close()
    assert len(people.mailbox.mails) == len(ADDRESSES)


@pytest.mark.needs("rabbitmq")
async def test_what_is_accepted_reaches_the_mailbox_over_rabbitmq(people: People, tmp_path: Path) -> None:
    async with broker_of("rabbitmq", tmp_path, LISTENERS) as broker, working(people, broker):
        for address in ADDRESSES:
            await register(people.resources, application(address), people.now)
        await until(lambda: everybody_has_mail(people))
    assert len(people.mailbox.mails) == len(ADDRESSES)


async def test_titles_of_the_catalogue_are_heard_of(people: People, tmp_path: Path) -> None:
    broker = EmbeddedBroker(tmp_path / "broker.sqlite", poll_seconds=0.01)
    told = {"id": "mov_1", "name": "A film", "retired": False, "version": 1}

    async def known() -> bool:
        async with people.database.read() as session:
            return await session.get(TitleRow, "mov_1") is not None

    async with working(people, broker):
        await broker.publish([Message.new("movie.created", "mov_1", told, NOW)])
        await until(known)
    await broker.close()


async def test_a_duty_that_fails_begins_again(
    people: People, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(duties, "AGAIN_AFTER_S", 0.01)
    broker = EmbeddedBroker(tmp_path / "broker.sqlite", poll_seconds=0.01)
    async with working(people, Flaky(broker)):  # pyright: ignore[reportArgumentType] - it has no `close`
        for address in ADDRESSES:
            await register(people.resources, application(address), people.now)
        await until(lambda: everybody_has_mail(people))
    await broker.close()


DYING = """
import asyncio, os, signal, sys
from subgraphs.users import worker

when, number = sys.argv[1], int(sys.argv[2])
carry_out, taken = worker.carry_out, 0

async def carry_out_and_die(resources, message, now):
    global taken
    taken += 1
    if (taken, when) == (number, "taken"):
        os.kill(os.getpid(), signal.SIGKILL)
    await carry_out(resources, message, now)
    if (taken, when) == (number, "committed"):
        os.kill(os.getpid(), signal.SIGKILL)

worker.carry_out = carry_out_and_die
asyncio.run(worker.run(asyncio.Event()))
"""
"""A worker that dies with a message in hand: before anything is done about it, or done and not acknowledged yet."""
DEATHS = (("taken", 1), ("committed", 12), ("committed", 1), ("taken", 30), ("committed", 20))
"""When it dies, and with which of the messages that it takes."""


@pytest.mark.full
async def test_a_worker_that_is_killed_again_and_again_loses_nothing_and_doubles_nothing(
    tmp_path: Path,
) -> None:
    await killed_again_and_again(tmp_path, {})


@pytest.mark.full
@pytest.mark.needs("rabbitmq")
async def test_over_rabbitmq_too_a_killed_worker_loses_nothing_and_doubles_nothing(tmp_path: Path) -> None:
    async with rabbitmq_prefix(LISTENERS) as prefix:
        await killed_again_and_again(tmp_path, {"BROKER_URL": rabbitmq_url(), "BROKER_PREFIX": prefix})


async def killed_again_and_again(tmp_path: Path, environment: dict[str, str]) -> None:
    settings = Settings(var=tmp_path)
    resources = Resources(
        settings, Database(settings.database("users")), Keyring(settings), cheap_passwords()
    )
    await migrate(resources.database, PACKAGE, Base.metadata)
    for n in range(100):
        await register(resources, application(f"killed-{n}@example.org"), utc_now())

    async def sent(wanted: int) -> bool:
        # What a killed worker had in hand is due again after a minute; nobody here waits that long.
        async with resources.database.transaction() as session:
            waiting = (await session.scalars(select(LetterRow).where(LetterRow.sent_at.is_(None)))).all()
            for letter in waiting:
                letter.due_at = min(letter.due_at, utc_now())
            return await _count(session, LetterRow) - len(waiting) >= wanted

    for when, number in DEATHS:
        with _started(tmp_path, environment, "-c", DYING, when, str(number)) as killed:
            assert await asyncio.to_thread(killed.wait, 300) == -signal.SIGKILL
    for wanted in (
        70,
        80,
    ):  # and between any two steps of the others that work beside it, such as sending mail
        with _started(tmp_path, environment, *WORKER) as killed:
            await until(lambda: sent(wanted), 300)  # noqa: B023 - it is called before the next turn
            killed.kill()
    with _started(tmp_path, environment, *WORKER) as last:
        await until(lambda: sent(100), 300)
        last.terminate()
        last.wait()
    async with resources.database.read() as session:
        accounts = await _count(session, UserRow)
    await resources.close()
    mails = [file.read_text() for file in (tmp_path / "mail").glob("*.eml")]
    recipients = {email.message_from_string(mail)["To"] for mail in mails}
    assert (accounts, len(mails), len(recipients)) == (100, 100, 100)


async def _count(session: AsyncSession, table: type[Any]) -> int:
    return (await session.execute(select(func.count()).select_from(table))).scalar_one()


WORKER = ("-m", "subgraphs.users", "worker")


@contextmanager
def _started(var: Path, environment: dict[str, str], *python: str) -> Iterator[subprocess.Popen[bytes]]:
    """A worker that does not outlive its block."""
    with subprocess.Popen(
        [sys.executable, *python],
        env=os.environ | {"SUPERGRAPH_VAR": str(var)} | environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        try:
            yield process
        finally:
            process.kill()
