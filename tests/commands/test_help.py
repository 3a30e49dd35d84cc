"""What `--help` teaches."""

import pytest
from typer.testing import CliRunner

from supergraph.__main__ import app

COMMANDS = ["compose", "check", "plan", "serve", "dev", "explain-error"]


def test_the_command_line_lists_its_commands() -> None:
    said = CliRunner().invoke(app, ["--help"]).stdout

    assert all(command in said for command in COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_shows_examples_and_tells_its_exit_codes(command: str) -> None:
    said = CliRunner().invoke(app, [command, "--help"]).stdout

    assert f"supergraph {command}" in said.split("Examples")[1]
    assert "Exit codes: 0 " in said
