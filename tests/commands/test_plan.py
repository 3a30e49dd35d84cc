"""`supergraph plan`."""

from pathlib import Path

import pytest

from tests.commands.conftest import Command


@pytest.fixture
def composed(command: Command) -> None:
    assert command("compose").exit_code == 0


@pytest.mark.usefixtures("composed")
class TestPlan:
    def test_it_prints_the_cost_and_the_fetches(self, command: Command) -> None:
        result = command("plan", "operations/Shelf.graphql")

        assert result.exit_code == 0
        assert result.stdout.startswith("Shelf\nquery: 2 fetches in 2 steps\n")
        assert "products" in result.stdout
        assert "_entities" in result.stdout

    def test_it_reads_standard_input(self, command: Command) -> None:
        result = command("plan", "-", input="{ reviewed }")

        assert "1 fetch in 1 step" in result.stdout

    def test_it_plans_each_operation_of_a_file_or_one(self, command: Command, business: Path) -> None:
        (business / "two.graphql").write_text("query A { reviewed } query B { products { name } }")

        both, one = command("plan", "two.graphql"), command("plan", "two.graphql", "--operation", "B")

        assert "A\nquery: 1 fetch" in both.stdout
        assert "B\nquery: 1 fetch" in both.stdout
        assert "A\n" not in one.stdout

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("{", "operation:1:2: Syntax Error: Expected Name, found <EOF>."),
            ("{ nothing }", "operation:1:3: Cannot query field 'nothing' on type 'Query'."),
        ],
    )
    def test_it_says_what_is_wrong_with_an_operation(self, command: Command, text: str, message: str) -> None:
        result = command("plan", "-", input=text)

        assert result.exit_code == 1
        assert message in result.stderr


def test_a_file_that_is_no_supergraph_is_refused(command: Command) -> None:
    result = command("plan", "operations/Shelf.graphql", "--supergraph", "products.graphql")

    assert result.exit_code == 1
    assert "products.graphql is no supergraph" in result.stderr


def test_without_configuration_it_asks_which_supergraph(
    command: Command, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path_factory.mktemp("empty"))

    result = command("plan", "-", input="{ reviewed }")

    assert result.exit_code == 1
    assert "--supergraph FILE" in result.stderr
