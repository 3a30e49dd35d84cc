"""Whom the router trusts over TLS, and how it shows who it is."""

from __future__ import annotations

from pathlib import Path
from typing import Self

from pydantic import model_validator

from supergraph.configuration.section import Section


class TlsConfiguration(Section):
    """PEM files for connections by `https://` and `wss://`.

    `ca` has the authorities that are trusted, in place of those that everybody trusts. By `certificate` and `key` the
    router shows who it is (mutual TLS); a key may stand in the certificate's file.
    """

    ca: Path | None = None
    certificate: Path | None = None
    key: Path | None = None

    @model_validator(mode="after")
    def _a_certificate_for_the_key(self) -> Self:
        if self.key is not None and self.certificate is None:
            raise ValueError("a `key` needs its `certificate`")
        return self
