"""What is asked, and of whom."""

from __future__ import annotations

from typing import Any

LINK = (
    'extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", '
    'import: ["@key", "@external", "@requires", "@provides", "@shareable"])\n'
)
SDLS = {
    "people": LINK
    + """
type Query { people: [Person] }
type Person @key(fields: "id") { id: ID! name: String handle: String @shareable born: Int }
""",
    "films": LINK
    + """
type Query { films: [Film] }
type Film @key(fields: "id") { id: ID! title: String year: Int minutes: Int }
""",
    "reviews": LINK
    + """
type Review @key(fields: "id") { id: ID! text: String film: Film author: Person @provides(fields: "handle") }
type Person @key(fields: "id") { id: ID! handle: String @external reviews: [Review] }
type Film @key(fields: "id") { id: ID! reviews: [Review] }
""",
    "stock": LINK
    + """
type Film @key(fields: "id") {
  id: ID!
  year: Int @external
  minutes: Int @external
  inStock: Boolean
  lateFee: Int @requires(fields: "year minutes")
}
""",
}

QUERIES = {
    "one fetch": "{ films { title } }",
    "three in a row": "{ films { id title year reviews { id text author { id name } } } }",
    "a large answer": """
{
  people { ...Person reviews { ...Review film { ...Film reviews { ...Review author { ...Person
    reviews { ...Review film { ...Film } } } } } } }
  films { ...Film reviews { ...Review author { ...Person reviews { ...Review film { ...Film } } } } }
}
fragment Person on Person { id handle name }
fragment Review on Review { id text }
fragment Film on Film { inStock title year lateFee id minutes }
""",
}

WORDS = (
    "the",
    "long",
    "night",
    "falls",
    "over",
    "an",
    "empty",
    "street",
    "while",
    "someone",
    "waits",
    "for",
    "it",
)
FILMS = ("Metropolis", "Nosferatu", "Ran", "Duel", "Vertigo", "Playtime", "Solaris", "Stalker", "Ikiru")
PEOPLE = ("Ada", "Ben", "Cleo", "Dai", "Ema", "Finn")
REVIEWED = (1, 1, 1, 1, 2, 2, 2, 2, 3, 4, 4)
"""Of which film each review is."""


def text(length: int, seed: int) -> str:
    """Some words, so many characters of them."""
    words: list[str] = []
    while sum(map(len, words)) + len(words) < length:
        seed = (seed * 7 + 3) % 997
        words.append(WORDS[seed % len(WORDS)])
    return " ".join(words)[:length]


def ref(type_name: str, number: int) -> dict[str, str]:
    """A reference to an object."""
    return {"$ref": type_name, "id": str(number)}


def data() -> dict[str, dict[str, Any]]:
    """Each subgraph's own data."""
    people = range(1, len(PEOPLE) + 1)
    films = range(1, len(FILMS) + 1)
    reviews = range(1, len(REVIEWED) + 1)
    of_film = {film: [ref("Review", n) for n in reviews if REVIEWED[n - 1] == film] for film in films}
    return {
        "people": {
            "Query": {"people": [ref("Person", n) for n in people]},
            "Person": [
                {"id": str(n), "name": name, "handle": name.lower(), "born": 1960 + n}
                for n, name in enumerate(PEOPLE, 1)
            ],
        },
        "films": {
            "Query": {"films": [ref("Film", n) for n in films[:5]]},
            "Film": [
                {"id": str(n), "title": title, "year": 1920 + 7 * n, "minutes": 90 + n}
                for n, title in enumerate(FILMS, 1)
            ],
        },
        "reviews": {
            "Review": [
                {
                    "id": str(n),
                    "text": text(140 + 90 * (n % 4), n),
                    "film": ref("Film", film),
                    "author": ref("Person", 1),
                }
                for n, film in enumerate(REVIEWED, 1)
            ],
            "Person": [
                {"id": str(n), "handle": name.lower(), "reviews": [ref("Review", 1), ref("Review", 2)]}
                for n, name in enumerate(PEOPLE, 1)
            ],
            "Film": [{"id": str(n), "reviews": of_film[n]} for n in films],
        },
        "stock": {"Film": [{"id": str(n), "inStock": n % 2 == 0, "lateFee": 100 + n} for n in films]},
    }
