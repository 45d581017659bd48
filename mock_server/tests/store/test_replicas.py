"""Three mocks on one database: more orders than there is room for, a mock that is killed, a database that restarts.

`make soak` plays a hundred rounds (`TEMPOLOR_SOAK_ROUNDS`).
"""

import os
import sys

import pytest

from ..postgresql import NOT_THERE, Cluster, programs
from .replicas import Team

ROUNDS = int(os.environ.get("TEMPOLOR_SOAK_ROUNDS", "1"))
DURABLE = "-c max_connections=60"
"""Unlike that of the other tests, this database has to survive."""


@pytest.fixture
def cluster():
    """A cluster of its own, which can be restarted."""
    bin_folder = programs()
    if bin_folder is None:
        pytest.skip(NOT_THERE)
    cluster = Cluster.create(bin_folder)
    cluster.start(DURABLE)
    yield cluster
    cluster.remove()


@pytest.mark.slow
def test_a_team_loses_nothing(cluster, capsys):
    """By turns the database stops in good order, and as if its machine lost power."""
    team = Team(cluster.url)
    try:
        for number in range(ROUNDS):

            def restart(meanwhile, mode=("fast", "immediate")[number % 2]):
                cluster.stop(mode)
                meanwhile()
                cluster.start(DURABLE)

            team.play(f"user:12345-round{number}", restart)
            with capsys.disabled():
                sys.stderr.write(f"\rround {number + 1} of {ROUNDS}")
    finally:
        team.close()
