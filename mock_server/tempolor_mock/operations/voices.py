"""Operations of the tag `voices`."""

from ..domain import accounts, artists, voices
from ..domain.artists import ArtistVoice
from ..domain.errors import ServiceError
from ..domain.voices import ClonedVoice
from ..domain.world import World
from ..exchange import Answer, Call
from ..files import links, uploads
from ..shapes import JsonObject, listing, with_recorded


async def clone_voice(call: Call) -> Answer:
    """Clone a voice: the answer comes when it is ready, or after 120 virtual seconds without it.

    A 404 where the voice was deleted meanwhile, or its world emptied.
    """
    try:
        notices = await uploads.check_audio(call)
    except uploads.UnreadableUploadError as error:
        raise ServiceError(400, str(error)) from None
    given = call.parameters
    voice = await call.run(
        lambda world: voices.clone(
            world,
            name=given["name"],
            extension=uploads.EXTENSIONS[call.media_type],
            content=call.body,
            user_id=given.get("user_id"),
        )
    )
    item_id = voice.id.item_id
    await call.worlds.reach(call.owner, voice.answer_ms, unless=lambda world: world.voices.get(item_id) is None)
    ids = {"itemId": item_id, "clonedVoiceItemId": str(voice.id)}
    if await call.run(lambda world: voices.get(world, str(voice.id)).is_ready(world.now_ms)):
        return Answer(200, {"result": True, **ids}, notices)
    waited = voices.LONGEST_WAIT_MS // 1000
    message = f"Voice cloning is still processing after {waited} seconds. Please check back later."
    return Answer(202, {**ids, "message": message}, notices)


def list_cloned_voices(call: Call, world: World) -> Answer:
    """Return a page of an account's cloned voices."""
    page = voices.page(world, user_id=call.parameters.get("user_id"), cursor=call.parameters.get("cursor"))
    return Answer(200, listing(page, lambda voice: _cloned_voice_object(voice, world, call.base_url)))


def delete_cloned_voice(call: Call, world: World) -> Answer:
    """Delete one cloned voice."""
    voices.delete(world, call.parameters["clonedVoiceItemId"])
    return Answer(200, {"result": True})


def list_artist_voices(call: Call, world: World) -> Answer:
    """Return a page of the artist voices on offer."""
    accounts.the_one(world, call.parameters.get("user_id"))
    page = artists.page(cursor=call.parameters.get("cursor"), size=world.policy.page_size)
    shown = listing(page, lambda voice: _artist_voice_object(voice, call.base_url))
    return Answer(200, shown | {"sysTime": world.now_ms})


def _cloned_voice_object(voice: ClonedVoice, world: World, base_url: str) -> JsonObject:
    return with_recorded(voice.recorded, lambda moment: _voice_at(voice, moment, world, base_url), world.now_ms)


def _voice_at(voice: ClonedVoice, moment_ms: int, world: World, base_url: str) -> JsonObject:
    item_id = voice.id.item_id
    return {
        "isAddRel": False,
        "relSource": "",
        "ucid": voice.id.user_id,
        "bizType": "user",
        "operatorType": "gen",
        "itemId": item_id,
        "rootItemId": item_id,
        "parentItemId": item_id,
        "name": voice.name,
        "resourceUrl": f"voice_cloned/audio/{item_id}.{voice.extension}",
        "coverUrl": "",
        "readStatus": 0,
        "status": voice.status(moment_ms).value,
        "vocalUrl": links.cloned_voice(world, voice, base_url),
        "createTime": voice.created_ms,
        "updateTime": min(voice.ready_ms, max(voice.created_ms, moment_ms)),
        "labels": [],
        "clonedVoiceItemId": str(voice.id),
    }


def _artist_voice_object(voice: ArtistVoice, base_url: str) -> JsonObject:
    sample = links.artist_sample(voice, base_url)
    return {
        "ucid": artists.CATALOGUE_OWNER,
        "bizType": "ai_voice_cloned",
        "itemId": voice.item_id,
        "name": voice.name,
        "resourceUrl": sample,
        "coverUrl": links.artist_cover(voice, base_url),
        "vocalUrl": sample,
        "weight": voice.weight,
        "isAddRel": False,
        "relSource": "",
        "labels": list(voice.labels),
    }
