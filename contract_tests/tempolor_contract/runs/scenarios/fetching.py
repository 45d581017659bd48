"""Fetching what links lead to: whole where it is small, in pieces where it is long."""

from functools import partial
from typing import Final
from urllib.parse import urlsplit

from ...document.call import Call
from ...document.file_completeness import ZIP_TAIL, extent_of
from ...rules.catalogue import rule
from . import fixtures
from .lab import Lab

_COMPLETE_CAN_BE_DOWNLOADED: Final = rule("complete-can-be-downloaded")
_FILE_IS_WHOLE: Final = rule("file-is-whole")
_LINK_LASTS_AND_EXPIRES: Final = rule("link-lasts-and-expires")

_FORMATS: Final = (None, "mp3", "wav", "stems")
_GLIMPSE: Final = 1 << 14
_PEEK: Final = 1 << 17
"""Bytes that are read of a long file; pictures and MIDI files are shorter."""
_RANGE: Final = 32
_MOST: Final = 4 << 20
_HERE: Final = frozenset({"127.0.0.1", "::1", "localhost"})
"""Hosts of this machine: whether another one can be reached is no matter of the service."""
_INSIDE: Final = (".internal", ".local", ".lan", ".home.arpa")
"""How names end that mean something within a network alone."""
_NO_SUCH_RANGE: Final = 416


def all_formats(lab: Lab, job_id: str) -> None:
    """Download a job that is COMPLETED in each format, and look at the beginnings of what the links lead to."""
    links = lab.side_by_side(partial(_link, lab, job_id, each) for each in _FORMATS)
    lab.side_by_side(partial(glance, lab, link) for link in links)


def glance(lab: Lab, link: Call) -> None:
    """Fetch the beginning behind a link: `link-serves-its-kind` and `file-is-whole` judge it."""
    url = link.item.get("url")
    if isinstance(url, str) and url.startswith("http"):
        lab.fetch(url, most_bytes=_GLIMPSE)


def download_all(lab: Lab, job_id: str) -> None:
    """Download a job that is COMPLETED in each format, and read what the links lead to."""
    lab.side_by_side(partial(_download_as, lab, job_id, each) for each in _FORMATS)


def _link(lab: Lab, job_id: str, file_format: str | None) -> Call:
    link = fixtures.downloaded(lab, job_id, file_format)
    told = f"{job_id} is COMPLETED, but its download was answered {link.status}: {link.error}"
    lab.must(_COMPLETE_CAN_BE_DOWNLOADED, fine=link.status == 200, message=told, call=link)
    return link


def _download_as(lab: Lab, job_id: str, file_format: str | None) -> None:
    fetch(lab, _link(lab, job_id, file_format).item.get("url"), file_format or "")


def fetch(lab: Lab, url: object, kind: str = "", *, when: str = "as soon as it was handed out") -> Call | None:
    """Fetch a link, and judge that it works; nothing if it is no address. `when` says how old it is.

    What is small is read to its end, and so is an MP3; of the rest come the beginning, the middle and the end.
    """
    if not isinstance(url, str) or not url.startswith("http"):
        return None
    call = lab.fetch(url, most_bytes=_MOST if kind == "mp3" else _PEEK)
    place = call.exchange.request.url
    if call.exchange.fault.startswith("ConnectError") and _leads_nowhere(lab, place):
        told = f"a link was fetched {when}, and nobody listens at {urlsplit(place).netloc}"
        lab.check(_LINK_LASTS_AND_EXPIRES, fine=False, message=told, call=call)
    if call.unclear or (call.refused and _may_be_over(lab, url, call)):
        return None
    told = f"a link was fetched {when}, and answered {call.status}"
    lab.check(_LINK_LASTS_AND_EXPIRES, fine=call.status in {200, 206}, message=told, call=call)
    response = call.exchange.response
    if response is not None and call.status == 200 and len(response.body) >= 2 * _RANGE:
        end = partial(_check_rest, lab, url) if response.truncated else partial(_check_end, lab, url, call)
        lab.side_by_side([partial(_check_range, lab, url, call), end])
    return call


