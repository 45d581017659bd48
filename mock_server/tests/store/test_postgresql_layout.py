"""Tables that the mock makes itself, by whoever comes first; and a database that cannot be used is one line."""

import re
import sys
import threading

import asyncpg
import pytest
from click.testing import CliRunner
from tempolor_mock.domain.errors import ServiceError
from tempolor_mock.domain.policy import Policy
from tempolor_mock.store import StoreError, open_store
from tempolor_mock.store.postgresql import connections, errors
from tempolor_mock.store.postgresql.layout import LAYOUT
from tempolor_spec.command import main

from ..postgresql import NOT_THERE, execute, fetch
from .conftest import frozen_clock


def refusal(url):
    """Return what a user is told by a command that cannot keep worlds there, but for its beginning."""
    result = CliRunner().invoke(main, ["mock", "--port", "0", "--store", url])
    assert result.exit_code == 2
    assert (result.output.count("\n"), result.output.count("worlds in") <= 1) == (1, True)
    return result.output.removeprefix("Error: ").strip()


def with_user(url, user, password=None):
    """Return the URL for another user."""
    return re.sub(r"//[^@/]*@?", f"//{user}{f':{password}' if password else ''}@", url, count=1)


def test_mocks_that_start_at_once_on_an_empty_database_all_have_it(place_of):
    """One makes the tables, the others find them."""
    place, opened, failed = place_of("postgresql"), [], []
    schema = place.rpartition("=")[2]
    execute(place, f"DROP SCHEMA {schema} CASCADE", f"CREATE SCHEMA {schema}")

    def start():
        try:
            opened.append(open_store(place, Policy(), frozen_clock))
        except StoreError as error:
            failed.append(error)

    threads = [threading.Thread(target=start) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failed == []
    assert len(opened) == 5


def test_tables_of_a_newer_kit_are_refused(place_of, keep):
    """And left as they are."""
    place = place_of("postgresql")
    keep("postgresql").close()
    execute(place, f"UPDATE tempolor_layout SET version = {LAYOUT + 1}")
    told = refusal(place)
    execute(place, f"UPDATE tempolor_layout SET version = {LAYOUT}")

    assert f"their layout is version {LAYOUT + 1}, this kit's is {LAYOUT}. Use the kit that wrote them" in told


def test_a_mock_whose_tables_were_migrated_answers_503(keep, place_of):
    """It may run on beside a newer one for a while, and does no harm."""
    kept = keep("postgresql")
    kept.run(lambda world: world.count("orders"))
    function = f"tempolor_write_{LAYOUT}"
    execute(place_of("postgresql"), f"ALTER ROUTINE {function} RENAME TO tempolor_newer")
    with pytest.raises(Exception, match="the tables are those of another version of the kit"):
        kept.run(lambda world: world.count("orders"))
    execute(place_of("postgresql"), f"ALTER ROUTINE tempolor_newer RENAME TO {function}")

    assert kept.run(lambda world: world.counters()) == {"orders": 1}


def test_an_older_postgresql_is_refused(place_of, monkeypatch):
    """With the version that is needed."""
    version = fetch(place_of("postgresql"), "SHOW server_version_num")
    monkeypatch.setattr(connections, "OLDEST_VERSION", int(version) // 10_000)
    connections.prepare(place_of("postgresql"))
    monkeypatch.setattr(connections, "OLDEST_VERSION", 99)

    assert re.search(r"it is PostgreSQL \d+\.\d+, and this kit needs 99 or newer$", refusal(place_of("postgresql")))


def test_a_user_without_rights_is_refused(place_of, postgresql):
    """It is told what is missing."""
    place = place_of("postgresql")
    schema = place.rpartition("=")[2]
    try:
        execute(postgresql, f"CREATE ROLE guest_{schema} LOGIN")
    except asyncpg.InsufficientPrivilegeError:
        pytest.skip("the user of this PostgreSQL may make no other users")
    execute(place, f"CREATE SCHEMA for_guests_{schema}", f"GRANT USAGE ON SCHEMA for_guests_{schema} TO PUBLIC")
    told = refusal(with_user(place, f"guest_{schema}").replace(f"={schema}", f"=for_guests_{schema}"))
    execute(place, f"DROP SCHEMA for_guests_{schema}", f"DROP ROLE guest_{schema}")

    assert re.search(r"permission denied for schema \w+\. The user needs a schema in which it may create tables$", told)


def test_a_wrong_password_is_refused_and_none_is_shown(postgresql):
    """Nor the user, nor a parameter of the URL: any of them may be secret."""
    if postgresql is None:
        pytest.skip(NOT_THERE)
    try:
        execute(postgresql, "CREATE ROLE needs_password LOGIN PASSWORD 'right'")
    except asyncpg.DuplicateObjectError:
        pass
    except asyncpg.InsufficientPrivilegeError:
        pytest.skip("the user of this PostgreSQL may make no other users")
    if fetch(postgresql, "SELECT count(*) FROM pg_hba_file_rules WHERE 'needs_password' = ANY (user_name)") == 0:
        pytest.skip("this PostgreSQL asks nobody for a password")
    told = refusal(with_user(postgresql, "needs_password", "wrong-secret"))

    assert 'password authentication failed for user "needs_password". Check user and password in --store' in told
    assert "secret" not in told


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda url: re.sub(r"/postgres\?", "/nowhere?", url), 'database "nowhere" does not exist. Create it, or name'),
        (
            lambda _url: "postgresql://a:very@secret@127.0.0.1:1/x",
            "cannot keep worlds in postgresql://127.0.0.1:1/x: the database cannot be reached",
        ),
        (
            lambda _url: "postgresql://a:secret@[::1/x",
            "not a URL such as postgresql://USER:PASSWORD@HOST:5432/DATABASE",
        ),
        (lambda _url: "postgresql://a:secret@host:port/x", "not a URL such as postgresql://USER"),
        (lambda url: f"{url}&sslmode=secret", "not a URL such as postgresql://USER"),
    ],
)
def test_a_url_that_leads_nowhere_is_refused(place_of, change, reason):
    """In one line that says what to do, without any secret."""
    url = change(place_of("postgresql"))
    told = refusal(url)

    assert reason in told
    assert "secret" not in told


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (OSError(113, "No route to host"), "the database cannot be reached (No route to host)"),
        (ConnectionResetError(), "the database cannot be reached (ConnectionResetError)"),
        (asyncpg.PostgresError("no such luck\nDETAIL: none"), "no such luck"),
        (asyncpg.PostgresError(""), "PostgresError"),
        (asyncpg.TooManyConnectionsError("sorry"), "the database has no more connections to give"),
        (asyncpg.InterfaceError("closed"), "the connection to the database was lost"),
    ],
    ids=repr,
)
def test_what_went_wrong_is_told_in_a_few_words(error, words):
    """Ours, or the first line of the server's."""
    assert errors.reason(error) == words


