"""The addresses that answers hand out, and what kind of file each is to serve."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, Final

from ...document.bodies import records_of, whole
from ...document.call import Call
from .records import Link


def _links(
    call: Call, found: Iterable[tuple[str, Any]], seconds: int | None = None, upload: Call | None = None
) -> dict[str, Link]:
    """Return the links to what was found, each with its kind in front; what is no text is no address."""
    return {url: Link(call, kind, seconds, upload) for kind, url in found if isinstance(url, str)}


def _download_link(call: Call) -> dict[str, Link]:
    kind = call.query.get("file_format") or "mp3"
    return _links(call, [(kind, call.item.get("url"))], whole(call.item.get("remainSeconds")))


def _stems_link(call: Call) -> dict[str, Link]:
    return _links(call, [("stems", call.item.get("stemsZipUrl"))])


def _midi_link(call: Call) -> dict[str, Link]:
    inner = call.item.get("midiRenderVO")
    return _links(call, [("midi", inner.get("midiUrl"))], upload=call) if isinstance(inner, dict) else {}


def _item_links(call: Call) -> dict[str, Link]:
    material = call.item.get("musicMaterial")
    waveform = material.get("waveformUrl") if isinstance(material, dict) else None
    return _links(call, [("image", call.item.get("cover")), ("waveform", waveform)])


def _record_links(call: Call, **kinds: str) -> dict[str, Link]:
    """Read the links of a list's records: which field leads to what kind of file."""
    return _links(call, [(kind, record.get(name)) for record in records_of(call) for name, kind in kinds.items()])


_LINKS: Final[dict[str, Callable[[Call], dict[str, Link]]]] = {
    "download_music": _download_link,
    "split_stems": _stems_link,
    "upload_midi": _midi_link,
    "get_music": _item_links,
    "list_midi": partial(_record_links, midiUrl="midi"),
    "list_cloned_voices": partial(_record_links, vocalUrl="audio"),
    "list_artist_voices": partial(_record_links, vocalUrl="audio", coverUrl="image"),
}


def links_in(call: Call) -> dict[str, Link]:
    """Return the links in a call's answer by their addresses."""
    read = _LINKS.get(call.operation)
    return read(call) if read is not None and call.status == 200 else {}
