"""Orders in which each pair of optional fields is there together, alone and not at all, as the document allows it."""

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from itertools import combinations, product
from typing import Any, Final

from tempolor_spec import operations

from ...document.bodies import records_of, texts
from ...document.schemas import dereferenced
from ...document.service import SOURCES
from ...rules.catalogue import rule
from . import fixtures
from .lab import UPLOAD_SECONDS, Lab
from .samples import midi_file, wav_file
from .scenario import Beside, Need, Scenario

_INVALID_VALUES_ARE_400: Final = rule("invalid-values-are-400")

_ORDERS: Final = ("create_song", "create_instrumental")
_MOST_VALUES: Final = 2
# These are in each order, and a field beside its older name would be an order that says two things.
_NOT_CHOSEN: Final = frozenset({"user_id", "prompt", "chord"})


def pairwise(choices: Mapping[str, Sequence[Any]], forbidden: Collection[Collection[str]]) -> list[dict[str, Any]]:
    """Return few choices in which each pair of values stands together, None among them, which leaves a field out.

    No choice has all the fields of one that is `forbidden`.
    """

    def allowed(chosen: Mapping[str, Any]) -> bool:
        return not any(all(chosen.get(name) is not None for name in names) for names in forbidden)

    values = {name: (None, *given) for name, given in choices.items()}
    pairs = (
        (dict(zip(names, pair, strict=True)))
        for names in combinations(values, 2)
        for pair in product(*(values[name] for name in names))
    )
    missing = [pair for pair in pairs if allowed(pair)]
    rows = []
    while missing:
        row = dict(missing[0])
        for name in [each for each in values if each not in row]:
            fitting = [value for value in values[name] if allowed({**row, name: value})]
            row[name] = max(fitting, key=_covered(row, name, missing))
        missing = [pair for pair in missing if not pair.items() <= row.items()]
        rows.append({name: value for name, value in row.items() if value is not None})
    return rows


def _covered(row: dict[str, Any], name: str, missing: Sequence[dict[str, Any]]) -> Callable[[Any], int]:
    """Count the pairs that a row would newly have with a value of one more field."""
    return lambda value: sum(name in pair and pair.items() <= {**row, name: value}.items() for pair in missing)


def _combinations(lab: Lab) -> None:
    account = fixtures.account(lab)
    things = _things(lab, account)
    for operation in _ORDERS:
        schema = schema_of(lab, operation)
        exclusive = [each["required"] for each in schema.get("not", {}).get("anyOf", ())]
        common = {"user_id": account, "prompt": "A harbour ballad"}
        rows = pairwise(_choices(lab, schema, things), exclusive)
        rows += _others(schema)
        lab.side_by_side(partial(_allowed, lab, operation, common, each) for each in rows)
        excluded = [{name: things[name] for name in names} for names in exclusive if things.keys() >= set(names)]
        lab.side_by_side(partial(forbidden, lab, operation, common, each) for each in excluded)


def _allowed(lab: Lab, operation: str, common: dict[str, Any], chosen: dict[str, Any]) -> None:
    call = lab.call(operation, json={**common, **chosen})
    what = ", ".join(chosen) if len(chosen) != 1 else " ".join(map(str, *chosen.items()))
    jobs = fixtures.taken(lab, call, f"{operation} with {what}")
    for job_id in jobs[:1]:
        fixtures.read(lab, job_id)
    fixtures.cancel_all(lab, jobs)


def forbidden(lab: Lab, operation: str, common: dict[str, Any], chosen: dict[str, Any]) -> None:
    """Order with what excludes each other, all of it there."""
    told = f"{operation} with {' and '.join(chosen)}, which exclude each other, is a 400"
    fields = {**common, **chosen}
    for how, content in (("", {"json": fields}), (" as a form", fixtures.as_form(fields))):
        call = lab.call(operation, **content)
        fine = call.status == 400 or fixtures.busy(call)
        message = f"{told}, but{how} was answered {call.status}"
        lab.check(_INVALID_VALUES_ARE_400, fine=fine, message=message, call=call)
        fixtures.cancel_all(lab, texts(call.item.get("jobs")))


def schema_of(lab: Lab, operation: str) -> dict[str, Any]:
    """Return the schema of an order."""
    document = lab.inspector.document.document
    [definition] = [each.definition for each in operations(document) if each.operation_id == operation]
    found: dict[str, Any] = dereferenced(definition["requestBody"]["content"]["application/json"]["schema"], document)
    return found


def _choices(lab: Lab, schema: dict[str, Any], things: dict[str, str]) -> dict[str, list[Any]]:
    """Return values for each optional field: what was made for the purpose, what is listed, or the example."""
    document = lab.inspector.document.document
    own: dict[str, Any] = {**things, **fixtures.reply_url(lab), "replyRef": lab.name("ref"), "maxJobs": fixtures.ROOM}
    chosen: dict[str, list[Any]] = {}
    for name, reference in schema["properties"].items():
        field = dereferenced(reference, document)
        listed = _listed(field)
        if name in own:
            chosen[name] = [own[name]]
        elif name not in _NOT_CHOSEN.union(SOURCES) and (listed or ("example" in field and name != "replyUrl")):
            chosen[name] = listed[:_MOST_VALUES] or [field["example"]]
    return chosen


def _listed(field: dict[str, Any]) -> list[Any]:
    return [each for each in field.get("enum", ()) if each]


def _others(schema: dict[str, Any]) -> list[dict[str, Any]]:
    """Return choices of one field each: of the listed values that stand in no pair, one may be unknown to a service."""
    fields = {name: _listed(field) for name, field in schema["properties"].items()}
    return [{name: value} for name, listed in fields.items() for value in listed[_MOST_VALUES:]]


def _things(lab: Lab, account: str) -> dict[str, str]:
    """Return ids to order with. A voice is cloned only where time costs nothing."""
    query, things = {"user_id": account, "name": lab.name("pair")}, {}
    artists = records_of(lab.call("list_artist_voices", query={"user_id": account}))
    midi = lab.call("upload_midi", query=query, content=midi_file(), headers={"Content-Type": "audio/midi"})
    inner = midi.item.get("midiRenderVO")
    things["artistVoiceItemId"] = artists[0].get("itemId") if artists else None
    things["midiItemId"] = inner.get("midiItemId") if isinstance(inner, dict) else None
    if lab.clock.virtual:
        headers = {"Content-Type": "audio/wav"}
        voice = lab.call("clone_voice", query=query, content=wav_file(), headers=headers, timeout=UPLOAD_SECONDS)
        things["clonedVoiceItemId"] = voice.item.get("clonedVoiceItemId") if voice.status == 200 else None
    return {name: thing for name, thing in things.items() if isinstance(thing, str)}


COMBINATIONS = Scenario(
    "combinations",
    _combinations,
    frozenset({Need.CREATE, Need.DESTROY, Need.UPLOAD, Need.ACCOUNT}),
    cost=51,
    beside=Beside.UNHURRIED,
    provokes=("invalid-values-are-400", "sources-come-back", "voice-and-midi-exclude-each-other"),
)
