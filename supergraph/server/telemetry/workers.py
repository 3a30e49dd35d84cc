"""What operators may ask a router of several processes: one address, and the answer of all."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

import httpx2
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.registry import Collector, CollectorRegistry
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

ANSWERED_WITHIN_S = 5.0


def create_workers_site(sockets: Mapping[int, Path], restarts: Callable[[], Mapping[int, int]]) -> Starlette:
    """The application that asks each worker, at its Unix socket.

    `GET /metrics` has the metrics of all, each with the label `worker`; of everything else the first answer counts
    that is one. `restarts` says how often each worker was started again.
    """

    async def metrics(_: Request) -> Response:
        texts = {
            number: reply.text
            for number, reply in (await _ask_all(sockets, "/metrics")).items()
            if reply.status_code == 200
        }
        registry = CollectorRegistry()
        registry.register(_Merged(texts, restarts()))
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)

    async def first_answer(request: Request) -> Response:
        for reply in (await _ask_all(sockets, request.url.path)).values():
            if reply.status_code == 200:
                return Response(reply.content, media_type=reply.headers.get("content-type"))
        return Response(status_code=404)

    return Starlette(routes=[Route("/metrics", metrics), Route("/{path:path}", first_answer)])


async def _ask_all(sockets: Mapping[int, Path], path: str) -> dict[int, httpx2.Response]:
    """The workers' answers; one that has none is left out."""
    replies = await asyncio.gather(
        *(_ask(socket, path) for socket in sockets.values()), return_exceptions=True
    )
    return {
        number: reply
        for number, reply in zip(sockets, replies, strict=True)
        if isinstance(reply, httpx2.Response)
    }


async def _ask(socket: Path, path: str) -> httpx2.Response:
    transport = httpx2.AsyncHTTPTransport(uds=str(socket), trust_env=False)
    async with httpx2.AsyncClient(transport=transport, timeout=ANSWERED_WITHIN_S) as client:
        return await client.get(f"http://worker{path}")


class _Merged(Collector):
    """Several processes' metrics: each sample with the number of its worker."""

    def __init__(self, texts: Mapping[int, str], restarts: Mapping[int, int]) -> None:
        self._texts = texts
        self._restarts = restarts

    def collect(self) -> Iterable[Metric]:
        yield from self._workers()
        merged: dict[str, Metric] = {}
        for number, text in self._texts.items():
            for family in text_string_to_metric_families(text):
                own = merged.setdefault(family.name, Metric(family.name, family.documentation, family.type))
                for sample in family.samples:
                    labels = {**sample.labels, "worker": str(number)}
                    own.samples.append(sample._replace(labels=labels))
        yield from merged.values()

    def _workers(self) -> Iterator[Metric]:
        answering = GaugeMetricFamily("supergraph_workers", "Processes that answer.")
        answering.add_metric((), len(self._texts))
        yield answering
        restarts = CounterMetricFamily(
            "supergraph_worker_restarts", "How often a process was started again.", labels=("worker",)
        )
        for number, times in self._restarts.items():
            restarts.add_metric((str(number),), times)
        yield restarts
