"""What goes well: accounts, uploads, orders and their files, as an app has them."""

import json
import tempfile
from itertools import combinations
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from tempolor_contract.runs.scenarios.fixtures import HARD
from tempolor_contract.runs.scenarios.samples import files_of, midi_file, wav_file

from .visitor import ACCOUNT, NO_ACCOUNT, SECOND, Visitor

LINES: Final = "[Verse]\r\nRain on the harbour\n\n[Chorus]\nCome home"
_MORE_THAN_A_PAGE: Final = 20
_MANY: Final = 10
_LONG_NAME: Final = "A very long name of a theme, " * 6
_VOICES: Final = ("audio/wav", "audio/mpeg", "audio/mp4", "audio/flac", "Audio/WAV", "audio/wav; rate=8000")
_MIDI: Final = ("audio/midi", "audio/x-midi", "Audio/MIDI", "audio/midi; charset=binary")
_EVERY_FIELD: Final[dict[str, Any]] = {
    "prompt": HARD,
    "tonality": "F#:minor",
    "bpm": 73,
    "chords": "Dm B♭ | F C",
    "model_instrumental": "i3",
    "replyRef": HARD,
    "maxJobs": 8,
}


def accounts(visitor: Visitor) -> None:
    """Set accounts up, change one, and see that it is kept as it was given."""
    mine, attempt = visitor.mine.accounts, visitor.attempt
    attempt(mine.list)
    parameters = {"service_ticket": "ticket-of-one", "language": "en", "region": "eu", "biz": 378, "news": True}
    for named in ({"ucid": SECOND}, {"user_id": "0042"}):
        made = attempt(mine.create, named, max_jobs=2)
        attempt(lambda account=made: mine.delete(account.user_id))
    visitor.again(lambda: visitor.ask("POST", "/accounts", json={"requestParams": {"user_id": 43}}))
    several = ["43", *(f"12{number:02}" for number in range(_MANY))]
    for each in several[1:]:
        attempt(mine.create, {"user_id": each}, max_jobs=1)
    attempt(mine.list)
    for each in several:
        attempt(mine.delete, each)
    attempt(mine.create, {"user_id": ACCOUNT, **parameters}, max_jobs=4)
    # What follows at once may have been asked before: recordings count milliseconds.
    for _ in range(2):
        attempt(mine.get, ACCOUNT)
    attempt(mine.create, {"user_id": ACCOUNT, "language": "de"}, max_jobs=4)
    attempt(mine.get, ACCOUNT)
    attempt(mine.list)
    visitor.sleep(60)
    for _ in range(2):
        attempt(mine.get, ACCOUNT)
    _of_another_shape(visitor)


def _of_another_shape(visitor: Visitor) -> None:
    """Use an account with a dash in its id, stored by a client that names a charset."""
    mine, attempt = visitor.mine, visitor.attempt
    body = json.dumps({"requestParams": {"user_id": "my-account"}})
    visitor.ask("POST", "/accounts", content=body, headers={"Content-Type": "application/json; charset=utf-8"})
    made = attempt(mine.midi.upload, midi_file(), name="Theme", media_type="audio/midi", user_id="my-account")
    attempt(lambda: mine.midi.delete(made.midi_render_vo.midi_item_id))
    attempt(mine.accounts.delete, "my-account")


def uploads(visitor: Visitor) -> None:
    """Upload under hard names, in all formats, and without naming an account, as the samples of the pages do."""
    mine, attempt = visitor.mine, visitor.attempt
    for path, kinds in (("midi", _MIDI), ("cloned-voices", _VOICES)):
        for number, kind in enumerate(kinds):
            query = {"name": f"Sample {number}"} | ({"user_id": ""} if number % 2 else {"user_id": ACCOUNT})
            content = files_of(kind.partition(";")[0].lower())[0]
            visitor.ask("POST", f"/music/{path}", params=query, content=content, headers={"Content-Type": kind})
    for name in (HARD, LINES, _LONG_NAME, *(f"Theme {number}" for number in range(_MORE_THAN_A_PAGE))):
        midi = attempt(mine.midi.upload, midi_file(), name=name, media_type="audio/midi")
        attempt(lambda made=midi: visitor.ask("GET", made.midi_render_vo.midi_url, token=None))
        # By what time it is there, it is seen how old a link is.
        attempt(mine.voices.artists().first)
    for name in (HARD, LINES, _LONG_NAME, HARD):
        attempt(mine.voices.clone, wav_file(), name=name, media_type="audio/wav")
    listed = visitor.listed(mine.midi.list)
    attempt(lambda: visitor.ask("GET", listed[0].midi_url, token=None))
    attempt(mine.voices.artists().first)
    visitor.listed(mine.voices.list)
    visitor.sleep(300)
    for _ in range(2):
        visitor.listed(mine.voices.list)
    visitor.listed(mine.voices.artists)
    visitor.again(lambda: _split(visitor))
    attempt(mine.stems.split, wav_file(1.0), media_type="audio/wav")


