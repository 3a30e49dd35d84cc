"""The access log: one event a request, once it has been answered."""

from __future__ import annotations

import logging
from ipaddress import ip_address, ip_network

import structlog

from supergraph.configuration import ClientAddress
from supergraph.server.telemetry.observation import Observation, Observer

LOGGER = "supergraph.access"
PREFIXES = {4: 24, 6: 48}


class AccessLog(Observer):
    """Logs what was asked by its name, and how it went: no variables, no tokens, no document."""

    def __init__(self, client_address: ClientAddress) -> None:
        self._client_address: ClientAddress = client_address
        self._log = structlog.get_logger(LOGGER)
        # The log as a whole tells of what went wrong only.
        logging.getLogger(LOGGER).setLevel(logging.INFO)

    def request_ends(self, observation: Observation) -> None:
        self._log.info(
            "request",
            protocol=observation.protocol,
            kind=observation.kind,
            operation=observation.name,
            operations=1 if observation.batch is None else observation.batch,
            status=observation.status,
            duration_ms=round(observation.seconds * 1000, 3),
            fetches=observation.fetched.total(),
            subgraphs=dict(observation.fetched),
            errors=dict(observation.codes),
            client=shown_address(observation.client.address, self._client_address),
            trace_id=observation.trace_id,
        )


def shown_address(address: str | None, wanted: ClientAddress) -> str | None:
    """The address as it may be logged: whole, as its network (`203.0.113.0/24`), or not at all."""
    if address is None or wanted == "none":
        return None
    if wanted == "full":
        return address
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return None  # a name, for which there is no network
    return str(ip_network((parsed, PREFIXES[parsed.version]), strict=False))
