"""Signing in, and proving who one is: slowed down for whoever guesses, locked for nobody."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from ipaddress import ip_network

from sqlalchemy import case, delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from subgraphs.common.caller import Caller
from subgraphs.common.database import insert_into
from subgraphs.common.errors import Refused
from subgraphs.users.keyring import digest
from subgraphs.users.models import AccountState, AttemptsRow, UserRow
from subgraphs.users.passwords import Verdict
from subgraphs.users.refusals import wrong_handle_or_password, wrong_password
from subgraphs.users.resources import Resources
from subgraphs.users.rules import handle_key
from subgraphs.users.service.access import open_account, own_account
from subgraphs.users.service.sessions import OpenedSession, open_session

FORGOTTEN_AFTER = timedelta(minutes=15)
FREE_FAILURES = 3
FREE_FAILURES_OF_AN_ADDRESS = 20
"""Many people may call from one address: a household, an office, a whole mobile network."""
FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 4.0


def pause_after(failures: int, free: int = FREE_FAILURES) -> float:
    """How many seconds the next attempt waits: none at first, then twice as long each time, up to four."""
    if failures < free:
        return 0.0
    return min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2.0 ** min(failures - free, 10))


async def sign_in(
    resources: Resources, handle: str, password: str, now: datetime, address: str | None = None
) -> OpenedSession:
    """Opens a session for handle and password.

    `address` is where the caller calls from, where that is known; guessing is slowed by account and by address.

    Raises:
        Refused: in the same words and after the same work, whatever is wrong.
    """
    handle = handle_key(handle)
    subjects = [_of_account(handle), *([_of_address(address)] if address else [])]
    async with resources.database.read() as session:
        account = await session.scalar(
            select(UserRow).where(UserRow.handle == handle, UserRow.state == AccountState.OPEN)
        )
    verdict = await _prove(resources, subjects, account, password, now)
    if account is None or not verdict.right:
        raise Refused(wrong_handle_or_password())
    async with resources.database.transaction() as session:
        present = await open_account(session, account.id)
        if present is None or present.password_hash != account.password_hash:
            raise Refused(wrong_handle_or_password())
        present.password_hash = verdict.renewed or present.password_hash
        await _succeeded(session, subjects)
        return await open_session(session, resources, present, now)


async def prove_own_password(
    resources: Resources, caller: Caller, password: str, now: datetime, *path: str
) -> UserRow:
    """The caller's account, once the password that the input field at `path` holds has proved to be its own.

    Raises:
        Refused: it is another's, or nobody's.
        Unauthenticated: nobody is signed in.
    """
    async with resources.database.read() as session:
        account = await own_account(session, caller)
    subjects = [_of_account(account.handle)]
    if not (await _prove(resources, subjects, account, password, now)).right:
        raise Refused(wrong_password(*path))
    async with resources.database.transaction() as session:
        await _succeeded(session, subjects)
    return account


async def forget_attempts(session: AsyncSession, handle: str) -> None:
    """Lets the account's next sign-in through without a wait: its owner has been proved in another way."""
    await session.execute(delete(AttemptsRow).where(AttemptsRow.subject == _of_account(handle)))


async def sweep_attempts(session: AsyncSession, now: datetime) -> None:
    """Forgets what is too old to count."""
    await session.execute(delete(AttemptsRow).where(AttemptsRow.last_at < now - FORGOTTEN_AFTER))


async def _prove(
    resources: Resources, subjects: Sequence[str], account: UserRow | None, password: str, now: datetime
) -> Verdict:
    # The attempt counts before it is tried, so that many at once wait like as many in turn.
    async with resources.database.transaction() as session:
        failures = [await _count(session, subject, now) for subject in subjects]
    free = (FREE_FAILURES, FREE_FAILURES_OF_AN_ADDRESS)
    await resources.pause(max(map(pause_after, failures, free)))
    return await resources.passwords.verify(password, account.password_hash if account else None)


async def _count(session: AsyncSession, subject: str, now: datetime) -> int:
    """Counts an attempt; gives how many have failed before."""
    first = insert_into(session, AttemptsRow).values(subject=subject, failures=1, last_at=now)
    forgotten = AttemptsRow.last_at < now - FORGOTTEN_AFTER
    counted = first.on_conflict_do_update(
        index_elements=[AttemptsRow.subject],
        set_={"failures": case((forgotten, 1), else_=AttemptsRow.failures + 1), "last_at": now},
    )
    return (await session.execute(counted.returning(AttemptsRow.failures))).scalar_one() - 1


async def _succeeded(session: AsyncSession, subjects: Sequence[str]) -> None:
    account, *others = subjects
    await session.execute(delete(AttemptsRow).where(AttemptsRow.subject == account))
    if others:
        counted = update(AttemptsRow).where(AttemptsRow.subject.in_(others))
        await session.execute(counted.values(failures=AttemptsRow.failures - 1))


def _of_account(handle: str) -> str:
    return f"account:{digest(handle)}"


def _of_address(address: str) -> str:
    """An IPv6 address counts by its network: whoever has one has all of it."""
    if ":" in address:
        address = str(ip_network(f"{address}/64", strict=False))
    return f"address:{digest(address)}"
