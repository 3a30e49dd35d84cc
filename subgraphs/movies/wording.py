"""Words as people write them, turned into what sorts, finds and addresses."""

import re
import unicodedata

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
    """The plain words of a text, in order; other scripts' letters stay as they are."""
    return re.findall(r"\w+", plain(text.replace("'", "").replace("\N{RIGHT SINGLE QUOTATION MARK}", "")))


def slug(text: str) -> str:
    """The text as a part of a URL: "Léon: The Professional" becomes "leon-the-professional"."""
    return _BREAKS.sub("-", "-".join(words(text))).strip("-") or "untitled"


def sort_key(name: str) -> str:
    """What a name is sorted by: "The Godfather" stands under G."""
    key = " ".join(words(name))
    for article in _ARTICLES:
        if key.startswith(article) and len(key) > len(article):
            return key.removeprefix(article)[:300]
    return key[:300]
