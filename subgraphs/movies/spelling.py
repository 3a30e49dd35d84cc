"""Words of the catalogue that a mistyped word may have meant, looked up in an index.

A word with one letter wrong, missing or too many has its beginning or its end right. So the words that share either
half are read by index, those of one letter's difference are kept, and none can be missed; two neighbours that
changed places in the very middle are looked up as they should stand.
"""

from collections.abc import Iterable, Sequence

from sqlalchemy import ColumnElement, and_, or_, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from subgraphs.movies.models import LONGEST_WORD, SpellingRow
from subgraphs.movies.wording import words

SHORTEST_TYPED = 4
"""Letters of a word that may be mistyped: of three, one letter makes too many others."""
SHORTEST_LEARNED = SHORTEST_TYPED - 1
MOST_SPELLINGS = 20
_LAST_LETTER = "\U0010ffff"

LEARN = text(
    "INSERT INTO spellings (length, word, reversed) VALUES (:length, :word, :reversed) ON CONFLICT DO NOTHING"
)


def lessons(texts: Iterable[str]) -> list[dict[str, object]]:
    """The rows by which the words of some texts are learned, in an order in which no two writers block each other."""
    said = {word for text in texts for word in words(text)}
    return [
        {"length": len(word), "word": word, "reversed": word[::-1]}
        for word in sorted(said)
        if SHORTEST_LEARNED <= len(word) <= LONGEST_WORD
    ]


async def learn(session: AsyncSession, texts: Iterable[str]) -> None:
    """Remembers how the words of some texts are spelled."""
    if rows := lessons(texts):
        await session.execute(LEARN, rows)


async def similar_words(session: AsyncSession, typed: Sequence[str]) -> dict[str, list[str]]:
    """For each word that may be mistyped, the words of the catalogue that one letter makes of it; one statement."""
    long = [word for word in dict.fromkeys(typed) if SHORTEST_TYPED <= len(word) <= LONGEST_WORD]
    if not long:
        return {}
    near = or_(*(condition for word in long for condition in _half_right(word)))
    known = (await session.scalars(select(SpellingRow.word).where(near))).all()
    return {word: _nearest(word, known) for word in long}


def _nearest(word: str, known: Iterable[str]) -> list[str]:
    near = {other for other in known if one_letter_apart(word, other)}
    return sorted(near, key=lambda other: (other[0] != word[0], other))[:MOST_SPELLINGS]


def one_letter_apart(one: str, other: str) -> bool:
    """Whether one letter put in, left out, changed, or swapped with its neighbour makes one word the other."""
    if abs(len(one) - len(other)) > 1 or one == other:
        return False
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    rest, other_rest = one[start:], other[start:]
    if len(rest) != len(other_rest):
        return rest[1:] == other_rest or rest == other_rest[1:]
    swapped = rest[1::-1] == other_rest[:2] and rest[2:] == other_rest[2:]
    return swapped or rest[1:] == other_rest[1:]


def _half_right(word: str) -> list[ColumnElement[bool]]:
    middle = len(word) // 2
    beginning, end = word[:middle], word[middle:][::-1]
    conditions: list[ColumnElement[bool]] = [
        and_(SpellingRow.length == length, column >= half, column < half + _LAST_LETTER)
        for length in (len(word) - 1, len(word), len(word) + 1)
        for column, half in ((SpellingRow.word, beginning), (SpellingRow.reversed, end))
    ]
    swapped = word[: middle - 1] + word[middle] + word[middle - 1] + word[middle + 1 :]
    conditions.append(and_(SpellingRow.length == len(word), SpellingRow.word == swapped))
    return conditions
