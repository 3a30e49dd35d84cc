"""The function that shapes a response: for each object a dictionary, with a line for each of its fields."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from supergraph.execution.compiled import runtime
from supergraph.execution.compiled.keys import Keys
from supergraph.execution.compiled.leaves import leaf_expression
from supergraph.execution.compiled.positions import Plan, Shares, attach
from supergraph.execution.compiled.source import Source
from supergraph.execution.shape_steps import FieldStep, ObjectStep, TypeStep
from supergraph.planning.query_plan import Guard, Position

UNUSUAL = "raise Unusual"


def add_shaping(
    source: Source, plan: Plan, keys: Keys, step: ObjectStep, decisions: Mapping[Guard, bool]
) -> None:
    """Add `shape(roots, entities, introspection, asked)`, which gives the response's `data`.

    `asked` has the parts whose representations were collected by the program: these are numbered by its keys.
    """
    shaping = _Shaping(source, plan, keys, decisions)
    with source.block("def shape(roots, entities, introspection, asked):"):
        for part in sorted(plan.entity_parts):
            source.add(f"indexes{part}, items{part} = table(entities, {part})")
        name = shaping.object(step, ())
        source.add(f"return {name}()")


class _Shaping:
    """Adds the functions of objects, each once; what is below an object before it."""

    def __init__(self, source: Source, plan: Plan, keys: Keys, decisions: Mapping[Guard, bool]) -> None:
        self._source = source
        self._plan = plan
        self._keys = keys
        self._decisions = decisions
        self._made: dict[tuple[int, tuple[int, ...]], str] = {}
        self._numbers = 0
        for name in (
            "Unusual",
            "table",
            "null",
            "never",
            "first",
            "each",
            "together",
            "name_of",
            "plain_list",
        ):
            source.names[name] = getattr(runtime, name)

    def object(self, step: ObjectStep, embedded: tuple[int, ...]) -> str:
        """Give the name of the function that shapes objects at a place, of their shares in these parts."""
        made = (id(step), embedded)
        if made not in self._made:
            if step.position.typename:
                self._made[made] = self._of_several_types(step, embedded)
            else:
                type_ = step.position.type
                self._made[made] = self._of_type(step, embedded, type_, step.fields.get(type_))
        return self._made[made]

    def _of_several_types(self, step: ObjectStep, embedded: tuple[int, ...]) -> str:
        functions = {
            type_: self._of_type(step, embedded, type_, fields) for type_, fields in step.fields.items()
        }
        table = self._new("by_type")
        entries = ", ".join(f"{type_!r}: {name}" for type_, name in functions.items())
        self._source.add(f"{table} = {{{entries}}}")
        name = self._new("object")
        with self._function(name, embedded) as shares:
            attach(self._source, self._plan, step.position, shares, step.position.typename)
            told = [shares.names[part] for part in shares.of(step.position.typename)]
            given = ", ".join(shares.names[part] for part in embedded)
            self._source.add(f"return {table}[name_of({', '.join(told)})]({given})")
        return name

    def _of_type(
        self, step: ObjectStep, embedded: tuple[int, ...], type_: str, fields: Sequence[FieldStep] | None
    ) -> str:
        counting = None if fields is None else self._counting(fields)
        for field in counting or ():
            if field.sources and (below := field.type.innermost.object) is not None:
                self.object(below, field.sources)
        name = self._new("object")
        numbered = () if counting is None else self._numbered(step.position, embedded, counting)
        if numbered:
            self._source.add(f"made_{name} = {{}}")
            known = " and ".join(f"{part} in asked" for part in numbered)
            self._source.add(f"alike_{name} = {known}")
        with self._function(name, embedded) as shares:
            if counting is None or any(field.denied is not None or field.disputed for field in counting):
                self._source.add(UNUSUAL)
                return name
            if numbered:
                self._source.add(f"number = indexes{numbered[0]}.get(id(e{embedded[0]}))")
                self._source.add(f"made = made_{name}.get(number)")
                self._source.add("if made is not None: return made")
            wanted = {part for field in counting for part in field.sources}
            attach(self._source, self._plan, step.position, shares, wanted)
            with self._source.block("made = {" if numbered else "return {"):
                for field in counting:
                    self._source.add(f"{field.response_key!r}: {self._field(field, shares, type_)},")
            self._source.add("}")
            if numbered:
                self._source.add(f"if alike_{name} and number is not None: made_{name}[number] = made")
                self._source.add("return made")
        return name

    def _numbered(
        self, position: Position, embedded: tuple[int, ...], fields: Sequence[FieldStep]
    ) -> Sequence[int]:
        """Give the attached parts by whose common number an object is the same; none where it is not.

        Lists often have the same entity again and again: it is shaped once then.
        """
        attached = {part for field in fields for part in field.sources if part not in embedded}
        keys = {self._keys.of(part) for part in attached}
        key = keys.pop() if len(keys) == 1 else None
        if key is None or key.position != position.id:
            return ()
        for field in fields:
            own = set(field.sources) & set(embedded)
            if own and (field.key not in key.fields or field.type.innermost.object is not None):
                return ()
            if not field.sources and field.key != "__typename":
                return ()
        return sorted(attached)

    def _counting(self, fields: Sequence[FieldStep]) -> Sequence[FieldStep]:
        """Give the fields that count, each at its first place that does."""
        found: dict[str, FieldStep] = {}
        for field in fields:
            if self._decisions[field.guard]:
                found.setdefault(field.response_key, field)
        return tuple(found.values())

    def _field(self, field: FieldStep, shares: Shares, type_: str) -> str:
        if not field.sources:
            return repr(type_) if field.key == "__typename" else f"introspection.get({field.response_key!r})"
        sources = shares.of(field.sources)
        name = self._new("v")
        if not sources:
            return "None" if field.type.nullable else "never(None)"
        if len(sources) == 1:
            value = shares.value(sources[0], field.key)
            return self._completed(field.type, value, name, field.sources, sources[0])
        given = ", ".join([repr(field.key), *(shares.names.get(part, "None") for part in field.sources)])
        if field.type.innermost.object is not None:
            return self._together(field, f"each({given})")
        if field.type.item is None:
            return leaf_expression(self._source, field.type, f"first({given})", name)
        lists = f"plain_list(*(each({given}) or (None,)))"
        return self._completed(field.type, lists, name, (), -1)

    def _completed(self, step: TypeStep, value: str, name: str, embedded: tuple[int, ...], part: int) -> str:
        """Give the expression that completes a value of one part."""
        otherwise = f"null({name})" if step.nullable else f"never({name})"
        if step.item is not None:
            item = self._new("v")
            each = self._completed(step.item, item, self._new("v"), embedded, part)
            return (
                f"([{each} for {item} in {name}] if ({name} := {value}).__class__ is list else {otherwise})"
            )
        if step.object is not None:
            function = self.object(step.object, embedded)
            given = ", ".join(name if each == part else "None" for each in embedded)
            return f"({function}({given}) if ({name} := {value}).__class__ is dict else {otherwise})"
        return leaf_expression(self._source, step, value, name)

    def _together(self, field: FieldStep, values: str) -> str:
        """Give the expression that completes a value of several parts."""
        step, nullable = field.type, [field.type.nullable]
        while step.item is not None:
            step = step.item
            nullable.append(step.nullable)
        assert step.object is not None  # noqa: S101 - there are objects below
        function = self.object(step.object, field.sources)
        return f"together({values}, {tuple(nullable)!r}, {function})"

    def _function(self, name: str, embedded: tuple[int, ...]) -> _Function:
        return _Function(self._source, name, embedded)

    def _new(self, name: str) -> str:
        self._numbers += 1
        return f"{name}{self._numbers}"


class _Function:
    """The context in which a function's lines are added; gives the shares that are its parameters."""

    def __init__(self, source: Source, name: str, embedded: tuple[int, ...]) -> None:
        self._embedded = embedded
        self._block = source.block(f"def {name}({', '.join(f'e{part}' for part in embedded)}):")

    def __enter__(self) -> Shares:
        self._block.__enter__()
        names = {part: f"e{part}" for part in self._embedded}
        return Shares(names, set(self._embedded) if len(self._embedded) == 1 else set())

    def __exit__(self, *exc_info: object) -> None:
        self._block.__exit__(None, None, None)
