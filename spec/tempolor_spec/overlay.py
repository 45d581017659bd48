"""Applies OpenAPI Overlay 1.0 documents."""

from copy import deepcopy
from typing import Any


class OverlayError(ValueError):
    """An overlay that does not fit the document it is applied to."""


def apply_overlay(document: dict[str, Any], overlay: dict[str, Any]) -> None:
    """Change `document` in place as the overlay's actions say, one after the other.

    An `update` is merged into each object its target selects and appended to each array. With `remove`, what the
    target selects is taken out.

    Raises:
        OverlayError: A target is not a JSONPath, selects nothing, or selects what the action cannot change.

    """
    for action in overlay["actions"]:
        matches = _select(document, action["target"])
        # The specification lets `remove` win where an action has both.
        if action.get("remove", False):
            _remove(matches, action["target"])
        else:
            _update(matches, action["target"], action["update"])


def _select(document: dict[str, Any], target: str) -> list[Any]:
    # Only later revisions have overlays: importing here keeps the library out of everyone else's start-up.
    from jsonpath import JSONPathEnvironment, JSONPathError  # noqa: PLC0415

    try:
        matches = list(JSONPathEnvironment(strict=True).finditer(target, document))
    except JSONPathError as error:
        raise OverlayError(f"overlay target {target} is not a JSONPath: {error}") from error
    if not matches:
        # The specification would let this pass, but a change that changes nothing is a mistake in the overlay.
        raise OverlayError(f"overlay target {target} selects nothing")
    return matches


def _update(matches: list[Any], target: str, update: Any) -> None:
    for match in matches:
        if isinstance(match.obj, list):
            match.obj.append(deepcopy(update))
        elif isinstance(match.obj, dict) and isinstance(update, dict):
            _merge(match.obj, update)
        else:
            raise OverlayError(f"overlay target {target} selects a value that cannot be updated")


def _merge(node: dict[str, Any], update: dict[str, Any]) -> None:
    for key, value in update.items():
        if isinstance(node.get(key), dict) and isinstance(value, dict):
            _merge(node[key], value)
        elif isinstance(node.get(key), list) and isinstance(value, list):
            node[key].extend(deepcopy(value))
        else:
            node[key] = deepcopy(value)


def _remove(matches: list[Any], target: str) -> None:
    # From the back, so that taking one item out of an array does not move those still to go.
    for match in reversed(matches):
        if match.parent is None:
            raise OverlayError(f"overlay target {target} selects the whole document, which cannot be removed")
        del match.parent.obj[match.parts[-1]]
