"""Passwords, hashed with Argon2id in threads of their own."""

import asyncio
import os
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from subgraphs.users import rules
from subgraphs.users.guessing import weakness


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a password is right; `renewed` is a hash to keep in the old one's place, where that is weaker."""

    right: bool
    renewed: str | None = None


class Passwords:
    """Hashes passwords and verifies them.

    Hashing takes a tenth of a second and 64 MiB, so there is one thread a core, and whoever comes later waits.
    """

    def __init__(self, hasher: Argon2Hasher | None = None) -> None:
        self._argon2 = PasswordHash((hasher or Argon2Hasher(),))
        self._threads = ThreadPoolExecutor(os.cpu_count() or 1, thread_name_prefix="argon2")
        self._judge = ThreadPoolExecutor(1, thread_name_prefix="guessing")

    async def problem(self, password: str, *known: str) -> str | None:
        """What is wrong with a new password, `known` being words about its owner; None where nothing is."""
        if problem := rules.password_problem(password, *known):
            return problem
        return await asyncio.get_running_loop().run_in_executor(
            self._judge, weakness, _normal(password), known
        )

    async def hash(self, password: str) -> str:
        """The hash to store."""
        return await asyncio.get_running_loop().run_in_executor(
            self._threads, self._argon2.hash, _normal(password)
        )

    async def verify(self, password: str, stored: str | None) -> Verdict:
        """Whether the password is the one that was stored.

        Where nothing is stored it is wrong, after the same work as any other wrong one.
        """
        return await asyncio.get_running_loop().run_in_executor(
            self._threads, self._verify, _normal(password), stored
        )

    def close(self) -> None:
        """Ends the threads."""
        self._threads.shutdown(wait=False)
        self._judge.shutdown(wait=False)

    def _verify(self, password: str, stored: str | None) -> Verdict:
        nobodys = self._nobodys
        right, renewed = self._argon2.verify_and_update(password, stored or nobodys)
        return Verdict(right, renewed) if stored else Verdict(right=False)

    @cached_property
    def _nobodys(self) -> str:
        return self._argon2.hash(os.urandom(16).hex())


def _normal(password: str) -> str:
    # The same password typed on another keyboard may come composed in another way (NIST SP 800-63B, 3.1.1.2).
    return unicodedata.normalize("NFKC", password)
