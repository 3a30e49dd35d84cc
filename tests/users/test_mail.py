"""Letters: how they read, how they travel, and that none is lost."""

import asyncio
import email
import email.policy
import stat
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from subgraphs.common.settings import SettingsError
from subgraphs.users.mail.posts import MailboxPost, SMTPPost, open_post
from subgraphs.users.mail.sending import send_next
from subgraphs.users.mail.wording import Addressee, Letter, word
from subgraphs.users.models import LetterKind
from subgraphs.users.service.sweeping import sweep
from subgraphs.users.settings import Settings
from tests.users.conftest import NOW, People

SETTINGS = Settings()
LETTER = Letter(
    id="let_1",
    kind=LetterKind.ACTIVATION,
    addressee=Addressee("zoe@example.org", "Zoë Núñez", "zoe"),
    token="a-token",
    created_at=NOW,
    expires_at=NOW + timedelta(days=2),
)
ASK = 'mutation { requestPasswordReset(input: {email: "ada@example.com"}) { accepted } }'


class Server:
    """An SMTP server that takes one mail after the other."""

    def __init__(self) -> None:
        self.taken: list[bytes] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Says yes to everything."""
        writer.write(b"220 ready\r\n")
        while line := (await reader.readline()).strip().upper():
            if line == b"DATA":
                writer.write(b"354 go on\r\n")
                self.taken.append(await reader.readuntil(b"\r\n.\r\n"))
            writer.write(b"221 bye\r\n" if line == b"QUIT" else b"250 fine\r\n")
        writer.close()


@pytest.mark.parametrize("kind", LetterKind)
def test_each_letter_reads_well(kind: LetterKind, snapshot: SnapshotAssertion) -> None:
    mail = word(replace(LETTER, kind=kind), SETTINGS)
    assert f"Subject: {mail['Subject']}\n\n{mail.get_content()}" == snapshot


def test_a_letters_message_id_is_its_own() -> None:
    assert word(LETTER, SETTINGS)["Message-ID"] == "<let_1@movie-rental.example>"


def test_links_begin_with_the_public_url() -> None:
    mail = word(LETTER, Settings(public_url="https://shop.example/"))
    assert "https://shop.example/activate?token=a-token" in mail.get_content()


@pytest.mark.parametrize("name", ["Bcc: all@example.com", "{link}", "{0.__class__}"])
def test_a_name_is_only_a_name(name: str) -> None:
    mail = word(replace(LETTER, addressee=replace(LETTER.addressee, display_name=name)), SETTINGS)
    assert mail["Bcc"] is None
    assert mail.get_content().startswith(f"Hello {name},")


async def test_a_mailbox_keeps_each_mail_as_a_file_for_its_owner_alone(tmp_path: Path) -> None:
    post = MailboxPost(tmp_path / "mail")
    for _ in range(2):
        await post.send(word(LETTER, SETTINGS))
    (file,) = (tmp_path / "mail").iterdir()
    assert (file.name, stat.S_IMODE(file.stat().st_mode)) == ("let_1.eml", 0o600)
    read = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
    assert read.get_content() == word(LETTER, SETTINGS).get_content()


async def test_mail_goes_to_the_server_that_is_set() -> None:
    server = Server()
    listening = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    port = listening.sockets[0].getsockname()[1]
    settings = Settings(smtp_url=f"smtp://127.0.0.1:{port}")  # pyright: ignore[reportArgumentType] - pydantic makes it a secret
    await open_post(settings).send(word(LETTER, SETTINGS))
    listening.close()
    assert b"To: zoe@example.org" in server.taken[0]


@pytest.mark.parametrize("url", ["http://host", "smtp://", "host:25"])
def test_a_wrong_smtp_url_is_explained(url: str) -> None:
    with pytest.raises(SettingsError, match="USERS_SMTP_URL must look like"):
        SMTPPost(url)


async def test_a_letter_waits_while_the_mail_server_is_away(people: People) -> None:
    await people.data(ASK)
    people.mailbox.broken = True
    await people.work()
    people.mailbox.broken = False
    await people.work()
    assert people.mailbox.mails == []
    people.now += timedelta(minutes=1)
    await people.work()
    assert len(people.mailbox.mails) == 1


async def test_one_letter_that_cannot_go_holds_no_other_back(people: People) -> None:
    await people.data(ASK)
    people.mailbox.broken = True
    assert await send_next(people.resources, people.mailbox, people.now)
    people.mailbox.broken = False
    await people.data(ASK.replace("ada@", "kim@"))
    await people.work()
    assert [mail["To"] for mail in people.mailbox.mails] == ["kim@example.com"]


async def test_several_senders_send_each_letter_once(people: People) -> None:
    for handle in ("ada", "kim", "clive", "mona", "adam"):
        await people.data(ASK.replace("ada@", f"{handle}@"))
    await asyncio.gather(*(send_next(people.resources, people.mailbox, people.now) for _ in range(12)))
    assert len(people.mailbox.mails) == len({mail["To"] for mail in people.mailbox.mails}) == 5


async def test_a_letter_whose_sender_died_goes_out_again(people: People) -> None:
    class Death(BaseException):
        pass

    class Dying:
        async def send(self, message: object) -> None:  # noqa: ARG002 - nobody reads it
            raise Death

    await people.data(ASK)
    with pytest.raises(Death):
        await send_next(people.resources, Dying(), people.now)
    people.now += timedelta(minutes=1)
    await people.work()
    assert len(people.mailbox.mails) == 1


async def test_old_letters_are_thrown_away(people: People) -> None:
    await people.data(ASK)
    await sweep(people.resources, people.now + timedelta(days=31))
    people.now += timedelta(days=31)
    await people.work()
    assert people.mailbox.mails == []
