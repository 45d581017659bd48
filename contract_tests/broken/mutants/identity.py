"""Mutants in ids: whose things are shown, and which."""

import json
import re
from collections import defaultdict
from collections.abc import Callable
from functools import partial
from typing import Any, Final
from urllib.parse import unquote

from tempolor_mock.domain import accounts, errors, midi, music, scheduler, voices
from tempolor_mock.store import memory_world

from ..mutant import Answer, Asked, Kind, Patch, Rewrite
from ..rewriting import ITEM, ORDERS, SUCCESS, answers, at, edit, error, on, rewritten, with_fields
from ..switching import Make, instead, swap, switched


def previous(name: str) -> Rewrite:
    """Answer with what was answered to the call before, of the same user."""
    kept: dict[str, tuple[bytes, bytes]] = {}

    def rewrite(asked: Asked, answer: Answer) -> None:
        if asked.operation == name and answer.status in SUCCESS:
            mine = (asked.raw_path, answer.body)
            path, body = kept.get(asked.token, mine)
            kept[asked.token] = mine
            if path != asked.raw_path:
                answer.body = body

    return rewrite


def _readable_by_all() -> tuple[Patch, ...]:
    """Let every user find every job."""
    known: dict[str, Any] = {}

    def remember(put: Any) -> Any:
        def kept(self: Any, item: Any) -> None:
            known[str(item.id)] = item
            put(self, item)

        return kept

    def lend(get: Any) -> Any:
        def found(world: Any, job_id: str) -> Any:
            try:
                return get(world, job_id)
            except errors.ServiceError:
                if job_id in known and known[job_id].id.number != world.token.number:
                    return known[job_id]
                raise

        return found

    return Patch(memory_world.MemoryJobs, "put", remember), Patch(music, "get", lend)


def _no_deletion(get: Any) -> Any:
    def pretend(world: Any, name: str) -> None:
        get(world, name)

    return pretend


def _shown_to_all(name: str) -> Rewrite:
    """Show everybody what was shown to somebody."""
    shown: dict[tuple[bytes, bytes], Any] = {}

    def rewrite(asked: Asked, answer: Answer) -> None:
        key = (asked.raw_path, asked.query)
        if asked.operation != name:
            return
        if answer.status == 200:
            shown[key] = answer.data
        elif answer.status == 404 and key in shown:
            answer.become(200, shown[key])

    return rewrite


def _running_of_all() -> tuple[Patch, ...]:
    running: dict[str, list[Any]] = {}

    def listing(original: Any) -> Any:
        def listed(world: Any) -> list[Any]:
            running[str(world.token)] = mine = original(world)
            others = [job for name, jobs in running.items() if name != str(world.token) for job in jobs]
            return [*mine, *others]

        return listed

    return (Patch(scheduler, "running", listing),)


def _accounts_of_all() -> Rewrite:
    known: dict[str, Any] = {}

    def rewrite(asked: Asked, answer: Answer) -> None:
        if asked.operation == "list_accounts" and answer.status == 200:
            known.update(answer.data)
            answer.put(dict(known))

    return rewrite


def _other_id(asked: Asked, answer: Answer) -> None:
    if asked.operation == "create_account" and answer.status == 200 and b'"user_id"' not in asked.body:
        answer.put({**answer.data, "user_id": "424242"})


def _foreign(asked: Asked) -> bool:
    number = asked.token.partition(":")[2].partition("-")[0]
    return "user:" in asked.path and f"/user:{number}-" not in asked.path


def _lists_of_namesakes() -> Rewrite:
    """Show in a list what another user's list of the same account showed."""
    shown: dict[tuple[bytes, bytes], list[Any]] = {}

    def rewrite(asked: Asked, answer: Answer) -> None:
        if asked.operation == "list_midi" and answer.status == 200:
            key = (asked.raw_path, asked.query)
            known = shown.setdefault(key, [])
            known += [each for each in answer.data["records"] if each not in known]
            answer.put({**answer.data, "records": known})

    return rewrite


