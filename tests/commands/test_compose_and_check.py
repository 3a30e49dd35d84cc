"""`supergraph compose` and `supergraph check`."""

from pathlib import Path

from tests.commands.conftest import Command


def test_compose_writes_the_supergraph_and_the_api(command: Command, business: Path) -> None:
    result = command("compose")

    assert result.exit_code == 0
    assert "@join__graph" in (business / "supergraph.graphql").read_text()
    assert "join__" not in (business / "api.graphql").read_text()


def test_compose_writes_elsewhere_when_told(command: Command, business: Path) -> None:
    result = command("compose", "--output", "other/all.graphql", "--api", "other/api.graphql")

    assert result.exit_code == 0
    assert (business / "other" / "all.graphql").is_file()
    assert not (business / "supergraph.graphql").exists()


def test_compose_tells_of_an_error_with_its_code_and_place_and_writes_nothing(
    command: Command, business: Path
) -> None:
    schema = business / "reviews.graphql"
    schema.write_text(schema.read_text().replace("stars: Int", "name: Int"))

    result = command("compose")

    assert result.exit_code == 1
    assert "FIELD_TYPE_MISMATCH" in result.stderr
    assert "reviews.graphql:10:3" in result.stderr
    assert not (business / "supergraph.graphql").exists()


def test_compose_names_a_schema_that_is_not_there(command: Command, business: Path) -> None:
    (business / "reviews.graphql").unlink()

    result = command("compose")

    assert result.exit_code == 1
    assert "reviews.graphql cannot be read: No such file or directory." in result.stderr


def test_check_is_content_with_current_files_and_plannable_operations(command: Command) -> None:
    command("compose")

    result = command("check")

    assert result.exit_code == 0
    assert "supergraph.graphql is current" in result.stdout
    assert "api.graphql is current" in result.stdout
    assert result.stdout.split()[-3:] == ["Shelf", "2", "2"]


def test_check_finds_a_file_that_is_out_of_date(command: Command, business: Path) -> None:
    command("compose")
    (business / "api.graphql").write_text("type Query { old: Int }")

    result = command("check")

    assert result.exit_code == 1
    assert "api.graphql is not what the subgraphs compose to: run `supergraph compose`." in result.stderr


def test_check_finds_an_operation_that_is_no_longer_valid(command: Command, business: Path) -> None:
    command("compose")
    (business / "operations" / "Old.graphql").write_text("query Old {\n  products { price }\n}")

    result = command("check")

    assert result.exit_code == 1
    assert "Old.graphql:2:14: Cannot query field 'price' on type 'Product'." in result.stderr


def test_check_plans_the_operations_it_is_given(command: Command, business: Path) -> None:
    command("compose")
    (business / "one.graphql").write_text("query One { reviewed }")

    result = command("check", "one.graphql")

    assert result.exit_code == 0
    assert result.stdout.split()[-3:] == ["One", "1", "1"]


def tag_the_stars(business: Path) -> None:
    """The stars of a product are internal."""
    schema = business / "reviews.graphql"
    tagged = schema.read_text().replace('["@key"]', '["@key", "@tag"]')
    schema.write_text(tagged.replace("stars: Int", 'stars: Int @tag(name: "internal")'))


def add_contract(business: Path, contract: str) -> None:
    """A contract in the configuration."""
    with (business / "supergraph.yaml").open("a") as file:
        file.write(f"\ncontracts:\n  public: {contract}\n")


def test_compose_writes_the_configured_contracts_beside_the_whole_graph(
    command: Command, business: Path
) -> None:
    tag_the_stars(business)
    add_contract(business, "{exclude: [internal]}")

    result = command("compose")

    assert result.exit_code == 0
    assert "stars" in (business / "api.graphql").read_text()
    assert "stars" not in (business / "api.public.graphql").read_text()
    assert "@inaccessible" in (business / "supergraph.public.graphql").read_text()


def test_compose_writes_one_contract_where_it_is_named(command: Command, business: Path) -> None:
    tag_the_stars(business)
    add_contract(business, "{exclude: [internal], supergraph: out/all.graphql, api: out/api.graphql}")

    result = command("compose", "--contract", "public")

    assert result.exit_code == 0
    assert "stars" not in (business / "out" / "api.graphql").read_text()
    assert not (business / "api.graphql").exists()


def test_compose_draws_a_contract_from_tags(command: Command, business: Path) -> None:
    tag_the_stars(business)

    result = command(
        "compose", "--exclude-tag", "internal", "--output", "all.graphql", "--api", "public.graphql"
    )

    assert result.exit_code == 0
    assert "stars" not in (business / "public.graphql").read_text()


def test_compose_does_not_write_a_contract_of_tags_over_the_whole_graph(command: Command) -> None:
    result = command("compose", "--exclude-tag", "internal")

    assert result.exit_code == 1
    assert "needs --output and --api" in result.stderr


def test_compose_takes_a_contract_s_name_or_tags_but_not_both(command: Command) -> None:
    result = command("compose", "--contract", "public", "--include-tag", "a")

    assert result.exit_code == 1
    assert "--contract names tags already" in result.stderr


def test_compose_names_the_contracts_there_are(command: Command, business: Path) -> None:
    add_contract(business, "{exclude: [internal]}")

    result = command("compose", "--contract", "partners")

    assert result.exit_code == 1
    assert 'there is no contract "partners" in the configuration, which has public.' in result.stderr


def test_compose_writes_nothing_when_a_contract_cannot_be_kept(command: Command, business: Path) -> None:
    add_contract(business, "{include: [nobody]}")

    result = command("compose")

    assert result.exit_code == 1
    assert "ONLY_INACCESSIBLE_CHILDREN" in result.stderr
    assert 'the contract "public" cannot be kept.' in result.stderr
    assert not (business / "supergraph.graphql").exists()


def test_compose_hints_at_a_tag_that_nothing_carries(command: Command, business: Path) -> None:
    add_contract(business, "{exclude: [intrenal]}")

    result = command("compose")

    assert result.exit_code == 0
    assert "CONTRACT_TAG_UNUSED" in result.stderr


def test_check_finds_a_contract_that_is_out_of_date(command: Command, business: Path) -> None:
    tag_the_stars(business)
    add_contract(business, "{exclude: [internal]}")
    command("compose")
    (business / "api.public.graphql").write_text("type Query { old: Int }")

    result = command("check")

    assert result.exit_code == 1
    assert "api.public.graphql is not what the subgraphs compose to" in result.stderr
    assert "supergraph.public.graphql is current" in result.stdout