def _split(visitor: Visitor) -> None:
    stems = visitor.mine.stems.split(wav_file(), media_type="audio/wav")
    for wanted in ({}, {"Range": "bytes=-70000"}):
        visitor.ask("GET", stems.stems_zip_url or "", token=None, headers=wanted)


def orders(visitor: Visitor) -> None:
    """Order with all fields, as JSON and as forms, and at the limits of each."""
    mine = visitor.mine
    told = {"reply_url": visitor.reply_url(), "reply_ref": HARD}
    visitor.order(mine.songs.create, HARD, lyrics=LINES, **told)
    told["reply_url"] = visitor.reply_url()
    visitor.order(mine.instrumentals.create, "Waves", tonality="F#:minor", bpm=73, chords="Dm Bb", **told)
    watched(visitor)
    for as_form in (False, True):
        told = {"replyUrl": visitor.reply_url(), "replyRef": HARD}
        visitor.send("/music/song", {"prompt": HARD, "lyrics": LINES, "maxJobs": 8, **told}, as_form=as_form)
        told["replyUrl"] = visitor.reply_url()
        visitor.send("/music/instrumental", {**_EVERY_FIELD, **told}, as_form=as_form)
        watched(visitor)
    bare = "{0.scheme}://{0.netloc}".format(urlsplit(visitor.callbacks))
    for address in (f"{visitor.callbacks}/".ljust(1024, "x"), bare):
        visitor.send("/music/song", {"prompt": "A ballad", "replyUrl": address})
        visitor.attempt(mine.scheduler.running)
    watched(visitor, rounds=1)
    quoted = {"Content-Type": 'multipart/form-data; boundary="of a form"'}
    form = '--of a form\r\nContent-Disposition: form-data; name="prompt"\r\n\r\nWaves\r\n--of a form--\r\n'
    visitor.ask("POST", "/music/song", content=form, headers=quoted)
    visitor.sleep(600)
    for kind, fields in _AT_THE_LIMITS:
        for as_form in (False, True):
            told = {"replyUrl": visitor.reply_url()} if fields.get("replyRef") else {}
            visitor.send(f"/music/{kind}", {**fields, **told}, as_form=as_form)
            watched(visitor, rounds=1)
    for key in _KEYS:
        visitor.send("/music/instrumental", {"prompt": "Waves", "tonality": key, "maxJobs": 100})
        visitor.attempt(mine.scheduler.running)
    watched(visitor, rounds=1)


_AT_THE_LIMITS: Final[tuple[tuple[str, dict[str, Any]], ...]] = (
    ("song", {"prompt": "\N{MUSICAL NOTE}" * 2000, "lyrics": "\N{MUSICAL NOTE}" * 3000, "replyRef": "é" * 1024}),
    ("song", {"prompt": "A ballad", "lyrics": "", "model_song": "", "replyUrl": "", "replyRef": "", "maxJobs": ""}),
    ("song", {"prompt": "A ballad", "user_id": ""}),
    ("instrumental", {"prompt": "Waves", "bpm": 50, "chords": "C" * 200}),
    ("instrumental", {"prompt": "Waves", "bpm": 190, "tonality": "C:major"}),
    ("instrumental", {"prompt": "Waves", "bpm": "", "tonality": "Db:minor", "chords": ""}),
    ("instrumental", {"prompt": "Waves", "chord": "Am F C G"}),
)
_NOTES: Final = ("A", "Ab", "B", "Bb", "C", "C#", "D", "E", "Eb", "F", "F#", "G")
_KEYS: Final = tuple(f"{note}:{scale}" for note in _NOTES for scale in ("major", "minor"))


def watched(visitor: Visitor, rounds: int = 3) -> None:
    """Look at what runs while it goes on, until it has ended."""
    mine, attempt = visitor.mine, visitor.attempt
    jobs = visitor.jobs[-4:]
    for _ in range(rounds):
        attempt(mine.scheduler.running)
        attempt(mine.scheduler.capacity)
        for job in jobs:
            attempt(mine.music.get, job)
        attempt(mine.music.link, jobs[0])
        if rounds > 1:
            attempt(mine.voices.artists(user_id=ACCOUNT).first)
        visitor.sleep(7)
    for job in jobs:
        attempt(mine.music.wait, job, timeout=600)
        attempt(mine.music.get, job)


