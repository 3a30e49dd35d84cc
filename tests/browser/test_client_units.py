"""The shop window's own unit tests, run as its developers run them."""

import subprocess
from pathlib import Path

import pytest

CLIENT = Path(__file__).parent.parent.parent / "client"


@pytest.mark.needs("node")
def test_the_client_passes_its_unit_tests() -> None:
    run = subprocess.run(["npm", "test", "--silent"], cwd=CLIENT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
