"""Subgraphs in our own process: their workers."""

import asyncio
import os
import sys
from pathlib import Path
from types import ModuleType

import pytest
from starlette.applications import Starlette
from structlog.testing import capture_logs

from supergraph.commands import hosting
from supergraph.commands.hosting import hosted_subgraph, prepare_environment
from supergraph.configuration import Configuration, ConfigurationError, SubgraphConfiguration

SUBGRAPH = SubgraphConfiguration(app="hosted_here:app", worker="hosted_here:run")


@pytest.fixture
def module(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """A module with an application, importable as `hosted_here`."""
    module = ModuleType("hosted_here")
    module.app = Starlette()  # pyright: ignore[reportAttributeAccessIssue] - modules take any attribute
    monkeypatch.setitem(sys.modules, "hosted_here", module)
    return module


async def test_a_worker_that_fails_is_reported_and_the_subgraph_goes_on(module: ModuleType) -> None:
    async def run(stop: asyncio.Event) -> None:
        raise ConnectionError("the broker is away")

    module.run = run  # pyright: ignore[reportAttributeAccessIssue]
    with capture_logs() as logs:
        async with hosted_subgraph("movies", SUBGRAPH):
            await asyncio.sleep(0)
            await asyncio.sleep(0)

    assert [(log["event"], log["subgraph"]) for log in logs] == [
        ("a worker ended before it was told to", "movies")
    ]


async def test_a_worker_that_does_not_stop_is_cancelled(
    module: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    cancelled = asyncio.Event()

    async def run(stop: asyncio.Event) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.set()

    module.run = run  # pyright: ignore[reportAttributeAccessIssue]
    monkeypatch.setattr(hosting, "STOPPED_WITHIN_S", 0.01)
    async with hosted_subgraph("movies", SUBGRAPH):
        await asyncio.sleep(0)

    assert cancelled.is_set()


@pytest.mark.parametrize(
    ("app", "message"),
    [
        ("", "subgraphs.movies.app: give an import string like `package.module:app`."),
        ("no_such_module:app", 'subgraphs.movies.app: Could not import module "no_such_module".'),
        (
            "hosted_here:nothing",
            'subgraphs.movies.app: Attribute "nothing" not found in module "hosted_here".',
        ),
    ],
)
async def test_an_application_that_is_not_there_is_named(module: ModuleType, app: str, message: str) -> None:
    with pytest.raises(ConfigurationError) as error:
        async with hosted_subgraph("movies", SubgraphConfiguration(app=app)):
            pytest.fail("it must not start")

    assert str(error.value) == message


def test_the_key_for_internal_tokens_is_made_once_and_kept_from_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "path", sys.path[:])
    configuration = Configuration.of({"identity": {"internal_tokens": True}}, tmp_path)
    keys = []
    for _ in range(2):
        monkeypatch.setenv("SUPERGRAPH_VAR", "")
        monkeypatch.setenv("SUPERGRAPH_INTERNAL_KEY", "")
        keys.append(prepare_environment(configuration).internal_key.get_secret_value())

    assert keys[0] == keys[1] == (tmp_path / "var" / "internal.key").read_text()
    assert len(keys[0]) >= 32
    assert (tmp_path / "var" / "internal.key").stat().st_mode & 0o077 == 0


def test_what_is_set_in_the_environment_is_left_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "path", sys.path[:])
    monkeypatch.setenv("SUPERGRAPH_VAR", "")
    monkeypatch.setenv("GREETING", "strangers")

    prepare_environment(Configuration.of({"dev": {"environment": {"GREETING": "customers"}}}, tmp_path))

    assert os.environ["GREETING"] == "strangers"