def files(visitor: Visitor) -> None:
    """Download each format, whole and in parts, and what the item shows."""
    mine, attempt = visitor.mine, visitor.attempt
    with tempfile.TemporaryDirectory() as folder:
        for kind in ("mp3", "wav"):
            attempt(mine.music.download, visitor.jobs[0], Path(folder, f"song.{kind}"), file_format=kind)
    for kind in ("mp3", "wav", "stems"):
        link = attempt(mine.music.link, visitor.jobs[0], file_format=kind)
        for wanted in ("bytes=0-999", "bytes=1000-1999", "bytes=-500", "bytes=-70000"):
            attempt(lambda at=link, part=wanted: visitor.ask("GET", at.url, token=None, headers={"Range": part}))
    visitor.listed(mine.voices.artists)
    item = attempt(mine.music.get, visitor.jobs[0])
    for read in (lambda: item.cover, lambda: item.music_material.waveform_url):
        for wanted in ({}, {"Range": "bytes=40-79"}):
            attempt(lambda found=read, part=wanted: visitor.ask("GET", found(), token=None, headers=part))


def songs_of_sources(visitor: Visitor) -> None:
    """Sing with each kind of voice, and build on a MIDI file, without and with what else is allowed beside it."""
    mine, attempt = visitor.mine, visitor.attempt
    artist = attempt(lambda: mine.voices.artists().first().item_id)
    voice = attempt(lambda: visitor.listed(mine.voices.list)[-1].cloned_voice_item_id)
    midi = attempt(lambda: visitor.listed(mine.midi.list)[-1].midi_item_id)
    sources: tuple[dict[str, Any], ...] = (
        {"artist_voice_id": artist},
        {"cloned_voice_id": voice},
        {"midi_id": midi},
    )
    for source in sources:
        visitor.order(mine.songs.create, "A ballad", reply_url=visitor.reply_url(), **source)
        told = {"lyrics": LINES, "model": "v3", "user_id": ACCOUNT, "reply_url": visitor.reply_url()}
        visitor.order(mine.songs.create, "A ballad", **told, **source)
        watched(visitor, rounds=1)
    stems = attempt(mine.music.link, visitor.jobs[-1], file_format="stems")
    attempt(lambda: visitor.ask("GET", stems.url, token=None, headers={"Range": "bytes=0-99"}))
    for one, other in combinations(sources, 2):
        visitor.order(mine.songs.create, "A ballad", **one, **other)


def lists(visitor: Visitor) -> None:
    """Page through everything, twice, and of one account after the other."""
    mine, attempt = visitor.mine, visitor.attempt
    attempt(mine.accounts.create, {"user_id": SECOND}, max_jobs=3)
    attempt(mine.accounts.list)
    visitor.order(mine.songs.create, "A ballad", user_id=SECOND)
    attempt(mine.midi.upload, midi_file(), name="Theirs", media_type="audio/midi", user_id=SECOND)
    attempt(mine.scheduler.running)
    attempt(mine.scheduler.capacity)
    visitor.listed(mine.songs.list, user_id=SECOND)
    visitor.sleep(60)
    for account in (ACCOUNT, SECOND, ACCOUNT, NO_ACCOUNT):
        for listed in (mine.songs.list, mine.instrumentals.list, mine.midi.list, mine.voices.list):
            visitor.listed(listed, user_id=account)
    for listed in (mine.songs.list, mine.midi.list):
        pages = attempt(lambda pages=listed: iter(pages(user_id=ACCOUNT)))
        attempt(lambda at=pages: next(at))
        visitor.order(mine.songs.create, "A ballad", user_id=ACCOUNT)
        attempt(mine.midi.upload, midi_file(), name="Later", media_type="audio/midi", user_id=ACCOUNT)
        visitor.listed(lambda at=pages: at)
    for path in ("/music", "/music/midi", "/music/cloned-voices"):
        visitor.ask("GET", path)
    for query in ("type=&cursor=&user_id=111", "user_id=111"):
        visitor.ask("GET", f"/music?{query}")
    watched(visitor, rounds=1)


def links(visitor: Visitor) -> None:
    """Fetch a link again after some minutes, and after it has expired."""
    mine, attempt = visitor.mine, visitor.attempt
    visitor.listed(mine.voices.artists, user_id=ACCOUNT)
    link = attempt(mine.music.link, visitor.jobs[0])
    for seconds in (30, 3 * 24 * 3600):
        visitor.listed(mine.voices.artists, user_id=ACCOUNT)
        visitor.sleep(seconds)
        visitor.listed(mine.voices.artists, user_id=ACCOUNT)
        attempt(lambda: visitor.ask("GET", link.url, token=None))
    visitor.listed(mine.voices.artists, user_id=ACCOUNT)
