"""What goes wrong, or is to: refused orders, full accounts, ids of nobody, other users, and things that are deleted."""

from functools import partial
from typing import Any, Final

from tempolor_contract.runs.scenarios.fixtures import HARD
from tempolor_contract.runs.scenarios.samples import midi_file, wav_file

from ..service import OTHER_TOKEN, TOKEN
from .visitor import ACCOUNT, NO_ACCOUNT, SECOND, Visitor
from .work import watched

_NOBODY: Final = "user:12345-tempolor:111-{}:000000000000000"
_SOURCES: Final = {
    "midiItemId": _NOBODY.format("midi"),
    "clonedVoiceItemId": _NOBODY.format("voice"),
    "artistVoiceItemId": "1",
}
_WRONG: Final[tuple[tuple[str, dict[str, Any]], ...]] = (
    ("song", {}),
    ("song", {"prompt": "x" * 2001}),
    ("song", {"prompt": "x", "lyrics": "x" * 3001}),
    ("song", {"prompt": "x", "model_song": "v0"}),
    ("song", {"prompt": "x", "replyRef": "x" * 1025}),
    ("song", {"prompt": "x", "maxJobs": 501}),
    ("song", {"prompt": "x", "user_id": NO_ACCOUNT}),
    ("song", {"prompt": "x", "artistVoiceItemId": "1", "user_id": NO_ACCOUNT}),
    ("song", {"prompt": "x", "maxJobs": "many"}),
    ("instrumental", {"prompt": "x", "user_id": NO_ACCOUNT}),
    ("instrumental", {"prompt": "x", "bpm": 191}),
    ("instrumental", {"prompt": "x", "bpm": 49}),
    ("instrumental", {"prompt": "x", "chords": "C" * 201}),
    ("instrumental", {"prompt": "x", "tonality": "H:major"}),
    ("instrumental", {"prompt": "x", "tonality": "Gb:major"}),
    ("instrumental", {"prompt": "x", "model_instrumental": "v0"}),
)
_PATHS: Final = (
    "/accounts",
    f"/accounts/{ACCOUNT}",
    "/music",
    "/music/midi",
    "/music/cloned-voices",
    "/music/artist-voices",
    "/scheduler",
    "/scheduler/available",
)


def wrong_orders(visitor: Visitor) -> None:
    """Send what an app's first tests send: orders that are wrong, as JSON, as forms, and as neither."""
    for kind, fields in _WRONG:
        for as_form in (False, True):
            visitor.send(f"/music/{kind}", fields, as_form=as_form)
    visitor.send("/music/song", {"prompt": "x", "replyUrl": f"{visitor.callbacks}/".ljust(1025, "x")})
    for content, kind in (
        ("{", "application/json"),
        (f'{{"prompt": {"[" * 2000}{"]" * 2000}}}', "application/json"),
        ("prompt=x", "text/plain"),
        ('{"prompt": "x"}', "text/plain"),
    ):
        visitor.again(lambda sent=content, of=kind: _order_as(visitor, sent, of))
    visitor.send("/music/song", {"prompt": "x" * (1 << 20)})
    visitor.send("/music/song", {"prompt": "x", **_SOURCES})
    for one in _SOURCES:
        visitor.send("/music/song", {"prompt": "x", "user_id": ACCOUNT, one: _SOURCES[one]})
    for account in ({"maxJobs": 4}, {"requestParams": []}, {"requestParams": {"user_id": "0043"}, "maxJobs": 2.5}):
        visitor.ask("POST", "/accounts", json=account)


def _order_as(visitor: Visitor, content: str, media_type: str) -> None:
    visitor.ask("POST", "/music/song", content=content, headers={"Content-Type": media_type})


