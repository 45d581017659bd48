"""Uploaded MIDI files. Source: the MIDI pages."""

from . import accounts, errors, room
from .accounts import Account
from .ids import CompositeId, blob_name, item_id
from .paging import Page, page_of
from .recorded import Recorded
from .records import Record
from .world import World


class MidiFile(Record, frozen=True):
    """A MIDI file of an account, its main key and tempo; its bytes lie in the world's blobs under `blob`."""

    number: int
    id: CompositeId
    name: str
    key: str
    bpm: int
    recorded: Recorded | None = None

    @property
    def listing(self) -> str:
        """The listing it stands in: its account's."""
        return self.id.user_id

    @property
    def blob(self) -> str:
        """The name of its bytes."""
        return blob_name(self.id)


class Uploaded(Record, frozen=True):
    """A MIDI file that was just uploaded, and whether it is the first its account has."""

    file: MidiFile
    is_first: bool


def add(  # noqa: PLR0913 - what there is to know of a file
    world: World, *, name: str, content: bytes, key: str, bpm: int, user_id: str | None
) -> Uploaded:
    """Keep a MIDI file that was found to be one, and in what key and tempo it is."""
    account = accounts.the_one(world, user_id)
    number = world.count("midi")
    identity = item_id(world.policy.seed, world.token, "midi", number)
    file = MidiFile(number, CompositeId(world.token.number, account.user_id, "midi", identity), name, key, bpm)
    is_first = not any(world.midi.page(account.user_id, before=None, limit=1))
    room.keep(world, file.blob, content)
    world.midi.put(file)
    return Uploaded(file, is_first=is_first)


def get(world: World, midi_id: str) -> MidiFile:
    """Return a MIDI file of this user, or raise 400 for a malformed id and 404 for an unknown one."""
    wanted = CompositeId.parse(midi_id, "midi", name="midiItemId")
    file = world.midi.get(wanted.item_id)
    if file is None or file.id != wanted or file.id.user_id not in world.accounts:
        raise errors.no_record(midi_id)
    return file


def usable(world: World, account: Account, midi_id: str) -> MidiFile:
    """Return the MIDI file a song of that account is to be based on, or raise the 404 of the song page."""
    wanted = CompositeId.parse(midi_id, "midi", name="midiItemId")
    file = world.midi.get(wanted.item_id)
    if file is None or file.id != wanted or file.listing != account.user_id:
        raise errors.no_source_material()
    return file


def delete(world: World, midi_id: str) -> None:
    """Forget a MIDI file. Its bytes stay: songs that were based on it go on sounding like it."""
    world.midi.delete(get(world, midi_id).id.item_id)


def page(world: World, *, user_id: str | None, cursor: str | None) -> Page[MidiFile]:
    """Return a page of an account's MIDI files, newest first."""
    account = accounts.the_one(world, user_id)
    return page_of(world.midi, account.user_id, cursor=cursor, size=world.policy.page_size)
