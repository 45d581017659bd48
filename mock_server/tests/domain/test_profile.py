"""A profile is read, checked, and stands between the options that were given and their defaults."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from tempolor_mock.cli import mock_command
from tempolor_mock.domain.draws import Draws
from tempolor_mock.domain.jobs import MusicRequest, Status, plan_for
from tempolor_mock.domain.policy import Policy
from tempolor_mock.profile import ProfileError, read_profile, with_profile
from tempolor_mock.testing import Options, OptionsError

DOCUMENTED = Path(__file__).parents[3] / "docs" / "profile.md"
HEAD = 'format = "tempolor-profile"\nversion = 1\n'


@pytest.fixture
def profile(tmp_path):
    """Write a profile."""

    def write(text: str) -> Path:
        file = tmp_path / "profile.toml"
        file.write_text(text if "format" in text else HEAD + text)
        return file

    return write


@pytest.fixture
def documented(profile):
    """The profile that the documentation shows."""
    return profile(re.search(r"```toml\n(.*?)```", DOCUMENTED.read_text("utf-8"), re.DOTALL)[1])


def test_the_documented_profile_sets_everything(documented):
    """Each of its tables becomes a field of the policy."""
    policy = with_profile({}, (), documented)

    assert policy.seconds_of("song", "v3.5") == (41.0, 58.0, 66.5, 79.0, 142.0)
    assert policy.seconds_of("song", "v3") == policy.seconds_of("instrumental", "i3") == (30.0, 60.0)
    assert policy.progress == ((35, (0.2, 0.4)), (80, (0.7, 0.9)))
    assert policy.download_lag_seconds == (2.0, 6.5)
    assert (policy.clone_seconds, policy.split_seconds) == ((20.0, 45.0), (15.0, 60.0))
    assert (policy.callback_spacing_seconds, policy.page_size, policy.link_seconds) == ((5.0,), 20, 3600)
    assert (policy.jobs_per_request, policy.fail_rate) == (2, 0.02)


def test_what_a_profile_leaves_out_stays(profile):
    """A profile of one value changes that value alone."""
    assert with_profile({}, (), profile("[lists]\npage_size = 7\n")) == Policy(page_size=7)


def test_what_was_chosen_wins(documented):
    """Times of one model do not come back through the times that were chosen for all."""
    policy = with_profile({"job_seconds": (5.0, 5.0), "fail_rate": 0.0}, {"job_seconds"}, documented)

    assert policy.seconds_of("song", "v3.5") == (5.0, 5.0)
    assert policy.fail_rate == 0.02


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("[jobs]\nsecnds = 1", "unknown field `secnds` - at `$.jobs`. Did you mean 'seconds'?"),
        ("[pages]\nsize = 1", "unknown field `pages`"),
        ("[lists]\npage_size = 0", "Expected `int` >= 1 - at `$.lists.page_size`"),
        ("[lists]", "missing required field `page_size` - at `$.lists`"),
        ("[download_lag]\nquantiles = [3, 1]", "Expected values that do not fall - at `$.download_lag.quantiles`"),
        ("[download_lag]\nquantiles = []", "length >= 1 - at `$.download_lag.quantiles`"),
        ("[download_lag]\nquantiles = [nan]", "at `$.download_lag.quantiles[0]`"),
        ("[download_lag]\nquantiles = [inf]", "at `$.download_lag.quantiles[0]`"),
        ('[[jobs.seconds]]\nmodel = "v3"\nquantiles = [1]', "Expected an `operation`"),
        ("[[jobs.progress]]\npercent = 100\nshare = [0.5]", "Expected `int` <= 99 - at `$.jobs.progress[0].percent`"),
        (2 * "[[jobs.progress]]\npercent = 5\nshare = [0.5]\n", "at `$.jobs.progress[1].percent`"),
        (2 * '[[jobs.seconds]]\noperation = "create_song"\nquantiles = [1]\n', "at `$.jobs.seconds[1]`"),
        ('format = "other"\nversion = 1', "Invalid enum value 'other' - at `$.format`"),
        ("jobs =", "is not TOML"),
    ],
)
def test_a_mistake_is_one_line_with_its_key(profile, text, error):
    """The command ends with 2."""
    file = profile(text)
    with pytest.raises(ProfileError, match=re.escape(error)):
        read_profile(file)
    result = CliRunner().invoke(mock_command, ["--profile", str(file)])

    assert result.exit_code == 2
    assert error in result.output
    assert result.output.count("\n") == 1


def test_a_profile_that_is_not_there_is_one_line(tmp_path):
    """With the reason."""
    with pytest.raises(ProfileError, match=r"profile .*missing\.toml: No such file or directory"):
        read_profile(tmp_path / "missing.toml")


def test_the_fixture_has_it_as_an_option(documented):
    """Other options win over it, and what is none is told as for them."""
    options = Options.of({"profile": str(documented), "page_size": 2})

    assert options.settings.policy.page_size == 2
    assert options.settings.policy.link_seconds == 3600
    assert options.settings.policy.fail_rate == 0.02
    with pytest.raises(OptionsError, match="cannot read the profile"):
        Options.of({"profile": "no-such-file.toml"})
    with pytest.raises(OptionsError, match="must be the path"):
        Options.of({"profile": 5})


def test_a_plan_goes_by_the_profile(documented):
    """Its steps at their shares, and callbacks in intervals, up to the end that is always told."""
    policy = with_profile({}, (), documented)
    request = MusicRequest(prompt="A song", model="v3.5", reply_url="http://127.0.0.1:9/")
    plan = plan_for(policy, Draws("plan"), "song", request)
    silent = [step for step in plan.steps if not step.told]
    told = [step.age_ms for step in plan.steps if step.told]

    assert 41_000 <= plan.end_ms <= 142_000
    assert [step.progress for step in silent] == [0, 35, 80]
    assert 0.2 <= silent[1].age_ms / plan.end_ms <= 0.4
    assert 0.7 <= silent[2].age_ms / plan.end_ms <= 0.9
    assert told == [*range(5000, plan.end_ms, 5000), plan.end_ms]
    assert plan.end.status is Status.COMPLETED
    assert plan == plan_for(policy, Draws("plan"), "song", request)
