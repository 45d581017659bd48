"""Values that are drawn: as many as somebody asks for, over all of what was asked."""

from itertools import islice

import pytest
from tempolor_mock.domain.draws import Draws
from tempolor_mock.domain.ids import seeded_number


@pytest.mark.parametrize("values", [(3.0,), (1.0, 5.0), (0.0, 1.0, 10.0)])
def test_a_distribution_is_drawn_from_end_to_end_and_no_further(values):
    """More often than the words of one hash last for; a quarter lies where it says."""
    draws = Draws("quantiles")
    drawn = sorted(draws.quantile(values) for _ in range(1_000))

    assert values[0] <= drawn[0] <= drawn[-1] <= values[-1]
    assert drawn[500] == pytest.approx(values[len(values) // 2] if len(values) != 2 else 3.0, abs=0.3)
    assert drawn[-1] - drawn[0] >= 0.95 * (values[-1] - values[0])


def test_the_same_identity_draws_the_same_and_another_one_others():
    """However many."""

    def first(*identity):
        draws = Draws(*identity)
        return list(islice(iter(lambda: draws.below(1 << 32), None), 100))

    assert first("a", 1) == first("a", 1)
    assert not set(first("a", 1)) & set(first("a", 2))
    assert len(set(first("a", 1))) == 100


@pytest.mark.parametrize("bits", [32, 64])
def test_a_seeded_number_uses_all_its_bits_and_no_more(bits):
    """So that a share of them is a share."""
    numbers = [seeded_number("number", place, bits=bits) for place in range(200)]

    assert max(numbers) < 1 << bits
    assert sum(number >> (bits - 1) for number in numbers) == pytest.approx(100, abs=40)


def test_a_job_has_a_seed_of_32_bits(stage):
    """As those who make the sound of it expect."""
    jobs = [job for _ in range(5) for job in stage.song()]

    assert max(job.seed for job in jobs) < 1 << 32
    assert max(job.seed for job in jobs) >> 29
