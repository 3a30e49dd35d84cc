"""How mail travels: by SMTP, or into a folder where no server is set."""

from email.message import EmailMessage
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

import aiosmtplib
import structlog

from subgraphs.common.settings import SettingsError
from subgraphs.users.settings import Settings

_log = structlog.get_logger(__name__)

TIMEOUT_S = 20


class Post(Protocol):
    """Carries mail away."""

    async def send(self, message: EmailMessage) -> None:
        """Hands the mail over; raises when nobody took it."""
        ...


class SMTPPost:
    """Hands mail to a server (RFC 5321)."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in {"smtp", "smtp+starttls", "smtps"} or not parts.hostname:
            raise SettingsError(
                "USERS_SMTP_URL must look like smtp://user:password@host:587 "
                "(or smtp+starttls:// or smtps://); leave it empty to write mail into a folder."
            )
        self._hostname = parts.hostname
        self._port = parts.port
        self._username = unquote(parts.username) if parts.username else None
        self._password = unquote(parts.password) if parts.password else None
        self._use_tls = parts.scheme == "smtps"
        self._start_tls = True if parts.scheme == "smtp+starttls" else None

    async def send(self, message: EmailMessage) -> None:
        """One connection a mail."""
        await aiosmtplib.send(
            message,
            hostname=self._hostname,
            port=self._port,
            username=self._username,
            password=self._password,
            use_tls=self._use_tls,
            start_tls=None if self._use_tls else self._start_tls,
            timeout=TIMEOUT_S,
        )


class MailboxPost:
    """Writes each mail into a folder, as a file named after its Message-ID: the same mail again is the same file."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def send(self, message: EmailMessage) -> None:
        """Writes the file, and says in the log where."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        name = str(message["Message-ID"]).strip("<>").partition("@")[0]
        file = self._folder / f"{name}.eml"
        draft = file.with_suffix(".draft")
        draft.touch(mode=0o600)
        draft.write_bytes(bytes(message))
        draft.replace(file)
        # A warning, for whoever waits for this mail must look here: no server is set that would deliver it.
        _log.warning("mail written to a file", to=message["To"], subject=message["Subject"], file=str(file))


def open_post(settings: Settings) -> Post:
    """The post that the settings ask for.

    Raises:
        SettingsError: the SMTP URL cannot be read.
    """
    url = settings.smtp_url.get_secret_value()
    return SMTPPost(url) if url else MailboxPost(settings.var / "mail")
