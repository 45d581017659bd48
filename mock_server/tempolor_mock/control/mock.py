"""Operations of the tag `mock`."""

from tempolor_spec import __version__

from ..domain import errors
from ..exchange import Answer, Call


async def get_health(call: Call) -> Answer:
    """Tell who answers."""
    worlds = call.worlds
    return Answer(200, {"instance": worlds.instance, "version": __version__, "store": worlds.store.name})


async def reset_worlds(call: Call) -> Answer:
    """Empty the caller's world, or all of them."""
    everything = call.body.get("all", False)
    if call.token is None and not everything:
        raise errors.unauthorized()
    if everything and call.worlds.settings.own_world_only:
        raise errors.own_world_only()
    doomed = None if everything else call.token
    return Answer(200, {"worlds": await call.worlds.reset(doomed)})
