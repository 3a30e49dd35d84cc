"""The business starts with one command, keeps its data, and stops when it is told to."""

from pathlib import Path

import httpx2

from tests.journeys.conftest import SIGN_IN, start, stop

COUNT = "{ movies(first: 1) { totalCount } stores { name } viewer { handle } }"


def asked(url: str, query: str, **variables: object) -> dict[str, object]:
    """The data of an answer."""
    answer = httpx2.post(f"{url}/graphql", json={"query": query, "variables": variables}, timeout=30).json()
    assert "errors" not in answer, answer["errors"]
    return answer["data"]


def test_four_processes_answer_as_one_does_and_find_what_it_kept(tmp_path: Path) -> None:
    one, url = start(tmp_path)
    first, settings = asked(url, COUNT), settings_of_the_client(url)
    assert stop(one) == 0
    four, url = start(tmp_path, "--processes")
    try:
        assert asked(url, COUNT) == first
        assert settings_of_the_client(url) == settings == {"demo": True}
        session = asked(url, SIGN_IN, input={"handle": "ada", "password": "popcorn-and-stairs-42"})
        assert session["signIn"]
    finally:
        assert stop(four) == 0


def settings_of_the_client(url: str) -> object:
    """What the shop is told of where it runs."""
    return httpx2.get(f"{url}/client.json").json()
