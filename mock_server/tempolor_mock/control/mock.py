"""Operations of the tag `mock`."""

from tempolor_spec import __version__

from ..domain import errors
from ..domain.errors import ServiceError
from ..exchange import Answer, Call


async def get_health(call: Call) -> Answer:
    """Tell who answers, and whether worlds can be reached."""
    store = call.worlds.store
    shown = {**_who(call), "store": store.name}
    try:
        await store.check()
    except ServiceError as refusal:
        return Answer(503, {**shown, "ready": False, "reason": str(refusal)}, refusal.headers)
    return Answer(200, {**shown, "ready": True})


async def get_liveness(call: Call) -> Answer:
    """Tell who answers."""
    return Answer(200, _who(call))


def _who(call: Call) -> dict[str, object]:
    return {"instance": call.worlds.instance, "version": __version__, "live": True}


async def reset_worlds(call: Call) -> Answer:
    """Empty the caller's world, or all of them."""
    everything = call.body.get("all", False)
    if call.token is None and not everything:
        raise errors.unauthorized()
    if everything and call.worlds.settings.own_world_only:
        raise errors.own_world_only()
    doomed = None if everything else call.token
    return Answer(200, {"worlds": await call.worlds.reset(doomed)})
