"""Interfaces, unions and `@interfaceObject` in plans."""

from __future__ import annotations

from tests.planning.cases import calls, federation, fetch_from

MEDIA = federation(
    library="""
        type Query { media: [Media!] shelf: [Thing] }
        interface Media { id: ID! title: String }
        union Thing = Book | Film | Lamp
        type Book implements Media @key(fields: "id") { id: ID! title: String pages: Int }
        type Film implements Media @key(fields: "id") { id: ID! title: String length: Int }
        type Lamp { watts: Int }
    """,
    reviews="""
        type Book @key(fields: "id") { id: ID! stars: Int by: Person }
        type Film @key(fields: "id") { id: ID! stars: Int by: Person }
        type Person { name: String }
    """,
)


def test_a_field_of_an_interface_is_asked_for_on_the_interface() -> None:
    assert MEDIA.plan("{ media { title } }").fetches[0].document == "{media{title}}"


def test_nobody_asks_for_the_type_where_nothing_depends_on_it() -> None:
    plan = MEDIA.plan("{ media { id title } }")
    assert plan.positions[1].typename == ()
    shape = plan.shape.fields["Query"][0].shape
    assert shape is not None
    assert list(shape.fields) == ["Media"]


def test_the_type_is_asked_for_where_a_field_may_be_null_for_one_type_only() -> None:
    case = federation(
        a="""
            type Query { media: [Media!] }
            interface Media { title: String }
            type Book implements Media { title: String! }
            type Film implements Media { title: String }
        """
    )
    plan = case.plan("{ media { title } }")
    assert plan.positions[1].typename == (0,)


def test_fields_that_a_subgraph_knows_only_by_type_are_asked_for_by_type() -> None:
    document = fetch_from(MEDIA.plan("{ media { ... on Book { pages } } }"), "library").document
    assert document == "{media{__typename ...on Book{pages}}}"


def test_types_of_one_position_are_entered_in_one_target() -> None:
    plan = MEDIA.plan("{ media { ... on Book { stars } ... on Film { stars } } }")
    (target,) = fetch_from(plan, "reviews").targets
    (representation,) = target.representations
    assert representation.types == {"Book", "Film"}


def test_an_object_that_all_types_give_alike_is_one_position() -> None:
    plan = MEDIA.plan("{ media { ... on Book { pages } ... on Media { title } } }")
    assert fetch_from(plan, "library").document == "{media{__typename title ...on Book{pages}}}"


def test_fields_of_one_name_and_several_types_get_keys_of_their_own() -> None:
    case = federation(
        a="""
            type Query { owners: [Owner] }
            union Owner = Agency | Self
            type Agency { email: Email }
            type Email { address: String }
            type Self { email: String }
        """
    )
    document = (
        case.plan("{ owners { ... on Agency { e: email { address } } ... on Self { email } } }")
        .fetches[0]
        .document
    )
    assert "...on Agency{email__Agency:email{address}}" in document
    assert "...on Self{email__Self:email}" in document


TITLES = federation(
    movies="""
        type Query { titles: [Title] movie: Movie }
        interface Title @key(fields: "id") { id: ID! name: String }
        type Movie implements Title @key(fields: "id") { id: ID! name: String year: Int }
        type Serial implements Title @key(fields: "id") { id: ID! name: String episodes: Int }
    """,
    users="""
        type Query { watched: [Title] }
        type Title @key(fields: "id") @interfaceObject { id: ID! stars: Int again: Title }
    """,
    rentals="""
        type Movie @key(fields: "id") { id: ID! copies: Int }
    """,
)


def test_an_interface_objects_field_is_fetched_under_the_interfaces_name() -> None:
    plan = TITLES.plan("{ movie { stars } }")
    (representation,) = fetch_from(plan, "users").targets[0].representations
    assert representation.typename == "Title"


def test_an_interface_object_needs_no_type_for_what_it_knows_itself() -> None:
    assert calls(TITLES.plan("{ watched { id stars again { stars } } }")) == [["users"]]


def test_an_interface_object_is_entered_by_the_interfaces_key_to_learn_its_type() -> None:
    plan = TITLES.plan("{ watched { __typename } }")
    assert calls(plan) == [["users"], ["movies"]]
    (representation,) = fetch_from(plan, "movies").targets[0].representations
    assert (representation.types, representation.typename) == (None, "Title")


def test_a_subgraph_that_knows_one_type_waits_until_the_type_is_known() -> None:
    plan = TITLES.plan("{ watched { stars ... on Movie { copies } } }")
    assert calls(plan) == [["users"], ["movies"], ["rentals"]]


def test_no_type_is_asked_for_that_only_says_what_the_interface_says() -> None:
    plan = TITLES.plan("{ watched { name } }")
    assert calls(plan) == [["users"], ["movies"]]
    assert "__typename" not in fetch_from(plan, "movies").document


def test_objects_of_two_abstract_roots_are_not_mixed() -> None:
    case = federation(
        a="""
            type Query { node(id: ID!): Node @shareable }
            interface Node { id: ID! }
            type Account implements Node @key(fields: "id") { id: ID! name: String }
            type Chat implements Node @key(fields: "id") { id: ID! }
        """,
        b="""
            type Query { node(id: ID!): Node @shareable }
            interface Node { id: ID! }
            type Account implements Node @key(fields: "id") { id: ID! }
            type Chat implements Node @key(fields: "id") { id: ID! text: String }
        """,
    )
    plan = case.plan('{ node(id: "1") { ... on Account { name } ... on Chat { text } } }')
    assert len(plan.positions[1].embedded) == 1
    assert calls(plan) in ([["a"], ["b"]], [["b"], ["a"]])
