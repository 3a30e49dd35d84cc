"""What a contract says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from supergraph.composition.result import CompositionError

_TAG = re.compile(r"[A-Za-z0-9/-]{1,128}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Contract:
    """A choice of elements by their tags.

    With `include`, fields of objects and interfaces, and unions, are left out unless they carry one of these
    tags; a tag on an object or interface type counts for its fields. What carries a tag of `exclude` is left
    out, whatever else it carries. With `hide_unreachable`, types that no operation can lead to are left out.
    """

    name: str
    include: frozenset[str] = frozenset()
    exclude: frozenset[str] = frozenset()
    hide_unreachable: bool = True

    def faults(self) -> Iterator[CompositionError]:
        """What is wrong with the contract itself, whatever it is applied to."""
        if not self.include and not self.exclude:
            yield self._fault("names no tag", "Name tags to include or to exclude.")
        for tag in sorted(self.include & self.exclude):
            yield self._fault(f'both includes and excludes the tag "{tag}"', "Keep one of the two.")
        for tag in sorted(self.include | self.exclude):
            if not _TAG.fullmatch(tag):
                yield self._fault(
                    f'names the tag "{tag}", which is no valid one',
                    "A tag has at most 128 characters: letters, digits, hyphens and slashes.",
                )

    def _fault(self, what: str, advice: str) -> CompositionError:
        return CompositionError("INPUT_VALIDATION", f'The contract "{self.name}" {what}.', (), advice)