def _foreign_midi(asked: Asked, answer: Answer) -> bool:
    number = asked.token.partition(":")[2].partition("-")[0]
    theirs = b"-midi:" in asked.body and f'"user:{number}-'.encode() not in asked.body
    return on("create_song", 404)(asked, answer) and theirs and number == "777"


def _elsewhere(asked: Asked, answer: Answer) -> None:
    nameless = b'"user_id"' not in asked.body and b"ItemId" in asked.body
    if asked.operation == "create_song" and answer.status == 200 and nameless:
        answer.put(at("jobs.*", lambda name: re.sub("-tempolor:[^-]*-", "-tempolor:424242-", name))(answer.data))


def _in_clear(asked: Asked, answer: Answer) -> None:
    if asked.operation == "create_account" and answer.status == 200:
        answer.put({**answer.data, "requestParams": json.loads(asked.body)["requestParams"]})


def _ids_come_again(owner: Any) -> tuple[Patch, ...]:
    """Give the id of a deleted thing to the next one of its kind and user."""
    free: defaultdict[Any, list[str]] = defaultdict(list)

    def delete(original: Any) -> Any:
        def deleted(world: Any, name: str) -> None:
            original(world, name)
            free[world.token].append(unquote(name).rpartition(":")[2])

        return deleted

    def item_id(original: Any) -> Any:
        def made(seed: Any, token: Any, *rest: Any) -> Any:
            return free[token].pop() if free[token] else original(seed, token, *rest)

        return made

    return Patch(owner, "delete", delete), Patch(owner, "item_id", item_id)


def _without_zeros(account: dict[str, Any]) -> dict[str, Any]:
    return {**account, "user_id": str(account.get("user_id", "")).lstrip("0")}


def _first_again() -> Rewrite:
    """Show the first artist again on each page that follows."""
    first: list[Any] = []

    def rewrite(asked: Asked, answer: Answer) -> None:
        records = answer.data.get("records") if on("list_artist_voices")(asked, answer) else None
        if records and b"cursor=" not in asked.query:
            first[:] = records[:1]
        elif records:
            answer.put({**answer.data, "records": [*first, *records]})

    return rewrite


_rewrite = partial(rewritten, Kind.IDENTITY)
_switch = partial(switched, Kind.IDENTITY)


def _combined(combine: Callable[[Any, Any], Any]) -> Make:
    """Store an account again with what its old parameters and the new ones give."""

    def make(configure: Any) -> Any:
        def stored(world: Any, parameters: Any, max_jobs: Any) -> Any:
            known = world.accounts.get(parameters.get("user_id"))
            return configure(world, combine(known.request_params, parameters) if known else parameters, max_jobs)

        return stored

    return make


def _found_by(fits: Callable[[str, str], bool]) -> Make:
    """Have a job found by an id that only resembles its own."""

    def make(get: Any) -> Any:
        def found(world: Any, job_id: str) -> Any:
            return get(world, next((str(job.id) for job in world.jobs if fits(str(job.id), job_id)), job_id))

        return found

    return make


def _last_account_stays() -> Rewrite:
    stored: dict[str, set[str]] = defaultdict(set)

    def rewrite(asked: Asked, answer: Answer) -> None:
        mine = stored[asked.token]
        if asked.operation == "create_account" and answer.status == 200:
            mine.add(answer.data["user_id"])
        elif asked.operation == "delete_account" and answer.status == 204:
            mine.discard(unquote(asked.path).rpartition("/")[2])
            if not mine:
                answer.become(400, error(400, "The last account cannot be deleted"))

    return rewrite


def _one_name_one_voice() -> Rewrite:
    named: set[tuple[str, bytes]] = set()

    def rewrite(asked: Asked, answer: Answer) -> None:
        if asked.operation == "clone_voice" and answer.status in SUCCESS:
            if (asked.token, asked.query) in named:
                answer.become(409, error(409, "A voice of this name exists"))
            named.add((asked.token, asked.query))

    return rewrite