def test_a_damaged_record_is_told_in_one_line(keep, place_of, records):
    """With what to do; to whoever reads it."""
    keep("postgresql").run(lambda world: world.accounts.update({"111": records.account()}))
    execute(place_of("postgresql"), "UPDATE tempolor_records SET record = '{}'")

    with pytest.raises(ServiceError, match=r"damaged: stored Account: .*`user_id`.* Restore the database") as refusal:
        keep("postgresql").run(lambda world: len(world.accounts))
    assert refusal.value.code == 500


def test_a_driver_that_is_missing_is_told_with_the_command_that_installs_it(monkeypatch):
    """The plain installation has none."""
    monkeypatch.setitem(sys.modules, "asyncpg", None)

    assert refusal("postgresql://db/worlds") == (
        "--store postgresql://... needs a driver: pip install 'tempolor-kit[postgresql]'"
    )


def test_deleted_records_do_not_pile_up(keep, place_of, records):
    """Of a thousand the rows are kept for those who know the world as it was; the next mock reads it anew."""
    kept, late = keep("postgresql"), keep("postgresql")
    make = records.midi
    late.run(lambda world: world.midi.put(make(9_999)))
    for first in range(0, 2_500, 100):
        kept.run(lambda world, first=first: [world.midi.put(make(first + each)) for each in range(100)])
        kept.run(lambda world, first=first: [world.midi.delete(f"item{first + each}") for each in range(100)])

    assert fetch(place_of("postgresql"), "SELECT count(*) FROM tempolor_records") <= 1_101
    assert [file.number for file in late.run(lambda world: list(world.midi))] == [9_999]
