"""Operations of the tag `faults`."""

from collections.abc import Mapping
from typing import Any

from msgspec.structs import asdict

from ..documented import DocumentedAnswers, NotDocumentedError
from ..domain import faults
from ..domain.errors import ServiceError
from ..domain.faults import FILE, KINDS, PLATFORM_TEXTS, Effect, Fault, Match
from ..domain.world import World
from ..exchange import Answer, Call

JsonObject = dict[str, Any]
Documented = Mapping[str, DocumentedAnswers]


async def create_fault(call: Call) -> Answer:
    """Add a rule."""
    fault = fault_from(call.body, call.documented)
    return Answer(200, fault_object(await call.run(lambda world: faults.add(world, fault))))


async def list_faults(call: Call) -> Answer:
    """Show every rule and what it did."""

    def read(world: World) -> JsonObject:
        return {"faults": [fault_object(fault) for fault in faults.all_of(world)]}

    return Answer(200, await call.run(read))


async def delete_faults(call: Call) -> Answer:
    """Forget every rule."""
    return Answer(200, {"faults": await call.run(faults.delete_all)})


async def delete_fault(call: Call) -> Answer:
    """Forget one rule."""
    await call.run(lambda world: faults.delete(world, call.parameters["fault_id"]))
    return Answer(204)


def fault_from(body: Mapping[str, Any], documented: Documented) -> Fault:
    """Return the rule a body describes; raises a 400 that says what to do where it makes no sense."""
    effect = Effect(**body["effect"])
    faults.check_effect(effect, frozenset(body["effect"]) - {"kind"})
    match = body.get("match", {})
    header = match.get("header", {})
    return Fault(
        number=0,
        match=Match(
            operation_ids=_operation_ids(match.get("operation_ids", []), effect, documented),
            user_id=match.get("user_id"),
            method=match.get("method"),
            path=match.get("path"),
            header=header["name"].lower() if header else None,
            header_value=header.get("value"),
            prompt=match.get("prompt"),
        ),
        effect=effect,
        times=body.get("times"),
        skip=body.get("skip", 0),
        probability=body.get("probability", 1.0),
    )


def _operation_ids(chosen: list[str], effect: Effect, documented: Documented) -> tuple[str, ...]:
    """Return the operations a rule is about: those chosen, or all that its effect makes sense for."""
    for operation_id in chosen:
        if operation_id not in documented and operation_id != FILE:
            known = ", ".join(sorted([*documented, FILE]))
            raise ServiceError(400, f"match.operation_ids: there is no operation {operation_id}. There are: {known}")
    able = _able(effect, documented)
    for operation_id in chosen:
        if operation_id not in able:
            raise ServiceError(400, _unable(operation_id, effect, able, documented))
    if not able:
        raise ServiceError(400, f"No operation has an answer {_wanted(effect)}. {_PLATFORM}")
    everything = len(able) == len(documented) + 1
    return tuple(dict.fromkeys(chosen)) if chosen else () if everything else tuple(able)


_PLATFORM = f"Undocumented faults of the platform: {', '.join(map(str, PLATFORM_TEXTS))}; any other one needs a text"


def _able(effect: Effect, documented: Documented) -> list[str]:
    """Return the operations that an effect makes sense for."""
    kind = KINDS[effect.kind]
    if effect.kind == "status":
        return [name for name in (*documented, FILE) if _has_answer(effect, documented.get(name))]
    return [
        *(name for name in documented if kind.operations is None or name in kind.operations),
        *([FILE] if kind.files else []),
    ]


def _has_answer(effect: Effect, documented: DocumentedAnswers | None) -> bool:
    if effect.status is None and effect.example is None:
        raise ServiceError(
            400, "effect.status is required for the effect status, unless effect.example names an answer"
        )
    if effect.text is not None or (effect.status in PLATFORM_TEXTS and effect.example is None):
        if effect.status is None or effect.status < 400:
            raise ServiceError(400, "effect.text goes with an effect.status from 400 to 599")
        return True
    try:
        return documented is not None and bool(documented.find(effect.status, effect.example))
    except NotDocumentedError:
        return False


def _unable(operation_id: str, effect: Effect, able: list[str], documented: Documented) -> str:
    if effect.kind != "status":
        return f"match.operation_ids: the effect {effect.kind} is for {', '.join(able)}, not for {operation_id}"
    there = documented[operation_id].listed() if operation_id in documented else "none"
    return f"{operation_id} has no answer {_wanted(effect)}. There are: {there}. {_PLATFORM}"


def _wanted(effect: Effect) -> str:
    return " ".join(str(each) for each in (effect.status, effect.example) if each is not None)


def fault_object(fault: Fault) -> JsonObject:
    """Return a rule as the control plane shows it: what was given, and what it did."""
    match = {name: value for name, value in asdict(fault.match).items() if value not in {None, ()}}
    if header := match.pop("header", None):
        value = match.pop("header_value", None)
        match["header"] = {"name": header} if value is None else {"name": header, "value": value}
    effect = {name: value for name, value in asdict(fault.effect).items() if value is not None and value is not False}
    shown: JsonObject = {"id": fault.id, "match": match, "effect": effect, "skip": fault.skip}
    if fault.times is not None:
        shown |= {"times": fault.times, "remaining": fault.remaining}
    return {**shown, "probability": fault.probability, "matched": fault.matched, "applied": fault.applied}