def wrong_paths(visitor: Visitor) -> None:
    """Ask for what is not there, by wrong methods, and by other spellings of what is."""
    queries = (
        *(f"type=poem&user_id={ACCOUNT}", "cursor=&user_id=", f"cursor=no-cursor&user_id={ACCOUNT}"),
        *(f"user_id={NO_ACCOUNT}", f"type=instrumental&user_id={ACCOUNT}"),
    )
    for path in ("/music/nonsense", "/nowhere", "/music/nowhere/at/all", *(f"/music?{query}" for query in queries)):
        visitor.again(lambda at=path: visitor.ask("GET", at))
    for path in _PATHS:
        visitor.ask("PUT", path)
        query = {"user_id": ACCOUNT} if path.startswith("/music") else {}
        for spelt in (path, f"{path}/"):
            visitor.ask("GET", spelt, params=query)
    visitor.send("/music/song/", {"prompt": "A ballad", "user_id": ACCOUNT})


def wrong_tokens(visitor: Visitor) -> None:
    """Ask without a token, and with tokens of other shapes."""
    for path in _PATHS:
        visitor.ask("GET", path, token=None, headers={"Authorization": TOKEN})
        visitor.ask("GET", path, token=None, headers={"Authorization": "Basic dXNlcjp4"})
        for token in (None, "", "nobody"):
            visitor.ask("GET", path, token=token)
    things = [_NOBODY.format(kind) for kind in ("midi", "voice")]
    paths = [f"/{path}/{visitor.jobs[0]}" for path in ("music", "scheduler")]
    paths += [f"/music/{path}/{thing}" for path, thing in zip(("midi", "cloned-voices"), things, strict=True)]
    for path in paths:
        for token in (None, "nobody"):
            visitor.ask("DELETE", path, token=token)
    for name in ("token", "api_token", "access_token"):
        visitor.ask("GET", "/scheduler", token=None, params={name: TOKEN})
    for _ in range(3):
        visitor.ask("GET", "/scheduler", token=None, headers={"Authorization": "Bearer"})
        visitor.ask("GET", "/accounts", token=None)
    for path in (f"/music/{visitor.jobs[0]}", f"/music/download/{visitor.jobs[0]}"):
        for token in (TOKEN, None):
            visitor.ask("GET", path, token=token)
    for body in ({"prompt": "x"}, {}):
        visitor.ask("POST", "/music/song", json=body, token=None)


def refused(visitor: Visitor) -> None:
    """Upload what is no file of the kind, nothing at all, without a name, and to an account that is not there."""
    for path, file, kind in (
        ("midi", midi_file(), "audio/midi"),
        ("cloned-voices", wav_file(), "audio/wav"),
        ("stems-splitter", wav_file(), "audio/wav"),
    ):
        send = partial(visitor.ask, "POST", f"/music/{path}")
        named = {"name": "x", "user_id": ACCOUNT}
        send(params=named, content=file, headers={"Content-Type": "text/plain"})
        send(params=named, content=b"", headers={"Content-Type": kind})
        send(params={"name": "x", "user_id": NO_ACCOUNT}, content=file, headers={"Content-Type": kind})
        if path != "stems-splitter":
            for named in ({}, {"name": ""}):
                send(params={"user_id": ACCOUNT, **named}, content=file, headers={"Content-Type": kind})


def unknown(visitor: Visitor) -> None:
    """Ask for what nobody has, with ids like those that somebody has."""
    job = visitor.jobs[0]
    near = (
        job[:-15] + job[-15:].swapcase(),
        job[:-1],
        f"{job}x",
        job.replace("12345", "12346"),
        _NOBODY.format("job"),
        "nonsense",
    )
    for each in near:
        for method, path in (("GET", "music"), ("GET", "music/download"), ("DELETE", "scheduler")):
            visitor.ask(method, f"/{path}/{each}")
    visitor.ask("GET", f"/music/{job.replace(':', '%3A')}")
    for kind, path in (("job", "music"), ("midi", "music/midi"), ("voice", "music/cloned-voices")):
        for each in (_NOBODY.format(kind), "nonsense"):
            visitor.ask("DELETE", f"/{path}/{each}")
    visitor.ask("GET", f"/accounts/{NO_ACCOUNT}")
    visitor.ask("DELETE", f"/accounts/{NO_ACCOUNT}")


