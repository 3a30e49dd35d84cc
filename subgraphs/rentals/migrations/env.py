"""Runs this subgraph's revisions."""

from alembic import context

from subgraphs.common.migrations import run

run(context)  # pyright: ignore[reportArgumentType] - alembic's `context` is a proxy of the environment
