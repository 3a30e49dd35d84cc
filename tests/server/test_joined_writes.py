"""The head of a response goes with its body, over a real socket whose writes are looked at."""

import asyncio
from collections.abc import Callable, Iterable
from contextlib import AbstractAsyncContextManager
from typing import Any, cast

import pytest
from starlette.types import ASGIApp, Receive, Scope, Send

from supergraph.server.http_connection import HttpConnection

Served = Callable[[ASGIApp, Any], AbstractAsyncContextManager[str]]
TEXT = (b"content-type", b"text/plain")


@pytest.fixture
def writes(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """What is written to a client, a write each."""
    written: list[bytes] = []

    class Noting:
        def __init__(self, transport: asyncio.Transport) -> None:
            self._transport = transport

        def write(self, data: bytes) -> None:
            written.append(data)
            self._transport.write(data)

        def writelines(self, pieces: Iterable[bytes]) -> None:
            self.write(b"".join(pieces))

        def __getattr__(self, name: str) -> Any:
            return getattr(self._transport, name)

    made = HttpConnection.connection_made
    monkeypatch.setattr(
        HttpConnection,
        "connection_made",
        lambda self, transport: made(self, cast("asyncio.Transport", Noting(transport))),
    )
    return written


def answering(*messages: dict[str, Any]) -> ASGIApp:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        for message in messages:
            await send(message)

    return app


def head(*headers: tuple[bytes, bytes]) -> dict[str, Any]:
    return {"type": "http.response.start", "status": 200, "headers": [TEXT, *headers]}


def body(content: bytes, *, more: bool = False) -> dict[str, Any]:
    return {"type": "http.response.body", "body": content, "more_body": more}


async def answer(served: Served, app: ASGIApp, method: str = "GET") -> bytes:
    async with served(app, asyncio.Event()) as address:
        host, _, port = address.rpartition(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(f"{method} / HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n".encode())
        answered = await asyncio.wait_for(reader.read(), 10)
        writer.close()
        return answered


async def test_the_head_is_written_with_the_body(served: Served, writes: list[bytes]) -> None:
    told = await answer(served, answering(head((b"content-length", b"5")), body(b"hello")))
    assert writes == [told]
    assert told.endswith(b"\r\n\r\nhello")


async def test_further_pieces_of_a_body_are_written_as_they_come(served: Served, writes: list[bytes]) -> None:
    messages = head((b"content-length", b"5")), body(b"hel", more=True), body(b"lo")
    told = await answer(served, answering(*messages))
    assert writes == [told[:-2], b"lo"]


async def test_a_head_whose_body_has_no_length_waits_for_nothing(served: Served, writes: list[bytes]) -> None:
    told = await answer(served, answering(head(), body(b"hello")))
    assert writes[0].endswith(b"\r\n\r\n")
    assert b"".join(writes) == told


async def test_a_head_that_no_body_may_follow_is_written(served: Served, writes: list[bytes]) -> None:
    told = await answer(served, answering(head((b"content-length", b"5")), body(b"hello")), "HEAD")
    assert writes == [told]
    assert told.endswith(b"\r\n\r\n")


async def test_a_head_whose_body_never_comes_is_written_at_the_end(
    served: Served, writes: list[bytes]
) -> None:
    told = await answer(served, answering(head((b"content-length", b"5"))))
    assert writes == [told]
    assert told.endswith(b"\r\n\r\n")
