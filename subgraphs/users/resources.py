"""What the subgraph works with, opened once for all requests."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from subgraphs.common.database import Database
from subgraphs.users.keyring import Keyring
from subgraphs.users.passwords import Passwords
from subgraphs.users.settings import NAME, Settings

Pause = Callable[[float], Awaitable[None]]
"""Waits so many seconds."""


@dataclass(frozen=True, slots=True)
class Resources:
    """Settings, database, secrets, passwords; `pause` slows down whoever guesses passwords."""

    settings: Settings
    database: Database
    keyring: Keyring
    passwords: Passwords = field(default_factory=Passwords)
    pause: Pause = asyncio.sleep

    @classmethod
    def of(cls, settings: Settings) -> "Resources":
        """What these settings ask for; nothing is opened before it is first used."""
        return cls(settings, Database(settings.database(NAME)), Keyring(settings))

    async def close(self) -> None:
        """Closes what is open."""
        self.passwords.close()
        await self.database.close()