def full(visitor: Visitor) -> None:
    """Order until an account is busy and beyond, cancel, and order again; then more than it takes, for one order."""
    mine, attempt = visitor.mine, visitor.attempt
    visitor.sleep(600)
    for account in (ACCOUNT, SECOND):
        for number in range(4):
            fields = {
                "prompt": "A ballad",
                "replyRef": f"{HARD}{number}",
                "replyUrl": visitor.reply_url(),
                "user_id": account,
            }
            fields["replyRef"] += account
            visitor.send("/music/instrumental" if number % 2 else "/music/song", fields)
            attempt(mine.scheduler.running)
            attempt(mine.scheduler.capacity)
    visitor.order(mine.songs.create, "A ballad", max_jobs=6, user_id=ACCOUNT)
    attempt(mine.scheduler.running)
    last = visitor.jobs[-1]
    attempt(visitor.other.scheduler.cancel, last)
    visitor.ask("DELETE", f"/scheduler/{visitor.jobs[-3].replace(':', '%3A')}")
    attempt(mine.scheduler.running)
    for job in (last, last, *visitor.jobs[-6:], visitor.jobs[0]):
        attempt(mine.scheduler.cancel, job)
        attempt(mine.music.get, job)
    attempt(mine.scheduler.running)
    visitor.order(mine.songs.create, "A ballad", user_id=SECOND)
    for _ in range(2):
        visitor.order(mine.songs.create, "A ballad", user_id=ACCOUNT, reply_url=visitor.reply_url())
        attempt(mine.scheduler.running)
        attempt(mine.scheduler.cancel, visitor.jobs[-1])
    visitor.sleep(600)
    attempt(mine.scheduler.running)
    for job in visitor.jobs[-8:]:
        attempt(mine.music.get, job)
    visitor.order(mine.songs.create, "A ballad", user_id=ACCOUNT)
    watched(visitor, rounds=1)


def races(visitor: Visitor) -> None:
    """Order several things at once where there is room for some."""
    visitor.sleep(600)
    fields = {"prompt": "A ballad", "user_id": SECOND}
    visitor.together([partial(visitor.send, "/music/song", fields) for _ in range(4)])
    visitor.attempt(visitor.mine.scheduler.running)
    visitor.attempt(visitor.mine.scheduler.capacity)


def lost_callbacks(visitor: Visitor) -> None:
    """Give addresses that answer 503, and one for an order that is refused."""
    visitor.sleep(600)
    jobs = visitor.order(
        visitor.mine.songs.create, "A ballad", user_id=ACCOUNT, reply_url=visitor.reply_url(answer=503)
    )
    visitor.send("/music/song", {"prompt": "x" * 2001, "replyUrl": f"{visitor.callbacks}/refused"})
    for job in jobs:
        visitor.attempt(visitor.mine.music.wait, job, timeout=600)
    for fields in ({}, {"model": "v3"}):
        # An account that is stored again is the same account.
        jobs = visitor.order(
            visitor.mine.songs.create, "A ballad", user_id=ACCOUNT, reply_url=visitor.reply_url(), **fields
        )
        visitor.attempt(visitor.mine.accounts.create, {"user_id": ACCOUNT, "language": "de"}, max_jobs=4)
        for job in jobs:
            visitor.attempt(visitor.mine.music.wait, job, timeout=600)
    visitor.sleep(600)


