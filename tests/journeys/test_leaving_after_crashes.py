"""Workers that are killed at each step of closing accounts: each account ends as the counter decides, and once."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, insert, select

from subgraphs.common.caller import Caller
from subgraphs.common.clock import utc_now
from subgraphs.common.database import Database
from subgraphs.common.ids import derived_id
from subgraphs.common.migrations import migrate
from subgraphs.listeners import LISTENERS
from subgraphs.rentals.models import AccountRow, LedgerRow
from subgraphs.rentals.models import Base as RentalsBase
from subgraphs.users.events import USER_CLOSED
from subgraphs.users.keyring import Keyring
from subgraphs.users.models import Base as UsersBase
from subgraphs.users.models import ClosingRow, Outbox, UserRow
from subgraphs.users.resources import Resources
from subgraphs.users.service.closing import close_account
from subgraphs.users.settings import Settings
from tests.brokers import rabbitmq_prefix
from tests.conftest import rabbitmq_url
from tests.users.conftest import cheap_passwords

pytestmark = pytest.mark.full

PASSWORD = "a ship in harbour is safe"
LEAVERS = [derived_id("usr", f"leaver-{number}") for number in range(20)]
DEBTORS = LEAVERS[::2]

DYING = """
import asyncio, os, signal, sys
from importlib import import_module

module, name, when, number = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
worker = import_module(module)
handle, taken = getattr(worker, name), 0

async def handle_and_die(*arguments):
    global taken
    taken += 1
    if (taken, when) == (number, "taken"):
        os.kill(os.getpid(), signal.SIGKILL)
    await handle(*arguments)
    if (taken, when) == (number, "committed"):
        os.kill(os.getpid(), signal.SIGKILL)

setattr(worker, name, handle_and_die)
asyncio.run(worker.run(asyncio.Event()))
"""
DEATHS = (
    ("rentals", "hear", "taken", 1),
    ("rentals", "hear", "committed", 5),
    ("rentals", "hear", "committed", 1),
    ("users", "decide", "taken", 1),
    ("users", "decide", "committed", 5),
    ("users", "decide", "committed", 1),
)
"""Whose worker dies, in which function, before or after its commit, and with which of the messages that it takes."""


async def test_workers_killed_at_every_step_close_each_account_once_or_not_at_all(tmp_path: Path) -> None:
    await closed_or_not(tmp_path, {})


@pytest.mark.needs("rabbitmq")
async def test_over_rabbitmq_too_killed_workers_close_each_account_once_or_not_at_all(tmp_path: Path) -> None:
    async with rabbitmq_prefix(LISTENERS) as prefix:
        await closed_or_not(tmp_path, {"BROKER_URL": rabbitmq_url(), "BROKER_PREFIX": prefix})


async def closed_or_not(var: Path, environment: Mapping[str, str]) -> None:
    """Twenty ask to leave, of whom ten owe something, while workers die."""
    settings = Settings(var=var)
    people = Resources(
        settings, Database(settings.database("users")), Keyring(settings), cheap_passwords(), _no_wait
    )
    counter = Database(settings.database("rentals"))
    await migrate(people.database, "subgraphs.users", UsersBase.metadata)
    await migrate(counter, "subgraphs.rentals", RentalsBase.metadata)
    await _fill(people, counter)
    for who in LEAVERS:
        await close_account(people, Caller(who), PASSWORD, utc_now())

    async def decided() -> bool:
        async with people.database.read() as session:
            waiting = select(func.count()).select_from(ClosingRow).where(ClosingRow.decided_at.is_(None))
            return await session.scalar(waiting) == 0

    for subgraph, name, when, number in DEATHS:
        others = [each for each in ("users", "rentals") if each != subgraph]
        dying = ("-c", DYING, f"subgraphs.{subgraph}.worker", name, when, str(number))
        helping = [_start(var, environment, "-m", f"subgraphs.{each}", "worker") for each in others]
        killed = _start(var, environment, *dying)
        try:
            assert await asyncio.to_thread(killed.wait, 120) == -signal.SIGKILL
        finally:
            _end(killed, *helping)
    last = [_start(var, environment, "-m", f"subgraphs.{each}", "worker") for each in ("users", "rentals")]
    try:
        await _until(decided)
    finally:
        _end(*last)

    async with people.database.read() as session:
        closed = set(await session.scalars(select(UserRow.id).where(UserRow.state == "CLOSED")))
        told = list(await session.scalars(select(Outbox.aggregate).where(Outbox.kind == USER_CLOSED)))
    async with counter.read() as session:
        ended = set(await session.scalars(select(AccountRow.id).where(AccountRow.closed_at.is_not(None))))
    await people.close()
    await counter.close()
    assert closed == ended == {*LEAVERS} - {*DEBTORS}
    assert sorted(told) == sorted(ended)


async def _no_wait(_seconds: float) -> None:
    return


async def _fill(people: Resources, counter: Database) -> None:
    password_hash, now = await people.passwords.hash(PASSWORD), utc_now()
    users: list[dict[str, Any]] = [
        {
            "id": who,
            "handle": f"leaver-{number}",
            "display_name": "Somebody",
            "email": f"leaver-{number}@example.com",
            "password_hash": password_hash,
            "tier": "STANDARD",
            "tier_since": now,
            "state": "OPEN",
            "created_at": now,
            "version": 1,
        }
        for number, who in enumerate(LEAVERS)
    ]
    async with people.database.transaction() as session:
        await session.execute(insert(UserRow), users)
    accounts = [{"id": who, "tier": "STANDARD", "version": 1} for who in LEAVERS]
    debts = [
        {
            "id": derived_id("led", who),
            "account_id": who,
            "kind": "LATE_FEE",
            "amount": 100,
            "created_at": now,
        }
        for who in DEBTORS
    ]
    async with counter.transaction() as session:
        await session.execute(insert(AccountRow), accounts)
        await session.execute(insert(LedgerRow), debts)


def _start(var: Path, environment: Mapping[str, str], *python: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, *python],
        env={**os.environ, "SUPERGRAPH_VAR": str(var), **environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def _end(*processes: subprocess.Popen[bytes]) -> None:
    for process in processes:
        process.kill()
        process.wait()


async def _until(holds: Callable[[], Awaitable[bool]], seconds: float = 120) -> None:
    deadline = time.monotonic() + seconds
    while not await holds():
        assert time.monotonic() < deadline, "it took too long"
        await asyncio.sleep(0.1)
