"""Operation of the tag `stems`."""

from ..domain import stems
from ..domain.errors import ServiceError
from ..domain.world import World
from ..exchange import Answer, Call
from ..files import links, uploads

STATE_DONE = 2


async def split_stems(call: Call) -> Answer:
    """Split an upload into stems; the one call does it all, and answers when it is done."""
    split_id, answer_ms = await call.run(
        lambda world: (stems.reserve(world, user_id=call.parameters.get("user_id")), stems.answer_ms(world))
    )
    extension = uploads.EXTENSIONS[call.media_type]
    try:
        notices = await uploads.check_audio(call)
    except uploads.UnreadableUploadError as error:
        raise ServiceError(400, str(error)) from None
    await call.worlds.reach(call.owner, answer_ms)

    def keep(world: World) -> str:
        stems.keep(world, split_id, call.body)
        return links.stems(world, split_id, call.base_url)

    return Answer(
        200,
        {
            "state": STATE_DONE,
            "title": f"{split_id}.{extension}",
            "stemsZipUrl": await call.run(keep),
            "audioType": extension,
            "detail": list(uploads.STEM_NAMES),
        },
        notices,
    )
