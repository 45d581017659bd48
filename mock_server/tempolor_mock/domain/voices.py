"""Cloned voices. Source: the cloned-voices pages.

The service answers an upload when the voice is ready, or after 120 seconds at the latest; the id is good from the
start, the voice is not.
"""

from . import accounts, errors, room
from .accounts import Account
from .draws import Draws
from .ids import CompositeId, blob_name, item_id
from .jobs import Status
from .paging import Page, page_of
from .recorded import Recorded
from .records import Record
from .world import World

LONGEST_WAIT_MS = 120_000


class ClonedVoice(Record, frozen=True):
    """A voice made from a sample, whose bytes lie in the world's blobs under `blob`; it is ready from `ready_ms` on."""

    number: int
    id: CompositeId
    name: str
    extension: str
    created_ms: int
    ready_ms: int
    recorded: Recorded | None = None

    @property
    def listing(self) -> str:
        """The listing it stands in: its account's."""
        return self.id.user_id

    @property
    def blob(self) -> str:
        """The name of its sample's bytes."""
        return blob_name(self.id)

    def status(self, now_ms: int) -> Status:
        """Return its state at a virtual moment, on the scale of jobs."""
        return Status.COMPLETED if now_ms >= self.ready_ms else Status.GENERATING

    def is_ready(self, now_ms: int) -> bool:
        """Whether songs can be sung with it at a virtual moment."""
        return self.status(now_ms).final

    @property
    def answer_ms(self) -> int:
        """The virtual moment at which the upload is answered."""
        return min(self.ready_ms, self.created_ms + LONGEST_WAIT_MS)


def clone(world: World, *, name: str, extension: str, content: bytes, user_id: str | None) -> ClonedVoice:
    """Begin to clone a voice.

    Where the world's clock stands still, nobody could wait for the answer: the time the call would have taken then
    lies before now instead of after it, so that the answer is due at once and is the same one.
    """
    account = accounts.the_one(world, user_id)
    number = world.count("voices")
    identity = (world.policy.seed, world.token, "voice", number)
    duration = Draws(*identity).milliseconds(world.policy.clone_seconds)
    begun = world.now_ms - (min(duration, LONGEST_WAIT_MS) if world.clock.frozen else 0)
    voice = ClonedVoice(
        number=number,
        id=CompositeId(world.token.number, account.user_id, "voice", item_id(*identity)),
        name=name,
        extension=extension,
        created_ms=begun,
        ready_ms=begun + duration,
    )
    room.keep(world, voice.blob, content)
    world.voices.put(voice)
    return voice


def get(world: World, voice_id: str) -> ClonedVoice:
    """Return a cloned voice of this user, or raise 400 for a malformed id and 404 for an unknown one."""
    wanted = CompositeId.parse(voice_id, "voice", name="clonedVoiceItemId")
    voice = world.voices.get(wanted.item_id)
    if voice is None or voice.id != wanted or voice.id.user_id not in world.accounts:
        raise errors.no_record(voice_id)
    return voice


def check_usable(world: World, account: Account, voice_id: str) -> None:
    """Raise the 404 of the song page unless the voice is that account's, there, and ready."""
    wanted = CompositeId.parse(voice_id, "voice", name="clonedVoiceItemId")
    voice = world.voices.get(wanted.item_id)
    if voice is None or voice.id != wanted or voice.listing != account.user_id or not voice.is_ready(world.now_ms):
        raise errors.no_source_material()


def delete(world: World, voice_id: str) -> None:
    """Forget a cloned voice. Its sample stays: songs that were sung with it go on sounding like it."""
    world.voices.delete(get(world, voice_id).id.item_id)


def page(world: World, *, user_id: str | None, cursor: str | None) -> Page[ClonedVoice]:
    """Return a page of an account's cloned voices, newest first."""
    account = accounts.the_one(world, user_id)
    return page_of(world.voices, account.user_id, cursor=cursor, size=world.policy.page_size)
