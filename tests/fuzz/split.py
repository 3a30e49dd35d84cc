"""A world split into subgraphs: what each of them knows of each type, and its SDL."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from tests.fuzz.world import World, block

IMPORTS = (
    "key",
    "requires",
    "provides",
    "external",
    "shareable",
    "override",
    "interfaceObject",
    "inaccessible",
)


@dataclass
class Share:
    """A field in one subgraph.

    Neither an `external` one nor one that was `lost` to another subgraph's `@override` is resolved here. With a
    `label` it is resolved by the one who overrides while the label is on, and else by the one who is `leaving` it.
    """

    external: bool = False
    shareable: bool = False
    requires: str = ""
    provides: str = ""
    override: str = ""
    label: str = ""
    lost: bool = False
    leaving: str = ""

    @property
    def resolved(self) -> bool:
        """Whether this subgraph resolves the field."""
        return not self.external and not self.lost

    def __str__(self) -> str:
        texts = {
            "@external": self.external,
            "@shareable": self.shareable,
            f"@requires(fields: {json.dumps(self.requires)})": self.requires,
            f"@provides(fields: {json.dumps(self.provides)})": self.provides,
            f'@override(from: "{self.override}"{self._labelled})': self.override,
        }
        return "".join(f" {text}" for text, holds in texts.items() if holds)

    @property
    def _labelled(self) -> str:
        return f', label: "{self.label}"' if self.label else ""


@dataclass
class Known:
    """A type in one subgraph; `keys` says of each whether it is resolvable."""

    fields: dict[str, Share] = field(default_factory=dict)
    keys: dict[str, bool] = field(default_factory=dict)
    interface_object: bool = False
    extended: bool = False

    def knows_key(self, name: str) -> bool:
        """Whether a field belongs to a key here."""
        return any(name in re.sub(r"{.*}", "", key).split() for key in self.keys)


@dataclass
class Subgraph:
    """One subgraph; `interfaces` are the interface types by name, `unions` the unions' members here.

    One of the `first_version` is written as for Federation 1.
    """

    name: str
    world: World
    types: dict[str, Known] = field(default_factory=dict)
    interfaces: dict[str, Known] = field(default_factory=dict)
    unions: dict[str, list[str]] = field(default_factory=dict)
    first_version: bool = False

    def known(self, name: str) -> Known:
        """What is known of an object type; nothing at first."""
        return self.types.setdefault(name, Known())

    def sdl(self) -> str:
        """The subgraph's SDL."""
        return "\n".join(self._definitions())

    def _definitions(self) -> Iterator[str]:
        if not self.first_version:
            imports = ", ".join(f'"@{name}"' for name in IMPORTS)
            link = "https://specs.apollo.dev/federation/v2.7"
            yield f'extend schema @link(url: "{link}", import: [{imports}])'
        yield from self._leaves()
        for name, known in self.interfaces.items():
            yield block("interface", name, [], self._fields(name, known), _keys(known))
        yield from (f"union {name} = {' | '.join(members)}" for name, members in self.unions.items())
        for name, known in self.types.items():
            yield self._object(name, known)

    def _object(self, name: str, known: Known) -> str:
        if known.interface_object:
            return block("type", name, [], self._fields(name, known), f"{_keys(known)} @interfaceObject")
        interfaces = [each for each in self.world.objects[name].interfaces if each in self.interfaces]
        keyword = "extend type" if known.extended else "type"
        return block(keyword, name, interfaces, self._fields(name, known), _keys(known))

    def _fields(self, name: str, known: Known) -> list[str]:
        return [
            f"{self.world.field_of(name, each)}{self._directives(name, each, known)}" for each in known.fields
        ]

    def _directives(self, type_name: str, name: str, known: Known) -> str:
        share = known.fields[name]
        if self.first_version:
            external = share.external or (known.extended and known.knows_key(name))
            return str(replace(share, shareable=False, external=external))
        hidden = not share.external and self.world.field_of(type_name, name).hidden
        return f"{share}{' @inaccessible' if hidden else ''}"

    def _leaves(self) -> Iterator[str]:
        """The scalars, enums and input objects that the fields here speak of."""
        todo = [
            text
            for types in (self.types, self.interfaces)
            for name, known in types.items()
            for each in known.fields
            for text in _names(str(self.world.field_of(name, each)))
        ]
        done: set[str] = set()
        while todo:
            if (name := todo.pop()) in done:
                continue
            done.add(name)
            if name in self.world.scalars:
                yield f"scalar {name}"
            elif name in self.world.enums:
                yield f"enum {name} {{ {' '.join(self.world.enums[name])} }}"
            elif name in self.world.inputs:
                arguments = ", ".join(map(str, self.world.inputs[name]))
                yield f"input {name} {{ {arguments} }}"
                todo += _names(arguments)


def _keys(known: Known) -> str:
    return "".join(
        f' @key(fields: "{key}"{"" if resolvable else ", resolvable: false"})'
        for key, resolvable in known.keys.items()
    )


def _names(text: str) -> list[str]:
    return re.findall(r"\w+", text)
