"""A little federation of the rarer kind: an interface object, provided fields, value types, a way back to the root."""

from __future__ import annotations

from tests.federation.federated import Part

LINK = """
extend schema @link(url: "https://specs.apollo.dev/federation/v2.9",
  import: ["@key", "@external", "@provides", "@shareable", "@interfaceObject", "@requires", "@override"])
"""

MEDIA = Part(
    LINK
    + """
    type Query { all: [Media] films: [Film!] media(id: ID!): Media library: Library }
    type Library { query: Query media: [Media] name: String @shareable }
    interface Media @key(fields: "id") { id: ID! name: String }
    type Film implements Media @key(fields: "id") @key(fields: "code") {
      id: ID! name: String code: String minutes: Int director: Person
    }
    type Song implements Media @key(fields: "id") { id: ID! name: String bars: Int singer: Person }
    type Person @key(fields: "id") { id: ID! name: String @shareable }
    """,
    {
        "Query": {
            "all": [
                {"$ref": "Film", "id": "f1"},
                {"$ref": "Song", "id": "s1"},
                None,
                {"$ref": "Film", "id": "f2"},
            ],
            "films": {"$all": "Film"},
            "media": {"$ref": "Film", "id": "{id}"},
            "library": {"$entity": {"query": {}, "media": [{"$ref": "Song", "id": "s1"}], "name": "Main"}},
        },
        "Film": [
            {
                "id": "f1",
                "name": "Run",
                "code": "RUN",
                "minutes": 90,
                "director": {"$ref": "Person", "id": "p1"},
            },
            {
                "id": "f2",
                "name": None,
                "code": "HID",
                "minutes": {"$error": "lost", "code": "LOST"},
                "director": None,
            },
        ],
        "Song": [{"id": "s1", "name": "La", "bars": 12, "singer": {"$ref": "Person", "id": "p2"}}],
        "Person": [{"id": "p1", "name": "Tom"}, {"id": "p2", "name": "Ann"}],
    },
)

RATINGS = Part(
    LINK
    + """
    type Query { top: [Media!] worst: Media notes: [Note] }
    type Media @key(fields: "id") @interfaceObject {
      id: ID! name: String @external
      rating: Float notes: [Note!] slogan: String @requires(fields: "name")
    }
    type Note { id: ID! text: String! about: Media }
    """,
    {
        "Query": {
            "top": [{"$ref": "Media", "id": "s1"}, {"$ref": "Media", "id": "f1"}],
            "worst": {"$ref": "Media", "id": "f2"},
            "notes": {"$all": "Note"},
        },
        "Media": [
            {
                "id": "f1",
                "rating": 4.5,
                "notes": [{"$ref": "Note", "id": "n1"}],
                "slogan": {"$text": "See {name}!"},
            },
            {"id": "f2", "rating": None, "notes": [], "slogan": {"$text": "See {name}!"}},
            {
                "id": "s1",
                "rating": {"$error": "unrated", "code": "UNRATED"},
                "notes": None,
                "slogan": {"$text": "See {name}!"},
            },
        ],
        "Note": [
            {"id": "n1", "text": "good", "about": {"$ref": "Media", "id": "f1"}},
            {"id": "n2", "text": "bad", "about": {"$ref": "Media", "id": "s1"}},
        ],
    },
)

PEOPLE = Part(
    LINK
    + """
    type Query { people: [Person] opening: Opening }
    type Person @key(fields: "id") { id: ID! name: String @shareable born: Int work: [Film] }
    type Film @key(fields: "code") {
      id: ID! @external
      code: String
      prizes: [Prize!]
      star: Actor @provides(fields: "agent")
    }
    type Prize @shareable { name: String year: Int }
    type Opening { prize: Prize film: Film @provides(fields: "id") }
    type Actor @key(fields: "id") { id: ID! agent: String @external }
    """,
    {
        "Query": {
            "people": {"$all": "Person"},
            "opening": {
                "$entity": {"prize": {"name": "First", "year": 1}, "film": {"$ref": "Film", "code": "RUN"}}
            },
        },
        "Person": [
            {"id": "p1", "name": "Tom", "born": 1970, "work": [{"$ref": "Film", "code": "HID"}, None]},
            {"id": "p2", "name": "Ann", "born": {"$error": "unknown", "code": "AGE"}, "work": None},
        ],
        "Film": [
            {
                "id": "f1",
                "code": "RUN",
                "prizes": [{"name": "Best", "year": 1999}],
                "star": {"$ref": "Actor", "id": "a1"},
            },
            {"id": "f2", "code": "HID", "prizes": None, "star": {"$ref": "Actor", "id": "a2"}},
        ],
        "Actor": [{"id": "a1", "agent": "Smith"}, {"id": "a2", "agent": None}],
    },
)

AGENCY = Part(
    LINK
    + """
    type Query { actors: [Actor!]! }
    type Actor @key(fields: "id") { id: ID! agent: String @shareable fee: Int! }
    """,
    {
        "Query": {"actors": {"$all": "Actor"}},
        "Actor": [
            {"id": "a1", "agent": "Smith", "fee": 7},
            {"id": "a2", "agent": None, "fee": {"$error": "secret"}},
        ],
    },
)

LIBRARY = {"media": MEDIA, "ratings": RATINGS, "people": PEOPLE, "agency": AGENCY}
