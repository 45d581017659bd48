"""The plugin in whole test runs: of those who use it, and of those who do not."""

import httpx  # noqa: F401 - runs inside this process unload what they loaded first
import pytest
import tempolor_mock.server
import tempolor_mock.testing.report  # noqa: F401 - the same

pytest_plugins = ["pytester"]

STRICT = ("-W", "error", "--strict-markers", "-p", "no:cacheprovider")
ALONE = ("-p", "no:anyio", "-p", "no:schemathesis", "-p", "no:hypothesispytest")
"""Other plugins of this environment stay out of runs that load everything anew."""

TWO_WORLDS = """
    import httpx
    import pytest

    def order(world):
        world.add_account()
        with httpx.Client(headers=world.headers, transport=world.transport) as client:
            return client.post(f"{world.api_url}/music/song", json={"prompt": "x"}).json()["jobs"]

    @pytest.mark.parametrize("name", ["one", "two", "three", "four"])
    def test_fresh(tempolor_mock, name, request):
        assert tempolor_mock.requests == []
        jobs = order(tempolor_mock)
        assert len(tempolor_mock.requests) == 1
        with (request.config.rootpath / f"{name}.txt").open("w") as file:
            file.write(" ".join(jobs))

    @pytest.mark.tempolor(seed=7)
    def test_other_settings(tempolor_mock):
        assert order(tempolor_mock)
"""

NOTHING_LEFT = """
    import threading

    before = set(threading.enumerate())  # Other tests of this process may have servers of their own.

    def pytest_sessionfinish(session):
        names = [thread.name for thread in set(threading.enumerate()) - before]
        assert "tempolor-mock" not in names, names
"""


def test_worlds_are_fresh_and_have_the_same_ids_on_each_run(pytester):
    """In one process or over several workers, which have a server each; nothing is left running."""
    pytester.makepyfile(TWO_WORLDS)
    pytester.makeconftest(NOTHING_LEFT)

    pytester.runpytest_inprocess(*STRICT).assert_outcomes(passed=5)
    first = ids_in(pytester.path)
    pytester.runpytest_subprocess(*STRICT, *ALONE, "-n", "2").assert_outcomes(passed=5)

    assert ids_in(pytester.path) == first
    assert len(set(first.values())) == 4


def ids_in(folder):
    """Return what each test wrote down, by name, and forget it."""
    found = {path.stem: path.read_text("utf-8") for path in folder.glob("*.txt")}
    for path in folder.glob("*.txt"):
        path.unlink()
    return found


def test_a_run_has_one_server_for_equal_settings(pytester):
    """Another one only for tests with other settings; clocks are no setting."""
    pytester.makepyfile("""
        import pytest

        seen = []

        def test_first(tempolor_mock):
            seen.append(tempolor_mock.url)

        @pytest.mark.tempolor(frozen=False, speed=10, start="now")
        def test_another_clock(tempolor_mock):
            seen.append(tempolor_mock.url)

        @pytest.mark.tempolor(job_seconds=[3, 4])
        def test_other_settings(tempolor_mock):
            seen.append(tempolor_mock.url)

        @pytest.mark.tempolor(job_seconds=(3, 4))
        def test_same_other_settings(tempolor_mock):
            seen.append(tempolor_mock.url)

        def test_servers():
            assert seen[0] == seen[1] != seen[2] == seen[3]
    """)

    pytester.runpytest_inprocess(*STRICT).assert_outcomes(passed=5)


def test_runs_that_do_not_use_it_notice_nothing(pytester):
    """No module of weight is loaded, no thread is started, nothing is printed, no warning is raised."""
    pytester.makepyfile("""
        import sys
        import threading

        def test_nothing():
            heavy = {"connexion", "httpx", "uvicorn", "starlette", "numpy", "httpcore2", "tempolor_mock.app", "yaml"}
            assert not heavy & sys.modules.keys()
            assert "tempolor_mock.pytest_plugin" in sys.modules
            assert [thread.name for thread in threading.enumerate()] == ["MainThread"]
    """)

    result = pytester.runpytest_subprocess(*STRICT, *ALONE, "-p", "no:xdist")

    result.assert_outcomes(passed=1)
    result.stdout.no_fnmatch_line("*mock*")


def test_a_failed_test_shows_what_its_world_was_sent(pytester):
    """Requests, answers and callbacks, without secrets; a test that passed shows nothing."""
    pytester.makepyfile("""
        import httpx

        def ask(world):
            with httpx.Client(headers=world.headers, transport=world.transport) as client:
                client.get(f"{world.api_url}/acounts")
                client.post(f"{world.api_url}/music/song", json={"prompt": "A waltz", "password": "hush"})

        def test_bad(tempolor_mock):
            ask(tempolor_mock)
            assert False

        def test_good(tempolor_mock):
            ask(tempolor_mock)

        def test_nothing_sent(tempolor_mock):
            assert False
    """)

    result = pytester.runpytest_inprocess(*STRICT)

    result.assert_outcomes(passed=1, failed=2)
    result.stdout.fnmatch_lines(
        [
            "*tempolor_mock: last requests*",
            "*GET /v1/tempolor/acounts -> 404",
            "*closest path: /v1/tempolor/accounts",
            "*POST /v1/tempolor/music/song -> *",
            '*sent: {"prompt": "A waltz", "password": "[*][*][*]"}',
            "*tempolor_mock: last requests*",
            "*No request came with this world's token*",
        ]
    )
    result.stdout.no_fnmatch_line("*hush*")
    assert result.stdout.str().count("tempolor_mock: last requests") == 2


@pytest.mark.parametrize(
    ("marker", "words"),
    [
        ("spead=3", "there is no option 'spead'. Did you mean 'speed'?"),
        ("speed=0", "speed must be a number"),
        ("speed='fast'", "speed must be a number"),
        ("start='noon'", "start must be a date and time"),
        ("revision='1999-01'", "cannot use"),
        ("job_seconds={1: 2}", "cannot use"),
        ("7", "options are given by name"),
    ],
)
def test_an_option_that_cannot_be_is_told(pytester, marker, words):
    """As an error of the test, before anything is started."""
    pytester.makepyfile(f"""
        import pytest

        @pytest.mark.tempolor({marker})
        def test_it(tempolor_mock):
            pass
    """)

    result = pytester.runpytest_inprocess(*STRICT)

    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([f"*tempolor: {words}*"])


def test_the_marker_is_explained(pytester):
    """Where pytest explains markers."""
    pytester.runpytest_inprocess("--markers").stdout.fnmatch_lines(["@pytest.mark.tempolor(*"])
