"""TLS to subgraphs and issuers, as configured."""

from __future__ import annotations

import hashlib
import ssl
from collections.abc import Hashable
from dataclasses import dataclass
from pathlib import Path

from supergraph.configuration import Configuration, ConfigurationError, TlsConfiguration


@dataclass(frozen=True, slots=True)
class Tls:
    """The files of one section, `key`, of the configuration."""

    key: str
    ca: Path | None
    certificate: Path | None
    private_key: Path | None

    @property
    def files(self) -> list[Path]:
        """Those that there are."""
        return [file for file in (self.ca, self.certificate, self.private_key) if file is not None]

    def made_from(self) -> Hashable:
        """What a context depends on: the files, and what stands in them; raises `ConfigurationError`."""
        return tuple((file, self._digest(file)) for file in self.files)

    def context(self) -> ssl.SSLContext:
        """A context of one's own, for what speaks over it may say so in it; raises `ConfigurationError`."""
        try:
            context = ssl.create_default_context(cafile=self.ca)
            if self.certificate is not None:
                context.load_cert_chain(self.certificate, self.private_key, password=self._refuse_password)
        except (OSError, ssl.SSLError, ValueError) as error:
            files = ", ".join(str(file) for file in self.files)
            raise ConfigurationError(f"{self.key}: {files} cannot be used: {error}.") from error
        return context

    def _digest(self, file: Path) -> str:
        try:
            return hashlib.sha256(file.read_bytes()).hexdigest()
        except OSError as error:
            raise ConfigurationError(f"{self.key}: {file} cannot be read: {error.strerror}.") from error

    @staticmethod
    def _refuse_password() -> str:
        raise ValueError("the key is encrypted, and nobody is there to say its password")


def tls_of(configuration: Configuration, subgraph: str = "") -> Tls:
    """TLS to a subgraph: its own section, or else that of all."""
    configured = configuration.subgraphs.get(subgraph)
    if configured is not None and configured.tls is not None:
        return _at(configuration, f"subgraphs.{subgraph}.tls", configured.tls)
    return _at(configuration, "upstream.tls", configuration.upstream.tls)


def tls_files(configuration: Configuration) -> list[Path]:
    """All files of certificates and keys."""
    return [file for name in ("", *configuration.subgraphs) for file in tls_of(configuration, name).files]


def _at(configuration: Configuration, key: str, wanted: TlsConfiguration) -> Tls:
    ca, certificate, private_key = (
        None if file is None else configuration.at(file)
        for file in (wanted.ca, wanted.certificate, wanted.key)
    )
    return Tls(key, ca, certificate, private_key)
