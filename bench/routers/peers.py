"""The routers that are compared: how each is installed and started.

Those of others come from npm, into a folder outside of this tree. Each has its defaults, but for what keeps it from
answering here at all.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bench.routers.world import SDLS

FOLDER = Path(os.environ.get("BENCH_ROUTERS", "") or Path(tempfile.gettempdir()) / "bench-routers")

PACKAGES: Mapping[str, Mapping[str, str]] = {
    "apollo": {"@apollo/gateway": "2.14.4", "@apollo/server": "5.5.1", "graphql": "16.15.0"},
    "hive": {
        "@graphql-hive/gateway": "2.15.1",
        "@graphql-hive/router-runtime": "1.4.23",
        "graphql": "16.15.0",
    },
    "grafbase": {"@grafbase/cli-x86_64-unknown-linux-musl": "0.103.0"},
}
TOKENS = "ours-tokens"
"""This router, which verifies an access token with each request and sends one of its own to the subgraphs."""

OVERRIDES = {"hive": {"@graphql-tools/batch-execute": "10.2.0"}}
"""A range of hive's asks for a release that there is not."""

APOLLO = """
const { readFileSync } = require("node:fs");
const { ApolloServer } = require("@apollo/server");
const { startStandaloneServer } = require("@apollo/server/standalone");
const { ApolloGateway } = require("@apollo/gateway");
const [supergraph, port] = process.argv.slice(2);
const gateway = new ApolloGateway({ supergraphSdl: readFileSync(supergraph, "utf8") });
startStandaloneServer(new ApolloServer({ gateway }), { listen: { host: "127.0.0.1", port: Number(port) } });
"""
HIVE = """
import {{ defineConfig }} from "@graphql-hive/gateway";
{imports}
export const gatewayConfig = defineConfig({{ {values} logging: "error" }});
"""
RUNTIME = 'import { unifiedGraphHandler } from "@graphql-hive/router-runtime";'


@dataclass(frozen=True, slots=True)
class Peer:
    """A router: `command` starts it for a supergraph file, at a port; `path` is where it takes requests.

    One that `identifies` is sent an access token with each request, and tells the subgraphs who asks.
    """

    command: Callable[[Path, int], list[str]]
    package: str = ""
    path: str = "/graphql"
    files: Mapping[str, str] = field(default_factory=dict)
    identifies: bool = False

    @property
    def folder(self) -> Path:
        """Where it is installed."""
        return FOLDER / self.package

    def install(self, subgraphs: str) -> None:
        """Install it, and write its own files, for subgraphs below that URL.

        Raises `OSError` or `CalledProcessError` where it cannot be had.
        """
        if not self.package:
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        for name, text in self.files.items():
            (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
            (self.folder / name).write_text(text.replace("SUBGRAPHS", subgraphs))
        if not (self.folder / "node_modules").is_dir():
            wanted = {
                "private": True,
                "dependencies": PACKAGES[self.package],
                "overrides": OVERRIDES.get(self.package, {}),
            }
            (self.folder / "package.json").write_text(json.dumps(wanted))
            subprocess.run(
                [shutil.which("npm") or "npm", "install", "--silent", "--no-audit", "--no-fund"],
                cwd=self.folder,
                check=True,
            )


def _ours(supergraph: Path, port: int) -> list[str]:
    return [sys.executable, "-m", "supergraph", "serve", "--supergraph", str(supergraph), "--port", str(port)]


def _apollo(supergraph: Path, port: int) -> list[str]:
    return ["node", "apollo.cjs", str(supergraph), str(port)]


def _hive(config: str) -> Callable[[Path, int], list[str]]:
    return lambda supergraph, port: [
        "node_modules/.bin/hive-gateway", "supergraph", str(supergraph), "-c", config,
        "--host", "127.0.0.1", "-p", str(port),
    ]  # fmt: skip


def _grafbase(_: Path, port: int) -> list[str]:
    program = "node_modules/@grafbase/cli-x86_64-unknown-linux-musl/grafbase"
    return [program, "dev", "-c", "grafbase.toml", "--listen-address", f"127.0.0.1:{port}"]


def _grafbase_files() -> dict[str, str]:
    lines = ["[graph]", "introspection = false"]
    for name in SDLS:
        lines += [f"[subgraphs.{name}]", f'url = "SUBGRAPHS/{name}"', f'schema_path = "{name}.graphql"']
    return {"grafbase.toml": "\n".join(lines), **{f"{name}.graphql": sdl for name, sdl in SDLS.items()}}


PEERS: Mapping[str, Peer] = {
    "ours": Peer(_ours),
    TOKENS: Peer(_ours, identifies=True),
    "apollo": Peer(_apollo, "apollo", "/", {"apollo.cjs": APOLLO}),
    "hive": Peer(_hive("plain.mjs"), "hive", files={"plain.mjs": HIVE.format(imports="", values="")}),
    "hive-rust": Peer(
        _hive("rust.mjs"),
        "hive",
        files={"rust.mjs": HIVE.format(imports=RUNTIME, values="unifiedGraphHandler,")},
    ),
    "grafbase": Peer(_grafbase, "grafbase", files=_grafbase_files()),
}
