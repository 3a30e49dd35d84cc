"""How letters read."""

from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from urllib.parse import urlencode

from subgraphs.users.models import LetterKind
from subgraphs.users.settings import Settings


@dataclass(frozen=True, slots=True)
class Addressee:
    """Who a letter is for: the address it goes to, and the account that it is about."""

    address: str
    display_name: str
    handle: str


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter before it is worded; `token` opens the link in it, until `expires_at`."""

    id: str
    kind: LetterKind
    addressee: Addressee
    token: str
    created_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class _Wording:
    """A subject, what the letter says, and the page that its link leads to (empty: no link)."""

    subject: str
    says: str
    page: str = ""


_WORDINGS = {
    LetterKind.ACTIVATION: _Wording(
        "Open your account",
        "welcome to the shop. Follow this link to open your account {handle}:\n\n{link}\n\n"
        "The link works until {expires}. If you did not ask for an account, do nothing, and none will be opened.",
        "activate",
    ),
    LetterKind.ADDRESS_KNOWN: _Wording(
        "You have an account already",
        "somebody, perhaps you, has asked to use this address for an account. You have one already: {handle}.\n\n"
        "Sign in with it here:\n\n{link}\n\nIf it was not you, do nothing: your account is as it was.",
        "sign-in",
    ),
    LetterKind.ADDRESS_CONFIRMATION: _Wording(
        "Confirm your new address",
        "follow this link to use this address for your account {handle}:\n\n{link}\n\n"
        "The link works until {expires}. If you did not ask for this, do nothing.",
        "activate",
    ),
    LetterKind.ADDRESS_CHANGED: _Wording(
        "Your address has changed",
        "your account {handle} has a new address, and letters go there from now on. "
        "If that was not you, tell the shop at once.",
    ),
    LetterKind.PASSWORD_RESET: _Wording(
        "Choose a new password",
        "follow this link to choose a new password for your account {handle}:\n\n{link}\n\n"
        "The link works once, until {expires}. If you did not ask for this, do nothing: your password is as it was.",
        "reset-password",
    ),
    LetterKind.PASSWORD_CHANGED: _Wording(
        "Your password has changed",
        "the password of your account {handle} has changed, and every other session has ended. If that was not you, "
        "choose a new one here:\n\n{link}",
        "forgotten-password",
    ),
}
_WITH_TOKEN = {LetterKind.ACTIVATION, LetterKind.ADDRESS_CONFIRMATION, LetterKind.PASSWORD_RESET}


def word(letter: Letter, settings: Settings) -> EmailMessage:
    """The letter as a mail. Its Message-ID is the letter's own, so a mail sent twice is seen to be one."""
    wording = _WORDINGS[letter.kind]
    message = EmailMessage()
    message["Message-ID"] = f"<{letter.id}@{parseaddr(settings.mail_from)[1].rpartition('@')[2]}>"
    message["Date"] = format_datetime(letter.created_at)
    message["From"] = settings.mail_from
    message["To"] = letter.addressee.address
    message["Subject"] = wording.subject
    message["Auto-Submitted"] = "auto-generated"
    says = wording.says.format(
        handle=letter.addressee.handle,
        link=_link(letter, wording.page, settings),
        expires=f"{letter.expires_at:%d %B %Y, %H:%M} UTC",
    )
    message.set_content(f"Hello {letter.addressee.display_name},\n\n{says}\n\nLast Row\n", cte="8bit")
    return message


def _link(letter: Letter, page: str, settings: Settings) -> str:
    query = f"?{urlencode({'token': letter.token})}" if letter.kind in _WITH_TOKEN else ""
    return f"{settings.public_url.rstrip('/')}/{page}{query}"