def _check_rest(lab: Lab, url: str) -> None:
    """Fetch pieces of the end and the middle of a long file, each of them twice in another extent."""
    # At the end stands the directory of a ZIP.
    end = _end(lab, url, ZIP_TAIL)
    extent = extent_of(end.exchange.response) if end is not None and end.exchange.response is not None else None
    if end is not None and extent is not None:
        first, total = extent
        lab.side_by_side([partial(_check_range, lab, url, end, first), partial(_check_middle, lab, url, total // 2)])


def _check_end(lab: Lab, url: str, known: Call) -> None:
    """Fetch the end of a short file that has come as a whole."""
    end, whole = _end(lab, url, _RANGE), known.exchange.response
    if end is not None and end.exchange.response is not None and whole is not None:
        told = f"the last {_RANGE} bytes of a file, asked for as a range, are not those that came with all of it"
        fine = end.exchange.response.body == whole.body[-_RANGE:]
        lab.check(_FILE_IS_WHOLE, fine=fine, message=told, call=end, earlier=(known,))


def _end(lab: Lab, url: str, length: int) -> Call | None:
    """Fetch so many bytes of the end of a file; None where they did not come, which is judged if others came."""
    # Where ranges are unknown, all of it comes, as far as it is read.
    end = lab.fetch(url, most_bytes=_MOST, headers={"Range": f"bytes=-{length}"})
    extent = extent_of(end.exchange.response) if end.exchange.response is not None else None
    if end.status != 206 or extent is None:
        return None
    first, total = extent
    told = f"the last {length} bytes of a file of {total} were asked for, and those from byte {first} on came"
    fine = first == max(0, total - length)
    return end if lab.check(_FILE_IS_WHOLE, fine=fine, message=told, call=end) else None


def _check_middle(lab: Lab, url: str, middle: int) -> None:
    piece = lab.fetch(url, headers={"Range": f"bytes={middle}-{middle + _PEEK - 1}"})
    if piece.status == 206:
        _check_range(lab, url, piece, middle)


def _check_range(lab: Lab, url: str, known: Call, begin: int = 0) -> None:
    """Fetch some bytes of what is known from byte `begin` on: who answers a range with 206 answers with those."""
    first = begin + _RANGE
    response = known.exchange.response
    wanted = response.body[_RANGE : 2 * _RANGE] if response is not None else b""
    part = lab.fetch(url, headers={"Range": f"bytes={first}-{first + _RANGE - 1}"})
    if part.refused and not _may_be_over(lab, url, part):
        told = f"a link was fetched again before it could expire, and answered {part.status}"
        lab.check(_LINK_LASTS_AND_EXPIRES, fine=part.status == _NO_SUCH_RANGE, message=told, call=part)
    if part.status == 206 and part.exchange.response is not None:
        told = (
            f"bytes {first} to {first + _RANGE - 1} of a file, asked for "
            f"as a range, are not those that came with more of the file"
        )
        fine = part.exchange.response.body == wanted
        lab.check(_FILE_IS_WHOLE, fine=fine, message=told, call=part, earlier=(known,))


def fetch_nearby(lab: Lab, url: object) -> None:
    """Fetch a link to a sample of a voice if it leads to the service itself: elsewhere, it is somebody else's."""
    if isinstance(url, str) and urlsplit(url).netloc == urlsplit(lab.target.base_url).netloc:
        fetch(lab, url)


def _leads_nowhere(lab: Lab, url: str) -> bool:
    """Whether a link that could not be reached leads to this machine or one beside it, but not to the service."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    near = host in _HERE or not set(host) & set(".:") or host.endswith(_INSIDE)
    return lab.target.local and near and parts.netloc != urlsplit(lab.target.base_url).netloc


def _may_be_over(lab: Lab, url: str, call: Call) -> bool:
    """Whether a link may have expired before it was fetched, because its life is short and the machine busy."""
    link = lab.inspector.worlds.links.get(url)
    if lab.clock.virtual or link is None or not link.seconds:
        return False
    return call.exchange.finished - link.call.exchange.started >= link.seconds