def _deletes_jobs_as_files() -> Rewrite:
    """Delete a job, as far as the answer tells, where a MIDI file is to be deleted."""
    jobs: set[str] = set()

    def rewrite(asked: Asked, answer: Answer) -> None:
        if asked.operation in ORDERS and answer.status == 200:
            jobs.update(answer.data["jobs"])
        elif asked.operation == "delete_midi" and unquote(asked.path).rpartition("/")[2] in jobs:
            answer.become(200, {"result": True})

    return rewrite


def _numbers_become_texts(parameters: dict[str, Any]) -> dict[str, Any]:
    return {name: str(each) if isinstance(each, int) else each for name, each in parameters.items()}


MUTANTS: Final = (
    _rewrite(
        "last-account-stays",
        "The only account of a user cannot be deleted.",
        "account-round-trips",
        _last_account_stays,
    ),
    _rewrite(
        "one-name-one-voice",
        "A second voice of one name is a 409.",
        "status-documented media-types-may-be-spelt-freely",
        _one_name_one_voice,
    ),
    _rewrite(
        "numbers-become-texts",
        "Numbers in the parameters of an account come back as texts.",
        "account-keeps-its-parameters",
        lambda: edit(["create_account", "get_account"], at("requestParams", _numbers_become_texts)),
    ),
    _switch(
        "midi-ids-come-again",
        "A MIDI file gets the id of one that was deleted.",
        "deleted-is-gone upload-answers-its-id jobs-are-new",
        partial(_ids_come_again, midi),
    ),
    _switch(
        "voice-ids-come-again",
        "A voice gets the id of one that was deleted.",
        "deleted-is-gone upload-answers-its-id jobs-are-new",
        partial(_ids_come_again, voices),
    ),
    _rewrite(
        "item-of-another-account",
        "`userId` of an item is not the account of its id.",
        "item-ids-agree",
        lambda: edit(ITEM, with_fields(userId="424242")),
    ),
    _rewrite(
        "item-id-differs",
        "`itemId` is not the last part of `job_id`.",
        "item-ids-agree item-keeps-its-identity",
        lambda: edit(ITEM, with_fields(itemId="000000000000000")),
    ),
    _rewrite(
        "another-job-is-shown",
        "A poll shows the job that was polled before.",
        "asked-is-answered",
        lambda: previous("get_music"),
    ),
    _rewrite(
        "another-account-is-shown",
        "The account that is shown is not the one that was asked for.",
        "account-that-was-asked-for",
        lambda: edit(["get_account"], with_fields(user_id="424242")),
    ),
    _rewrite(
        "accounts-under-wrong-keys",
        "The accounts stand under other keys than their ids.",
        "accounts-stand-under-their-ids",
        lambda: edit(["list_accounts"], lambda data: {f"x{name}": value for name, value in data.items()}),
    ),
    _rewrite(
        "foreign-number-in-ids",
        "The ids of an order begin with another user's number.",
        "ids-carry-the-token-number",
        lambda: edit(ORDERS, at("jobs.*", lambda name: name.replace("user:12345-", "user:99999-"))),
    ),
    _rewrite(
        "malformed-id-404",
        "A malformed id is a 404.",
        "malformed-id-is-400",
        lambda: answers(on("get_music", 400), 404, error(404)),
    ),
    _rewrite(
        "unknown-id-400",
        "An unknown id is a 400.",
        "unknown-id-is-404 deleted-is-gone",
        lambda: answers(on("get_music", 404), 400, error(400)),
    ),
    _rewrite(
        "unknown-midi-is-deleted",
        "Deleting an unknown MIDI file succeeds.",
        "unknown-id-is-404 deleted-is-gone ids-belong-to-their-user",
        lambda: answers(on("delete_midi", 404), 200, {"result": True}),
    ),
    _rewrite(
        "what-is-false-is-lost",
        "Parameters of an account that are 0 or false are not shown when it is read.",
        "account-keeps-its-parameters",
        lambda: edit(["get_account"], at("requestParams", lambda kept: {n: each for n, each in kept.items() if each})),
    ),
    _rewrite(
        "jobs-are-deleted-as-files",
        "Deleting a MIDI file by the id of a job that is there succeeds.",
        "malformed-id-is-400 invalid-is-refused",
        _deletes_jobs_as_files,
    ),
    _rewrite(
        "job-ids-not-composite",
        "`job_id` of an item is its bare id.",
        "answer-fits-schema answer-fits-reading asked-is-answered item-ids-agree",
        lambda: edit(ITEM, lambda item: {**item, "job_id": item["itemId"]}),
    ),
    _switch(
        "foreign-jobs-readable",
        "Another user's job can be read.",
        "ids-belong-to-their-user",
        _readable_by_all,
    ),
    _switch(
        "order-to-another-account",
        "An order goes to the freest account, whatever it names.",
        "order-goes-to-its-account",
        swap(music, "_account_for", instead(lambda world, _request: accounts.freest(world))),
    ),
    _switch(
        "deleted-job-stays",
        "A deleted piece is still there.",
        "deleted-is-gone",
        swap(music, "delete", instead(_no_deletion(music.get))),
    ),
    _switch(
        "deleted-midi-stays",
        "A deleted MIDI file is still there.",
        "deleted-is-gone ready-material-can-be-used",
        swap(midi, "delete", instead(_no_deletion(midi.get))),
    ),
    _switch(
        "deleted-voice-stays",
        "A deleted voice is still there.",
        "deleted-is-gone ready-material-can-be-used",
        swap(voices, "delete", instead(_no_deletion(voices.get))),
    ),
    _switch(
        "deleted-account-stays",
        "A deleted account is still there.",
        "account-round-trips deleted-is-gone",
        swap(accounts, "delete", instead(_no_deletion(accounts.get))),
    ),
    _switch(
        "deleted-voice-usable",
        "A deleted voice can be ordered with.",
        "ready-material-can-be-used deleted-is-gone",
        swap(voices, "check_usable", instead(lambda _world, _account, _name: None)),
    ),
    _switch(
        "account-limit-forgotten",
        "An account is stored with 10 jobs, whatever was sent.",
        "account-keeps-its-limit",
        swap(accounts, "configure", lambda make: lambda world, params, _limit: make(world, params, None)),
    ),
    _rewrite(
        "foreign-account-readable",
        "Another user's account can be read.",
        "ids-belong-to-their-user",
        lambda: _shown_to_all("get_account"),
    ),
    _rewrite(
        "the-first-ten-accounts",
        "The list of accounts shows ten at most.",
        "account-round-trips",
        lambda: edit(["list_accounts"], lambda shown: dict(list(shown.items())[:10])),
    ),
    _rewrite(
        "zeros-are-cut",
        "Zeros in front of a `user_id` get lost.",
        "account-keeps-its-id",
        lambda: edit(["create_account"], _without_zeros),
    ),
    _rewrite(
        "artists-come-again",
        "The first artist's voice stands on every page.",
        "pages-neither-lose-nor-repeat",
        _first_again,
    ),
    _rewrite(
        "foreign-music-listable",
        "Another user's music can be listed.",
        "ids-belong-to-their-user list-keeps-to-its-account ids-carry-the-token-number",
        lambda: _shown_to_all("list_music"),
    ),
    _rewrite(
        "no-accounts-empty",
        "Where no account is configured, the list of accounts is an empty object.",
        "no-accounts-is-404",
        lambda: answers(on("list_accounts", 404), 200, {}),
    ),
    _switch(
        "foreign-running-jobs-listed",
        "The scheduler lists the running jobs of all users.",
        "ids-belong-to-their-user ids-carry-the-token-number",
        _running_of_all,
    ),
    _rewrite(
        "foreign-accounts-listed",
        "The accounts of all users are listed.",
        "ids-belong-to-their-user account-round-trips",
        _accounts_of_all,
    ),
    _rewrite(
        "anybody-cancels",
        "A running job of another user can be cancelled.",
        "ids-belong-to-their-user",
        lambda: answers(lambda asked, answer: on("cancel_job", 404)(asked, answer) and _foreign(asked), 204),
    ),
    _rewrite(
        "anybody-deletes-voices",
        "A voice of another user can be deleted.",
        "ids-belong-to-their-user",
        lambda: answers(
            lambda asked, answer: on("delete_cloned_voice", 404)(asked, answer) and _foreign(asked),
            200,
            {"result": True},
        ),
    ),
    _rewrite(
        "ucid-ignored",
        "An account without `user_id` is not stored under its `ucid`.",
        "account-keeps-its-id",
        lambda: _other_id,
    ),
    _rewrite(
        "anybody-deletes-midi",
        "A MIDI file of another user can be deleted.",
        "ids-belong-to-their-user",
        lambda: answers(
            lambda asked, answer: on("delete_midi", 404)(asked, answer) and _foreign(asked), 200, {"result": True}
        ),
    ),
    _rewrite(
        "namesakes-share-lists",
        "Two users with the same account see each other's MIDI files.",
        "ids-belong-to-their-user ids-carry-the-token-number",
        _lists_of_namesakes,
    ),
    _rewrite(
        "foreign-midi-usable",
        "Another user's MIDI file can be ordered with.",
        "ids-belong-to-their-user",
        lambda: answers(_foreign_midi, 200, {"result": True, "jobs": ["user:777-tempolor:1-job:x"], "itemIds": ["x"]}),
    ),
    _rewrite(
        "source-does-not-choose",
        "An order without `user_id` goes to another account than that of its MIDI file.",
        "order-finds-its-account",
        lambda: _elsewhere,
    ),
    _switch(
        "ids-in-any-case",
        "A job is found by its id in other letters.",
        "unknown-id-is-404 asked-is-answered",
        swap(music, "get", _found_by(lambda known, asked: known.lower() == asked.lower())),
    ),
    _switch(
        "ids-by-their-beginning",
        "A job is found by the beginning of its id.",
        "unknown-id-is-404 asked-is-answered",
        swap(music, "get", _found_by(str.startswith)),
    ),
    _switch(
        "ids-by-what-they-begin-with",
        "A job is found by an id that goes on after its own.",
        "unknown-id-is-404 asked-is-answered",
        swap(music, "get", _found_by(lambda known, asked: asked.startswith(known))),
    ),
    _switch(
        "ucid-before-user-id",
        "An account is stored under its `ucid`, even where it has a `user_id`.",
        "account-keeps-its-id",
        swap(accounts, "_identity", lambda found: lambda given: found({**given, "user_id": given.get("ucid")})),
    ),
    _switch(
        "ids-of-any-number",
        "A job is found by its id with another user's number.",
        "unknown-id-is-404 asked-is-answered",
        swap(music, "get", _found_by(lambda known, asked: known.partition("-")[2] == asked.partition("-")[2])),
    ),
    _switch(
        "parameters-are-merged",
        "Parameters that are stored again are added to those of before.",
        "account-keeps-its-parameters",
        swap(accounts, "configure", _combined(lambda old, new: {**old, **new})),
    ),
    _switch(
        "parameters-stay",
        "Parameters that are stored again are not replaced.",
        "account-keeps-its-parameters",
        swap(accounts, "configure", _combined(lambda old, _new: old)),
    ),
    _rewrite("ticket-in-clear", "An account shows the ticket it was given.", "secrets-are-masked", lambda: _in_clear),
)
