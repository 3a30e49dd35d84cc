"""Who asks, and how the subgraphs learn it."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from supergraph.configuration.section import Section

Algorithm = Literal["EdDSA", "ES256", "ES384", "ES512", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512"]


class KeySetConfiguration(Section):
    """Where the issuer's JSON Web Key Set is: at `url`, or at `path` of a subgraph's host."""

    url: str = ""
    subgraph: str = ""
    path: str = "/.well-known/jwks.json"

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if bool(self.url) == bool(self.subgraph):
            raise ValueError("give either `url`, or `subgraph` with `path`")
        return self


class AccessTokensConfiguration(Section):
    """What an access token (RFC 9068) must be, to be believed.

    `types` are the values that the token's header may have for `typ`: an issuer that writes `JWT` there needs
    `[JWT]`, and must give its other tokens another audience. `leeway_seconds` allows for unequal clocks.
    `policies_claim` is the claim with the names of the policies that hold for the bearer, for `@policy`; none holds
    where there is no such claim.
    """

    key_set: KeySetConfiguration
    issuer: str
    audience: str
    algorithms: tuple[Algorithm, ...] = ("EdDSA",)
    types: tuple[str, ...] = Field(default=("at+jwt",), min_length=1)
    policies_claim: str = ""
    leeway_seconds: float = Field(default=10, ge=0, le=300)


class IdentityConfiguration(Section):
    """Who asks, and how the subgraphs learn it.

    Without `access_tokens` everybody is anonymous. With `internal_tokens` each subgraph request carries a
    token of the router's, signed with the key in the environment variable `SUPERGRAPH_INTERNAL_KEY`. A field that
    the caller may not see is never fetched: `unauthorized` says whether it is null, or the request refused whole.
    """

    access_tokens: AccessTokensConfiguration | None = None
    internal_tokens: bool = False
    unauthorized: Literal["withhold", "refuse"] = "withhold"