def others(visitor: Visitor) -> None:
    """Have another user look for what is not theirs, and delete it."""
    other, attempt = visitor.other, visitor.attempt
    for _ in range(3):
        visitor.ask("POST", "/music/song", token=OTHER_TOKEN, json={"prompt": "A ballad"})
        visitor.ask("GET", "/music", token=OTHER_TOKEN)
    for job in visitor.jobs[:1]:
        attempt(other.music.get, job)
        attempt(other.music.link, job)
        attempt(other.scheduler.cancel, job)
        attempt(other.music.delete, job)
    attempt(other.accounts.list)
    for account in (ACCOUNT, SECOND):
        attempt(other.accounts.get, account)
        for path in ("/music", "/music/midi", "/music/cloned-voices"):
            visitor.ask("GET", path, token=OTHER_TOKEN, params={"user_id": account})
    attempt(other.scheduler.running)
    attempt(other.scheduler.capacity)
    midi = attempt(lambda: next(iter(visitor.mine.midi.list(user_id=ACCOUNT))).midi_item_id)
    voice = attempt(lambda: next(iter(visitor.mine.voices.list(user_id=ACCOUNT))).cloned_voice_item_id)
    attempt(other.songs.create, "A ballad", midi_id=midi)
    attempt(other.midi.delete, midi)
    attempt(other.voices.delete, voice)
    visitor.listed(visitor.mine.midi.list, user_id=ACCOUNT)
    visitor.listed(visitor.mine.voices.list, user_id=ACCOUNT)
    attempt(other.accounts.create, {"user_id": SECOND}, max_jobs=8)
    for _ in range(3):
        visitor.ask("POST", "/music/song", token=OTHER_TOKEN, json={"prompt": "A ballad", "user_id": SECOND})
    visitor.order(visitor.mine.songs.create, "A ballad", user_id=SECOND)
    attempt(other.accounts.delete, SECOND)
    attempt(other.accounts.create, {"user_id": "333"}, max_jobs=2)
    for listed in (other.songs.list, other.midi.list, other.voices.list):
        visitor.listed(listed)
    attempt(other.accounts.delete, "333")


def gone(visitor: Visitor) -> None:
    """Delete everything, twice, and look for it."""
    mine, attempt = visitor.mine, visitor.attempt
    running = visitor.order(mine.songs.create, "A ballad", user_id=ACCOUNT, reply_url=visitor.reply_url())
    for job, spelt in (
        (visitor.jobs[2], visitor.jobs[2].replace(":", "%3A")),
        (visitor.jobs[3], f"{visitor.jobs[3]}/"),
    ):
        attempt(mine.music.get, job)
        visitor.ask("DELETE", f"/music/{spelt}")
        attempt(mine.music.get, job)
    attempt(mine.music.link, visitor.jobs[5])
    attempt(mine.music.delete, visitor.jobs[4])
    attempt(mine.music.link, visitor.jobs[5])
    for job in (*visitor.jobs[:2], *running):
        for call in (mine.music.delete, mine.music.get, mine.music.delete, mine.music.link):
            attempt(call, job)
    visitor.sleep(120)
    for midi in visitor.listed(mine.midi.list, user_id=ACCOUNT):
        for _ in range(2):
            attempt(mine.midi.delete, midi.midi_item_id)
        attempt(mine.songs.create, "A ballad", midi_id=midi.midi_item_id)
    for voice in visitor.listed(mine.voices.list, user_id=ACCOUNT):
        for _ in range(2):
            attempt(mine.voices.delete, voice.cloned_voice_item_id)
        attempt(mine.songs.create, "A ballad", cloned_voice_id=voice.cloned_voice_item_id)
    for job in visitor.jobs:
        attempt(mine.music.get, job)
    attempt(mine.midi.upload, midi_file(), name="Again", media_type="audio/midi", user_id=ACCOUNT)
    attempt(mine.voices.clone, wav_file(), name="Again", media_type="audio/wav", user_id=ACCOUNT)
    visitor.listed(mine.voices.list, user_id=ACCOUNT)
    visitor.listed(mine.midi.list, user_id=ACCOUNT)
    attempt(mine.scheduler.running)
    visitor.listed(mine.songs.list, user_id=ACCOUNT)
    attempt(mine.accounts.delete, SECOND)
    attempt(mine.accounts.list)
    attempt(mine.scheduler.capacity)
    for _ in range(2):
        attempt(mine.accounts.delete, ACCOUNT)
        attempt(mine.accounts.get, ACCOUNT)
    attempt(mine.accounts.list)
