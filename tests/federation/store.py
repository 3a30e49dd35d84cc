"""A store of data that answers fields: what a subgraph made of data resolves from.

The store maps a root type to its fields, and any other type to the list of its objects:

    {"Query": {"viewer": {"$ref": "User", "id": "u1"}},
     "User": [{"id": "u1", "name": "Ada", "friends": [{"$ref": "User", "id": "u2"}]}, ...]}

An object's `__typename` is that of its list, where it does not say otherwise. A value is what JSON says,
except for objects with a `$` key, which are worked out when the field is resolved:

    {"$ref": "User", "id": "u1"}           the stored object with these values; `"{id}"` is an argument's
    {"$all": "User"}                       all stored objects of the type
    {"$text": "{name} in {unit}"}          a text of the object's fields and the field's arguments; null in, null out
    {"$case": "unit", "KG": 1, "LB": 2}    a value by an argument's
    {"$field": "weight"}                   another field's value, or, of an argument, the argument's
    {"$error": "no", "code": "X"}          an error
    {"$entity": {...}}                     an object as it stands, its values not looked into
    {"$object": {...}}                     an object, its values worked out at once, with the arguments at hand
    {"$arguments": true}                   the field's arguments, as its subgraph understands them
    {"$write": "User", "id": "{id}", "values": {...}}
                                           the stored object with this id, once it has these values too

A function in place of a value is called with the object and the arguments.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from graphql import GraphQLError

Data = Mapping[str, Any]


class Store:
    """Data by type, and what its values come to."""

    def __init__(self, data: Data) -> None:
        self._data = data
        self._written: dict[tuple[str, str], dict[str, Any]] = {}

    def renew(self) -> None:
        """Forget what was written."""
        self._written.clear()

    def root(self, type_name: str) -> Data:
        """The fields of a root type."""
        return self._data.get(type_name, {})

    def holds(self, type_name: str) -> bool:
        """Whether there is a list of objects of this type, even an empty one."""
        return type_name in self._data

    def objects(self, type_name: str) -> Iterator[Data]:
        """The stored objects of a type, each with its `__typename`."""
        for each in self._data.get(type_name, ()):
            written = self._written.get((type_name, each["id"]), {}) if "id" in each else {}
            yield {"__typename": type_name, **each, **written}

    def find(self, type_name: str, values: Data) -> Data | None:
        """The first stored object of a type that has all these values."""
        return next((each for each in self.objects(type_name) if self.matches(each, values)), None)

    def matches(self, stored: Any, wanted: Any) -> bool:
        """Whether a stored value has all that is wanted of it."""
        stored = self.value(stored, {}, {})
        if isinstance(wanted, Mapping):
            return isinstance(stored, Mapping) and all(
                self.matches(stored.get(name), value) for name, value in wanted.items()
            )
        if isinstance(wanted, list) and isinstance(stored, list):
            return len(stored) == len(wanted) and all(map(self.matches, stored, wanted))
        return stored == wanted

    def value(self, value: Any, parent: Data, arguments: Data) -> Any:
        """What a value comes to, as a field of `parent` asked for with these arguments."""
        if callable(value):
            return self.value(value(parent, arguments), parent, arguments)
        if isinstance(value, Sequence) and not isinstance(value, str):
            return [self._item(item, parent, arguments) for item in value]
        if isinstance(value, Mapping) and (operator := next((k for k in value if k.startswith("$")), None)):
            return getattr(self, f"_{operator[1:]}")(value, parent, arguments)
        return value

    def _item(self, item: Any, parent: Data, arguments: Data) -> Any:
        try:
            return self.value(item, parent, arguments)
        except GraphQLError as error:
            return error

    def _ref(self, value: Data, parent: Data, arguments: Data) -> Data | None:
        names = {**parent, **arguments}
        wanted = {
            name: each.format_map(names) if isinstance(each, str) else each
            for name, each in value.items()
            if name != "$ref"
        }
        return self.find(value["$ref"], wanted)

    def _all(self, value: Data, _parent: Data, _arguments: Data) -> list[Data]:
        return list(self.objects(value["$all"]))

    def _text(self, value: Data, parent: Data, arguments: Data) -> str | None:
        used = _Used({**parent, **arguments}, self)
        text = value["$text"].format_map(used)
        return None if used.null else text

    def _case(self, value: Data, parent: Data, arguments: Data) -> Any:
        return self.value(value.get(str(arguments.get(value["$case"]))), parent, arguments)

    def _field(self, value: Data, parent: Data, arguments: Data) -> Any:
        return self.value({**parent, **arguments}.get(value["$field"]), parent, arguments)

    def _error(self, value: Data, _parent: Data, _arguments: Data) -> Any:
        raise GraphQLError(value["$error"], extensions={"code": value["code"]} if "code" in value else None)

    def _entity(self, value: Data, _parent: Data, _arguments: Data) -> Data:
        return value["$entity"]

    def _object(self, value: Data, parent: Data, arguments: Data) -> Data:
        return {name: self.value(each, parent, arguments) for name, each in value["$object"].items()}

    def _arguments(self, _value: Data, _parent: Data, arguments: Data) -> Data:
        return arguments

    def _write(self, value: Data, parent: Data, arguments: Data) -> Data | None:
        wanted = {"$ref": value["$write"], "id": value["id"]}
        stored = self._ref(wanted, parent, arguments)
        if stored is None:
            return None
        values = {name: self.value(each, stored, arguments) for name, each in value["values"].items()}
        self._written.setdefault((value["$write"], stored["id"]), {}).update(values)
        return self._ref(wanted, parent, arguments)


class _Used(dict[str, Any]):
    """The names that a text uses; `null` tells whether one of them had no value."""

    def __init__(self, names: Data, store: Store) -> None:
        super().__init__(names)
        self._store = store
        self.null = False

    def __getitem__(self, name: str) -> Any:
        value = self._store.value(self.get(name), self, {})
        self.null = self.null or value is None
        return value
