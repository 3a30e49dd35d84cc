"""Text that no store can hold is refused before anything runs."""

from typing import Any

import pytest
import strawberry
from graphql import GraphQLError
from hypothesis import given
from hypothesis import strategies as st

from subgraphs.common.text import RefuseUnstorableText, is_storable


@strawberry.type
class Query:
    """Says what it hears."""

    @strawberry.field
    def echo(self, text: str) -> str:
        """The same."""
        return text


SCHEMA = strawberry.Schema(Query, extensions=[RefuseUnstorableText])
ASK = "query($text: String!) { echo(text: $text) }"


@pytest.mark.parametrize("text", ["\0", "a\0b", "\ud800", "b\udfff"])
async def test_a_variable_that_no_store_can_hold_is_refused(text: str) -> None:
    (error,) = (await SCHEMA.execute(ASK, {"text": text})).errors or []
    assert isinstance(error, GraphQLError)
    assert (error.extensions or {})["code"] == "BAD_USER_INPUT"


async def test_a_literal_that_no_store_can_hold_is_refused() -> None:
    (error,) = (await SCHEMA.execute(r'{ echo(text: "a\u0000b") }')).errors or []
    assert (error.extensions or {})["code"] == "BAD_USER_INPUT"


@pytest.mark.parametrize("given_variables", [{"text": "a", "more": {"in": ["\0"]}}, {"text": "a", "\0": 1}])
async def test_it_is_found_wherever_it_stands(given_variables: dict[str, Any]) -> None:
    assert (await SCHEMA.execute(ASK, given_variables)).errors


@given(st.text())
def test_text_is_storable_when_it_can_be_encoded_and_has_no_zero(text: str) -> None:
    assert is_storable(text) == ("\0" not in text and text.encode("utf-8", "ignore").decode() == text)


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\0")))
async def test_all_other_text_passes(text: str) -> None:
    answer = await SCHEMA.execute(ASK, {"text": text})
    assert answer.data == {"echo": text}
