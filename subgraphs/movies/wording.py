"""Words as people write them, turned into what sorts, finds and addresses."""

import hashlib
import re
import unicodedata
from datetime import date

LONGEST_SLUG = 160
LONGEST_KEY = 300
_BREAKS = re.compile(r"[^a-z0-9]+")
_LETTERS = str.maketrans(
    {"ß": "ss", "æ": "ae", "ø": "o", "œ": "oe", "đ": "d", "ð": "d", "ł": "l", "þ": "th", "\u0131": "i"}
)
_ARTICLES = ("the ", "a ", "an ")


def plain(text: str) -> str:
    """Lower case without accents: "Amélie" becomes "amelie"."""
    decomposed = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def words(text: str) -> list[str]:
    """The plain words of a text, in order: letters and digits, those of other scripts as they are."""
    return re.findall(r"[^\W_]+", plain(text.replace("'", "").replace("\N{RIGHT SINGLE QUOTATION MARK}", "")))


def slug(text: str) -> str:
    """The text as a part of a URL: "Léon: The Professional" becomes "leon-the-professional".

    Where a slug cannot hold all the words (other scripts, or too many), a digest of them ends it, so that two names
    of different words never share one.
    """
    said = "-".join(words(text))
    written = _BREAKS.sub("-", said).strip("-")
    if written == said and len(written) <= LONGEST_SLUG:
        return written or "untitled"
    digest = hashlib.sha256(said.encode()).hexdigest()[:8]
    return f"{written[:LONGEST_SLUG]}-{digest}".strip("-")


def sort_key(name: str) -> str:
    """What a name is sorted by: "The Godfather" stands under G."""
    key = name_key(name)
    for article in _ARTICLES:
        if key.startswith(article) and len(key) > len(article):
            return key.removeprefix(article)
    return key


def name_key(name: str) -> str:
    """A name as its plain words, by which people sort."""
    return " ".join(words(name))[:LONGEST_KEY]


def release_key(released: date | None, year: int) -> str:
    """What a film is sorted by in time; one of which only the year is known stands before that year's days."""
    return released.isoformat() if released else f"{year:04d}-00-00"
