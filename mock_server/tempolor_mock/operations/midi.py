"""Operations of the tag `midi`."""

from ..domain import midi
from ..domain.errors import ServiceError
from ..domain.midi import MidiFile
from ..domain.world import World
from ..exchange import Answer, Call
from ..files import links, uploads
from ..shapes import JsonObject, listing, with_recorded


async def upload_midi(call: Call) -> Answer:
    """Keep an uploaded MIDI file, if it is one."""
    try:
        facts = await uploads.read_midi(call)
    except uploads.UnreadableUploadError as error:
        raise ServiceError(400, str(error)) from None

    def add(world: World) -> JsonObject:
        uploaded = midi.add(
            world,
            name=call.parameters["name"],
            content=call.body,
            key=facts.key,
            bpm=facts.bpm,
            user_id=call.parameters.get("user_id"),
        )
        return {"isFirst": uploaded.is_first, "midiRenderVO": _midi_object(uploaded.file, world, call.base_url)}

    return Answer(200, await call.run(add))


def list_midi(call: Call, world: World) -> Answer:
    """Return a page of an account's MIDI files."""
    page = midi.page(world, user_id=call.parameters.get("user_id"), cursor=call.parameters.get("cursor"))
    return Answer(200, listing(page, lambda file: _midi_object(file, world, call.base_url)))


def delete_midi(call: Call, world: World) -> Answer:
    """Delete one MIDI file."""
    midi.delete(world, call.parameters["midiItemId"])
    return Answer(200, {"result": True})


def _midi_object(file: MidiFile, world: World, base_url: str) -> JsonObject:
    shown = {
        "opType": "upload",
        "ucid": file.id.user_id,
        "midiItemId": str(file.id),
        "name": file.name,
        "midiUrl": links.midi(world, file, base_url),
    }
    return with_recorded(file.recorded, lambda _moment: shown, world.now_ms)
