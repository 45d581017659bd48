"""What mutants inside the service are made of: names of the mock's modules are replaced.

They are for what no rewriting of answers can reach.
"""

from collections.abc import Callable
from typing import Any

from .mutant import Kind, Mutant, Patch

Patches = Callable[[], tuple[Patch, ...]]
Make = Callable[[Any], Any]


def swap(owner: Any, name: str, make: Make) -> Patches:
    """Replace one name."""
    return lambda: (Patch(owner, name, make),)


def instead(function: Callable[..., Any]) -> Make:
    """Put a function in the place of another one, which it does not need."""
    return lambda _found: function


def switched(  # noqa: PLR0913, PLR0917 - a row of a table
    kind: Kind, name: str, sentence: str, expects: str, patches: Patches, equivalent: str = ""
) -> Mutant:
    """Return a mutant inside the service; `expects` are ids of rules between spaces."""
    return Mutant(
        id=name, kind=kind, sentence=sentence, expects=tuple(expects.split()), patches=patches, equivalent=equivalent
    )
