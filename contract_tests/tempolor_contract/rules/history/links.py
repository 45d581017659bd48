"""The addresses that answers hand out, and what kind of file each is to serve."""

from collections.abc import Callable
from functools import partial
from typing import Final

from ...document.bodies import records_of, whole
from ...document.call import Call
from .records import Link


def _download_link(call: Call) -> dict[str, Link]:
    url = call.item.get("url")
    kind = call.query.get("file_format") or "mp3"
    return {url: Link(call, kind, whole(call.item.get("remainSeconds")))} if isinstance(url, str) and url else {}


def _stems_link(call: Call) -> dict[str, Link]:
    url = call.item.get("stemsZipUrl")
    return {url: Link(call, "stems")} if isinstance(url, str) and url else {}


def _midi_link(call: Call) -> dict[str, Link]:
    inner = call.item.get("midiRenderVO")
    url = inner.get("midiUrl") if isinstance(inner, dict) else None
    return {url: Link(call, "midi", upload=call)} if isinstance(url, str) and url else {}


def _item_links(call: Call) -> dict[str, Link]:
    material = call.item.get("musicMaterial")
    waveform = material.get("waveformUrl") if isinstance(material, dict) else None
    found = {"image": call.item.get("cover"), "waveform": waveform}
    return {url: Link(call, kind) for kind, url in found.items() if isinstance(url, str) and url.startswith("http")}


def _record_links(call: Call, **kinds: str) -> dict[str, Link]:
    """Read the links of a list's records: which field leads to what kind of file."""
    found = ((record.get(name), kind) for record in records_of(call) for name, kind in kinds.items())
    return {url: Link(call, kind) for url, kind in found if isinstance(url, str) and url.startswith("http")}


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
