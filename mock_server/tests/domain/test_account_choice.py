"""Which account a request is about when it does not say so (`spec/DECISIONS.md`)."""

import pytest
from tempolor_mock.domain import accounts, midi, music, voices
from tempolor_mock.domain.errors import ServiceError

PAST_EVERY_JOB = 60


@pytest.fixture
def pair(new_stage):
    """Two accounts, `111` with three slots and `222` with five; the clock stands still."""
    stage = new_stage(jobs_per_request=1)
    stage.account("111", max_jobs=3)
    stage.account("222", max_jobs=5)
    return stage


def user_of(jobs):
    """Return the account the first job runs on."""
    return jobs[0].id.user_id


def test_a_song_goes_to_the_only_account(stage):
    """With one account there is nothing to choose."""
    assert user_of(stage.song()) == "111"


def test_a_song_goes_to_the_account_with_most_free_slots(pair):
    """The one with five slots takes two songs before the one with three is as free."""
    chosen = [user_of(pair.song()) for _ in range(2)]

    assert chosen == ["222", "222"]


def test_of_equally_free_accounts_the_lowest_user_id_is_taken(new_stage):
    """The one that the scheduler lists first, whichever was configured first."""
    stage = new_stage(jobs_per_request=1)
    stage.account("222")
    stage.account("111")

    chosen = user_of(stage.song())

    assert chosen == "111"


def test_a_song_goes_to_the_account_it_names(pair):
    """A named account is used, whoever has more room."""
    assert user_of(pair.song(user_id="111")) == "111"


def test_a_song_goes_to_the_account_of_its_cloned_voice(pair):
    """A voice can only sing where it was cloned."""
    voice = pair.voice("111")

    assert user_of(pair.song(cloned_voice_id=str(voice.id))) == "111"


def test_a_song_goes_to_the_account_of_its_midi_file(pair):
    """A MIDI file can only be used where it was uploaded."""
    file = pair.midi("111")

    assert user_of(pair.song(midi_id=str(file.id))) == "111"


def test_material_of_another_account_than_the_named_one_is_missing(pair):
    """A song on `222` cannot use what belongs to `111`."""
    file = pair.midi("111")

    with pytest.raises(ServiceError) as refusal:
        pair.song(midi_id=str(file.id), user_id="222")

    assert (refusal.value.code, refusal.value.text) == (404, "The source material does not exist.")


@pytest.mark.parametrize(
    "ask",
    [
        lambda pair: music.page(pair.world, "song", user_id=None, cursor=None),
        lambda pair: midi.page(pair.world, user_id=None, cursor=None),
        lambda pair: voices.page(pair.world, user_id=None, cursor=None),
        lambda pair: pair.midi(),
        lambda pair: pair.voice(),
    ],
    ids=["list-music", "list-midi", "list-voices", "upload-midi", "clone-voice"],
)
def test_lists_and_uploads_must_name_one_of_several_accounts(pair, ask):
    """Only songs and instrumentals may leave the choice to the service."""
    with pytest.raises(ServiceError) as refusal:
        ask(pair)

    assert (refusal.value.code, refusal.value.text) == (400, "Parameter user_id is required")


def test_an_unknown_account_is_no_record(stage):
    """An account that is not configured is a 404, whatever it is wanted for."""
    with pytest.raises(ServiceError) as refusal:
        stage.song(user_id="999")

    assert (refusal.value.code, refusal.value.text) == (404, "No record found for 999")


def test_nothing_can_be_ordered_without_an_account(new_stage):
    """The very first call has to be the one that configures an account."""
    with pytest.raises(ServiceError) as refusal:
        new_stage().song()

    assert (refusal.value.code, refusal.value.text) == (404, "No accounts configured")


@pytest.mark.parametrize(
    ("parameters", "user_id"),
    [
        ({"user_id": "7"}, "7"),
        ({"ucid": "8"}, "8"),
        ({"user_id": "7", "ucid": "8"}, "7"),
        ({"user_id": "", "ucid": "8"}, "8"),
        ({"ucid": 9}, "9"),
    ],
    ids=["user_id", "ucid", "both", "empty-user_id", "number"],
)
def test_an_account_is_called_what_its_parameters_say(new_stage, parameters, user_id):
    """`user_id` comes first, then `ucid`."""
    account = accounts.configure(new_stage().world, parameters, None)

    assert account.user_id == user_id


def test_an_account_without_a_name_is_the_same_one_each_time(new_stage):
    """Posting the page's own sample twice updates one account."""
    stage = new_stage()

    first = accounts.configure(stage.world, {}, None)
    second = accounts.configure(stage.world, {}, 5)

    assert first.user_id == second.user_id
    assert first.user_id.isdigit()
    assert [account.max_jobs for account in accounts.all_of(stage.world)] == [5]
