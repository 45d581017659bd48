"""Reading a document that somebody names."""

from pathlib import Path
from typing import Any, Final

import yaml
from tempolor_spec.soundness import UnsoundError, check_document

_MOST_BYTES: Final = 16 << 20
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class UnreadableDocumentError(ValueError):
    """A file that cannot be read as an OpenAPI 3.0 document; the message says why, in one line."""


def read_document(file: Path) -> dict[str, Any]:
    """Return the OpenAPI 3.0 document in a YAML or JSON file, which refers to no other file."""
    try:
        with file.open("rb") as content:
            text = content.read(_MOST_BYTES + 1)
    except OSError as error:
        raise UnreadableDocumentError(f"{file} cannot be read: {error.strerror}") from None
    if len(text) > _MOST_BYTES:
        raise UnreadableDocumentError(f"{file} is larger than {_MOST_BYTES >> 20} MB")
    try:
        document: dict[str, Any] = yaml.load(text, Loader=_Loader)  # noqa: S506 - both loaders are safe ones
        check_document(document)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        told = str(error).splitlines()[0] if not isinstance(error, UnsoundError) else error
        raise UnreadableDocumentError(f"{file} is no OpenAPI 3.0 document: {told}") from None
    return document
