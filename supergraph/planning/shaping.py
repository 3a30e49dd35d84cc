"""The response's shape: which part answers each field that the client asked for, under the client's names."""

from __future__ import annotations

from collections.abc import Mapping

from graphql import (
    GraphQLInterfaceType,
    GraphQLObjectType,
    SchemaMetaFieldDef,
    TypeMetaFieldDef,
    TypeNameMetaFieldDef,
)

from supergraph.planning.denials import Denials
from supergraph.planning.guards import NEVER
from supergraph.planning.operation import Place, Selections
from supergraph.planning.parts import Part
from supergraph.planning.query_plan import FieldShape, ObjectShape
from supergraph.planning.settling import Settlement
from supergraph.planning.sites import Site

META_FIELDS = {"__typename": TypeNameMetaFieldDef, "__schema": SchemaMetaFieldDef, "__type": TypeMetaFieldDef}


class Shaping:
    """Makes the shape of one settled site and all below it."""

    def __init__(
        self,
        settlement: Settlement,
        denials: Denials,
        parts: Mapping[Part, int],
        positions: Mapping[Site, int],
    ) -> None:
        self.settlement = settlement
        self.denials = denials
        self.parts = parts
        self.positions = positions
        self.api = settlement.search.graph.supergraph.api
        self._shapes: dict[tuple[Site, int], ObjectShape] = {}

    def shape(self, site: Site, selections: Selections) -> ObjectShape:
        """The shape of the objects at a site, for one selection of them."""
        memo = (site, id(selections))
        if memo not in self._shapes:
            self._shapes[memo] = ObjectShape(self.positions[site], self._fields(site, selections))
        return self._shapes[memo]

    def _fields(self, site: Site, selections: Selections) -> Mapping[str, tuple[FieldShape, ...]]:
        served = self.settlement.served[site]
        alive = [name for name in selections.fields if self._is_possible(site, name)]
        if site.abstract and not served.typenames:
            alive = alive[:1]
        return {
            name if served.typenames or not site.abstract else site.type: tuple(
                shape for place in selections.places(name) if (shape := self.field(site, name, place))
            )
            for name in alive
        }

    def _is_possible(self, site: Site, concrete: str) -> bool:
        origin = self.settlement.served[site].origin
        return origin is None or site.spot_from(site.kind_of(concrete), origin) is not None

    def field(self, site: Site, concrete: str, place: Place) -> FieldShape | None:
        """The shape of one field of a concrete type, at one of its places.

        None where the field's guard and its parents' can never hold together.
        """
        field, guard = place
        if field.name in META_FIELDS:
            type_ = META_FIELDS[field.name].type
            return FieldShape(field.response_key, field.name, field.name, type_, (), guard)
        parent = self.api.type_map[concrete]
        assert isinstance(parent, GraphQLObjectType | GraphQLInterfaceType)  # noqa: S101 - or it has no fields
        type_ = parent.fields[field.name].type
        denied = self.denials.denial(concrete, field)
        if denied:
            return FieldShape(field.response_key, field.name, field.name, type_, (), guard, denied=denied)
        want = site.answers[concrete, field]
        if want.guard == NEVER:
            return None
        if not self.settlement.is_agreed(site, want.kind):
            return FieldShape(field.response_key, field.name, want.key, type_, (), guard, disputed=True)
        if want.child:
            sources = self.settlement.served[want.child].embedded
        else:
            sources = self.settlement.served[site].sources[want, concrete]
        return FieldShape(
            response_key=field.response_key,
            name=field.name,
            key=want.key,
            type=type_,
            sources=tuple([self.parts[part] for part in sources]),
            guard=guard,
            shape=self.shape(want.child, field.selections) if want.child and field.selections else None,
        )
