"""A little federation with everything in it: abstract types, requirements with arguments, nulls, errors."""

from __future__ import annotations

from tests.federation.federated import Part

LINK = """
extend schema @link(url: "https://specs.apollo.dev/federation/v2.9",
  import: ["@key", "@external", "@requires", "@provides", "@shareable", "@inaccessible"])
"""

CATALOGUE = Part(
    LINK
    + """
    type Query {
      product(id: ID!): Product
      products: [Product]
      shelf: [[Product]]
      search: [Thing!]!
      broken: [Book!]
      required: Book!
      me: Person
      now(zone: String = "UTC"): String
    }
    interface Product { id: ID! name: String tags: [String!] }
    type Book implements Product @key(fields: "id") {
      id: ID! name: String tags: [String!] title: String pages: Int
      weight(unit: Unit = KG): Int
      cover: Cover
      author: Person
      secret: String!
    }
    type Toy implements Product @key(fields: "id") {
      id: ID! name: String tags: [String!]
      ages: [Int]
      colour: Colour
      weight(unit: Unit = KG): Int
    }
    type Cover @shareable { kind: String depth: Int }
    union Thing = Book | Toy | Person
    enum Unit { KG LB }
    enum Colour { RED BLUE GREY @inaccessible }
    type Person @key(fields: "id") { id: ID! name: String! }
    """,
    {
        "Query": {
            "product": {"$ref": "Book", "id": "{id}"},
            "products": [
                {"$ref": "Book", "id": "b1"},
                None,
                {"$ref": "Toy", "id": "t1"},
                {"$ref": "Book", "id": "b2"},
                {"$error": "out of print", "code": "GONE"},
                {"$ref": "Book", "id": "b1"},
            ],
            "shelf": [[{"$ref": "Book", "id": "b1"}, None], None, [], [{"$ref": "Toy", "id": "t2"}]],
            "search": [
                {"$ref": "Person", "id": "p1"},
                {"$ref": "Toy", "id": "t2"},
                {"$ref": "Book", "id": "b2"},
            ],
            "broken": [{"$ref": "Book", "id": "b3"}, {"$ref": "Book", "id": "b1"}],
            "required": {"$ref": "Book", "id": "b3"},
            "me": {"$ref": "Person", "id": "p2"},
            "now": {"$text": "noon in {zone}"},
        },
        "Book": [
            {
                "id": "b1",
                "name": "Emma",
                "title": "Emma, a novel",
                "pages": 400,
                "tags": ["old", "love"],
                "weight": {"$case": "unit", "KG": 1, "LB": 2},
                "cover": {"kind": "cloth", "depth": 3},
                "author": {"$ref": "Person", "id": "p1"},
                "secret": "s1",
            },
            {
                "id": "b2",
                "name": None,
                "title": "Ulysses",
                "pages": {"$error": "pages fell out", "code": "TORN"},
                "tags": [],
                "weight": {"$case": "unit", "KG": 3, "LB": 6},
                "cover": None,
                "author": None,
                "secret": "s2",
            },
            {"id": "b3", "name": "Void", "secret": {"$error": "no secret", "code": "SECRET"}},
        ],
        "Toy": [
            {
                "id": "t1",
                "name": "Train",
                "ages": [3, None, 9],
                "colour": "RED",
                "weight": {"$case": "unit", "KG": 5, "LB": 11},
            },
            {"id": "t2", "name": "Top", "colour": "BLUE", "ages": None},
        ],
        "Person": [{"id": "p1", "name": "Jane"}, {"id": "p2", "name": "Me"}],
    },
)

REVIEWS = Part(
    LINK
    + """
    type Query { latest: [Review] }
    type Review @key(fields: "id") {
      id: ID! text: String stars: Int! by: Person about: Book
    }
    type Book @key(fields: "id") {
      id: ID! reviews(first: Int): [Review!] rating: Float
      title: String @external
      blurb: String @requires(fields: "title cover { kind }")
      cover: Cover @external
    }
    type Cover @shareable { kind: String depth: Int }
    type Person @key(fields: "id") { id: ID! reviews: [Review!] nick: String! }
    """,
    {
        "Query": {"latest": [{"$ref": "Review", "id": "r1"}, {"$ref": "Review", "id": "r2"}, None]},
        "Review": [
            {
                "id": "r1",
                "text": "Good",
                "stars": 5,
                "by": {"$ref": "Person", "id": "p2"},
                "about": {"$ref": "Book", "id": "b1"},
            },
            {
                "id": "r2",
                "text": None,
                "stars": 2,
                "by": {"$ref": "Person", "id": "p1"},
                "about": {"$ref": "Book", "id": "b2"},
            },
        ],
        "Book": [
            {
                "id": "b1",
                "reviews": [{"$ref": "Review", "id": "r1"}, {"$ref": "Review", "id": "r2"}],
                "rating": 4.5,
                "blurb": {"$text": "{title}: read it"},
            },
            {
                "id": "b2",
                "reviews": None,
                "rating": {"$error": "no rating", "code": "UNRATED"},
                "blurb": None,
            },
            {"id": "b3", "reviews": [], "blurb": {"$text": "{title}: read it"}},
        ],
        "Person": [
            {"id": "p1", "reviews": [{"$ref": "Review", "id": "r2"}], "nick": "jane"},
            {"id": "p2", "reviews": None, "nick": {"$error": "no nick", "code": "NICK"}},
        ],
    },
)

STOCK = Part(
    LINK
    + """
    type Book @key(fields: "id") {
      id: ID!
      weight(unit: Unit = KG): Int @external
      shipping: String @requires(fields: "weight(unit: LB)")
      freight: String @requires(fields: "weight(unit: KG)")
      inStock: Int!
    }
    type Toy @key(fields: "id") {
      id: ID!
      weight(unit: Unit = KG): Int @external
      shipping: String @requires(fields: "weight(unit: LB)")
      inStock: Int
    }
    enum Unit { KG LB }
    """,
    {
        "Book": [
            {
                "id": "b1",
                "inStock": 7,
                "shipping": {"$text": "ship {id}"},
                "freight": {"$text": "freight {id}"},
            },
            {"id": "b2", "inStock": 0, "shipping": None},
            {"id": "b3", "inStock": {"$error": "no count", "code": "COUNT"}},
        ],
        "Toy": [{"id": "t1", "inStock": None, "shipping": "by train"}, {"id": "t2", "inStock": 3}],
    },
)

SHOP = {"catalogue": CATALOGUE, "reviews": REVIEWS, "stock": STOCK}
