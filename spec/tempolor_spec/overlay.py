"""Reads and applies OpenAPI Overlay documents, versions 1.0 and 1.1.

Two things are stricter or kinder than in the specification, so that an overlay can be trusted and applied again. An
`update` whose target selects nothing does not fit the document, which is an error; a `remove` that finds nothing has
nothing left to do. What a list holds already is not added to it again: the lists of a document (`enum`, `required`,
`tags`, `parameters`) name each thing once. So an overlay changes nothing when it is applied twice.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any, Final

import yaml

MOST_BYTES: Final = 8 << 20
"""The largest file that is read as an overlay."""

MOST_VALUES: Final = 200_000
"""How many values an overlay may hold once every alias in it is written out."""

DEEPEST: Final = 200
"""How many objects and lists may stand in each other."""

_VERSION: Final = re.compile(r"1\.[01](\.\d+)?")
_CONCATENATING: Final = re.compile(r"1\.[1-9]")
_REQUIRED: Final = ("overlay", "info", "actions")
_DEEDS: Final = ("update", "remove", "copy")

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class OverlayError(ValueError):
    """An overlay that cannot be read, or does not fit the document it is applied to; the message says why."""


def read_overlay(file: Path) -> dict[str, Any]:
    """Return the overlay in a YAML or JSON file.

    Raises:
        OverlayError: There is no such file, or it is too large, no YAML, or no overlay of version 1.0 or 1.1.

    """
    try:
        overlay: dict[str, Any] = _parsed(_bytes(file))
        _check(overlay)
    except OverlayError as error:
        raise OverlayError(f"overlay {file}: {error}") from None
    return overlay


def apply_overlay(document: dict[str, Any], overlay: Mapping[str, Any]) -> None:
    """Change `document` in place as the overlay's actions say, one after the other.

    An `update`, or what `copy` selects, is merged into each object that the target selects and appended to each array;
    from version 1.1 on an array is appended item by item, and takes the place of a selected value that is no object
    and no array. With `remove`, what the target selects is taken out.

    Raises:
        OverlayError: A target is not a JSONPath, selects nothing to be changed, or selects what the action cannot
            change. The message names the action by its number from 1, and its target.

    """
    modern = _CONCATENATING.match(str(overlay.get("overlay", ""))) is not None
    for number, action in enumerate(overlay["actions"], 1):
        try:
            _apply(document, action, modern=modern)
        except OverlayError as error:
            raise OverlayError(f"action {number}: target {action['target']} {error}") from None


def _apply(document: dict[str, Any], action: Mapping[str, Any], *, modern: bool) -> None:
    matches = _select(document, action["target"])
    # The specification lets `remove` win where an action has more than one.
    if action.get("remove", False):
        _remove(matches)
        return
    if not matches:
        # The specification would let this pass, but a change that changes nothing is a mistake in the overlay.
        raise OverlayError("selects nothing")
    if "update" in action:
        _update(matches, action["update"], modern=modern)
    elif "copy" in action:
        _update(matches, _copied(document, action["copy"]), modern=modern)


def _select(document: dict[str, Any], target: str) -> list[Any]:
    # Only later revisions have overlays: importing here keeps the library out of everyone else's start-up.
    from jsonpath import JSONPathEnvironment, JSONPathError  # noqa: PLC0415

    try:
        return list(JSONPathEnvironment(strict=True).finditer(target, document))
    except JSONPathError as error:
        raise OverlayError(f"is not a JSONPath: {str(error).splitlines()[0]}") from error


def _copied(document: dict[str, Any], source: str) -> Any:
    found = _select(document, source)
    if len(found) != 1:
        raise OverlayError(f"is to be filled by copy: {source}, which selects {len(found)} values, not one")
    return found[0].obj


def _update(matches: list[Any], update: Any, *, modern: bool) -> None:
    for match in matches:
        if isinstance(match.obj, list):
            _extend(match.obj, update if modern and isinstance(update, list) else [update])
        elif isinstance(match.obj, dict) and isinstance(update, dict):
            _merge(match.obj, update)
        elif modern and match.parent is not None and not isinstance(match.obj, dict) and _is_primitive(update):
            match.parent.obj[match.parts[-1]] = update
        else:
            raise OverlayError("selects a value that cannot be updated")


def _is_primitive(value: Any) -> bool:
    return not isinstance(value, dict | list)


def _merge(node: dict[str, Any], update: dict[str, Any]) -> None:
    for key, value in update.items():
        if isinstance(node.get(key), dict) and isinstance(value, dict):
            _merge(node[key], value)
        elif isinstance(node.get(key), list) and isinstance(value, list):
            _extend(node[key], value)
        else:
            node[key] = deepcopy(value)


def _extend(items: list[Any], more: list[Any]) -> None:
    items.extend([deepcopy(each) for each in more if not any(_same(each, item) for item in items)])


def _same(left: Any, right: Any) -> bool:
    """Whether two values are the same in JSON, where `true` is not 1."""
    return left == right and isinstance(left, bool) == isinstance(right, bool)


def _remove(matches: list[Any]) -> None:
    # From the back, so that taking one item out of an array does not move those still to go.
    for match in reversed(matches):
        if match.parent is None:
            raise OverlayError("selects the whole document, which cannot be removed")
        del match.parent.obj[match.parts[-1]]
        _drop_if_empty(match.parent)


def _drop_if_empty(match: Any) -> None:
    """Take `required` out where no name is left in it: OpenAPI 3.0 has no empty list there."""
    if match.obj == [] and match.parent is not None and match.parts[-1] == "required":
        match.parent.obj.pop("required", None)


def _bytes(file: Path) -> bytes:
    try:
        with file.open("rb") as stream:
            content = stream.read(MOST_BYTES + 1)
    except OSError as error:
        raise OverlayError(f"cannot be read: {error.strerror}") from None
    if len(content) > MOST_BYTES:
        raise OverlayError(f"larger than {MOST_BYTES >> 20} MB, which is no overlay")
    return content


def _parsed(content: bytes) -> Any:
    """Return what YAML says, looked through for its depth first: the loader calls itself at each level."""
    try:
        _check_depth(content)
        overlay = yaml.load(content, Loader=_Loader)  # noqa: S506 - both loaders are safe ones
    except yaml.YAMLError as error:
        raise OverlayError(f"no YAML: {_told(error)}") from None
    except (ValueError, UnicodeDecodeError) as error:
        raise error if isinstance(error, OverlayError) else OverlayError(f"no YAML: {error}") from None
    if sum(1 for _ in zip(_values(overlay), range(MOST_VALUES + 1), strict=False)) > MOST_VALUES:
        raise OverlayError(f"holds more than {MOST_VALUES} values, its aliases written out")
    return overlay


def _check_depth(content: bytes) -> None:
    depth = 0
    for event in yaml.parse(content, Loader=_Loader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > DEEPEST:
            raise OverlayError(f"nested more than {DEEPEST} deep")


def _told(error: yaml.YAMLError) -> str:
    """Return what is wrong in one line, with its place."""
    mark = getattr(error, "problem_mark", None)
    place = f" in line {mark.line + 1}" if mark else ""
    return f"{getattr(error, 'problem', None) or str(error).splitlines()[0]}{place}"


def _values(node: Any) -> Iterator[Any]:
    waiting = [node]
    while waiting:
        each = waiting.pop()
        yield each
        waiting += each.values() if isinstance(each, dict) else each if isinstance(each, list) else ()


def _check(overlay: Any) -> None:
    """Say what keeps a value from being an overlay."""
    if not isinstance(overlay, dict) or "overlay" not in overlay:
        raise OverlayError("no OpenAPI overlay: it has no field overlay")
    if _VERSION.fullmatch(str(overlay["overlay"])) is None:
        raise OverlayError(f"Overlay {overlay['overlay']} is not known; use 1.0.0 or 1.1.0")
    if missing := [name for name in _REQUIRED if name not in overlay]:
        raise OverlayError(f"no OpenAPI overlay: it has no field {missing[0]}")
    if not isinstance(overlay["actions"], list) or not overlay["actions"]:
        raise OverlayError("no OpenAPI overlay: actions is no list of actions")
    for number, action in enumerate(overlay["actions"], 1):
        for is_wrong, told in _ACTION_CHECKS:
            if is_wrong(action):
                raise OverlayError(f"action {number} {told}")


_ACTION_CHECKS: Final[tuple[tuple[Callable[[Any], bool], str], ...]] = (
    (lambda action: not isinstance(action, dict), "is no object"),
    (lambda action: not isinstance(action.get("target"), str), "has no target"),
    (lambda action: not isinstance(action.get("remove", False), bool), "has a remove that is neither true nor false"),
    (lambda action: not isinstance(action.get("copy", ""), str), "has a copy that is no JSONPath"),
    (lambda action: not any(name in action for name in _DEEDS), "has neither update nor remove nor copy"),
)
