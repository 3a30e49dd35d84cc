"""The directives that the Federation specifications define, and the version from which each is known.

In the definitions, the scalars that a specification brings along stand in braces (`{FieldSet}`); a subgraph
sees them under the names that its `@link`s give them (`federation__FieldSet`).
"""

from __future__ import annotations

from dataclasses import dataclass

Version = tuple[int, int]
"""A specification's version, (major, minor)."""

FEDERATION = "https://specs.apollo.dev/federation"
LINK = "https://specs.apollo.dev/link"
SPECIFICATIONS = "https://specs.apollo.dev/"
LATEST: Version = (2, 12)
FEDERATION_1: Version = (1, 0)
FEDERATION_2: Version = (2, 0)
LINK_VERSION: Version = (1, 0)
UNSUPPORTED = {f"{SPECIFICATIONS}connect": "REST connectors"}
"""Specifications that change who resolves a field, and what they are for: to pass them over would be wrong."""

_EVERY_ELEMENT = (
    "FIELD_DEFINITION | OBJECT | INTERFACE | UNION | ARGUMENT_DEFINITION | SCALAR | ENUM | ENUM_VALUE"
    " | INPUT_OBJECT | INPUT_FIELD_DEFINITION"
)
_GUARDED = "FIELD_DEFINITION | OBJECT | INTERFACE | SCALAR | ENUM"


@dataclass(frozen=True, slots=True)
class DirectiveSpecification:
    """A directive of the Federation specification.

    `arguments` and `locations` are SDL text, `scalars` the scalars that its arguments use, and `since` the
    version of the federation specification that brought it; `repeatable_since` the one from which on it may stand
    somewhere twice.
    """

    name: str
    arguments: str
    locations: str
    since: Version = (2, 0)
    repeatable_since: Version | None = None
    scalars: tuple[str, ...] = ()

    def is_repeatable(self, version: Version) -> bool:
        """Whether it may stand somewhere twice in a version of the specification."""
        return self.repeatable_since is not None and self.repeatable_since <= version


DIRECTIVES: dict[str, DirectiveSpecification] = {
    directive.name: directive
    for directive in (
        DirectiveSpecification(
            "key",
            "fields: {FieldSet}!, resolvable: Boolean = true",
            "OBJECT | INTERFACE",
            FEDERATION_1,
            FEDERATION_1,
            ("FieldSet",),
        ),
        DirectiveSpecification(
            "requires", "fields: {FieldSet}!", "FIELD_DEFINITION", FEDERATION_1, scalars=("FieldSet",)
        ),
        DirectiveSpecification(
            "provides", "fields: {FieldSet}!", "FIELD_DEFINITION", FEDERATION_1, scalars=("FieldSet",)
        ),
        DirectiveSpecification("external", "reason: String", "OBJECT | FIELD_DEFINITION", FEDERATION_1),
        DirectiveSpecification("extends", "", "OBJECT | INTERFACE", FEDERATION_1),
        DirectiveSpecification(
            "tag", "name: String!", f"{_EVERY_ELEMENT} | SCHEMA", FEDERATION_1, FEDERATION_1
        ),
        DirectiveSpecification("shareable", "", "OBJECT | FIELD_DEFINITION", repeatable_since=(2, 2)),
        DirectiveSpecification("inaccessible", "", _EVERY_ELEMENT),
        DirectiveSpecification("override", "from: String!, label: String", "FIELD_DEFINITION"),
        DirectiveSpecification("composeDirective", "name: String", "SCHEMA", (2, 1), (2, 1)),
        DirectiveSpecification("interfaceObject", "", "OBJECT", (2, 3)),
        DirectiveSpecification("authenticated", "", _GUARDED, (2, 5)),
        DirectiveSpecification(
            "requiresScopes", "scopes: [[{Scope}!]!]!", _GUARDED, (2, 5), scalars=("Scope",)
        ),
        DirectiveSpecification("policy", "policies: [[{Policy}!]!]!", _GUARDED, (2, 6), scalars=("Policy",)),
        DirectiveSpecification("context", "name: String!", "INTERFACE | OBJECT | UNION", (2, 8), (2, 8)),
        DirectiveSpecification(
            "fromContext",
            "field: {ContextFieldValue}",
            "ARGUMENT_DEFINITION",
            (2, 8),
            scalars=("ContextFieldValue",),
        ),
        DirectiveSpecification(
            "cost",
            "weight: Int!",
            "ARGUMENT_DEFINITION | ENUM | FIELD_DEFINITION | INPUT_FIELD_DEFINITION | OBJECT | SCALAR",
            (2, 9),
        ),
        DirectiveSpecification(
            "listSize",
            "assumedSize: Int, slicingArguments: [String!], sizedFields: [String!],"
            " requireOneSlicingArgument: Boolean = true",
            "FIELD_DEFINITION",
            (2, 9),
        ),
        DirectiveSpecification("cacheTag", "format: String!", "FIELD_DEFINITION | OBJECT", (2, 12), (2, 12)),
    )
}
"""Every federation directive that composition knows, by name."""

SCALARS = ("FieldSet", "Scope", "Policy", "ContextFieldValue")
"""The scalars that the federation specification defines."""

STANDALONE: dict[str, tuple[str, ...]] = {
    "tag": ("tag",),
    "inaccessible": ("inaccessible",),
    "authenticated": ("authenticated",),
    "requiresScopes": ("requiresScopes",),
    "policy": ("policy",),
    "cost": ("cost", "listSize"),
    "context": ("context", "fromContext"),
    "cacheTag": ("cacheTag",),
}
"""Specifications of their own that federation takes in, and the federation directives that each is."""

JOINED = frozenset({"cacheTag"})
"""Directives that the supergraph does not define: `@join__directive` says which subgraph applies them where."""

BUILT_IN_DIRECTIVES = frozenset({"deprecated", "specifiedBy", "oneOf", "skip", "include"})
"""What the GraphQL specification defines itself."""


def known_directives(version: Version) -> dict[str, DirectiveSpecification]:
    """The directives of one version of the federation specification, by name."""
    return {name: directive for name, directive in DIRECTIVES.items() if directive.since <= version}
