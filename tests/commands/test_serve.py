"""`supergraph serve`, as a process."""

import signal
import socket
from pathlib import Path

import httpx2
import pytest

from supergraph.commands.serve import Source
from tests.commands.conftest import Command, Started, free_port, heard


@pytest.fixture
def composed(command: Command) -> None:
    assert command("compose").exit_code == 0


@pytest.mark.usefixtures("composed")
async def test_it_serves_a_supergraph_from_its_file_alone_and_stops_on_sigterm(started: Started) -> None:
    port = free_port()
    async with started("serve", "--supergraph", "supergraph.graphql", "--port", str(port)) as process:
        said = await heard(process, "/graphql")
        async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
            health = await client.get("/health")
            ready = await client.get("/ready")
            answer = await client.post("/graphql", json={"query": "{ __typename }"})
            introspection = await client.post("/graphql", json={"query": "{ __schema { types { name } } }"})
            browser = await client.get("/graphql", headers={"accept": "text/html"})
            outage = await client.post("/graphql", json={"query": "{ reviewed }"})
        process.send_signal(signal.SIGTERM)
        code = await process.wait()

    assert f"products, reviews at http://127.0.0.1:{port}/graphql" in said
    assert (health.status_code, ready.status_code) == (200, 200)
    assert answer.json() == {"data": {"__typename": "Query"}}
    assert "errors" in introspection.json()
    assert browser.status_code == 406
    assert outage.json()["data"] is None
    assert "127.0.0.1" not in outage.text
    assert code == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "say what to serve: --supergraph FILE, or --config FILE"),
        (("--supergraph", "none.graphql"), "none.graphql cannot be read: No such file or directory."),
        (("--supergraph", "products.graphql"), "products.graphql is no supergraph"),
    ],
)
def test_it_says_why_it_does_not_start(command: Command, arguments: tuple[str, ...], message: str) -> None:
    result = command("serve", *arguments)

    assert result.exit_code == 1
    assert message in result.stderr


@pytest.mark.usefixtures("composed")
def test_a_port_in_use_is_told(command: Command) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        result = command("serve", "--supergraph", "supergraph.graphql", "--port", str(port))

    assert result.exit_code == 1
    assert f"Port {port} on 127.0.0.1 is in use" in result.stderr


@pytest.mark.usefixtures("composed")
def test_a_subgraph_without_url_is_told(command: Command, business: Path) -> None:
    file = business / "supergraph.graphql"
    file.write_text(file.read_text().replace("http://", "ftp://"))

    result = command("serve", "--supergraph", "supergraph.graphql", "--port", "0")

    assert result.exit_code == 1
    assert "subgraphs.products.url: the supergraph has no HTTP URL for it" in result.stderr


@pytest.mark.usefixtures("composed")
def test_internal_tokens_want_a_key(command: Command) -> None:
    result = command("serve", "--config", "supergraph.yaml", "--port", "0")

    assert result.exit_code == 1
    assert "set SUPERGRAPH_INTERNAL_KEY to a secret of 32 bytes or more" in result.stderr


def test_a_worker_is_told_all_that_the_command_line_says_of_what_is_served() -> None:
    switches = {"host": "shop.example", "port": 1, "workers": 2, "introspection": True, "graphiql": True}
    source = Source(Path("router.yaml"), Path("graph.graphql"), switches)

    assert " ".join(source.arguments()) == (
        "--config router.yaml --supergraph graph.graphql --introspection --graphiql --host shop.example"
    )
