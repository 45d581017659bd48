"""`tempolor proxy` says in one line what it cannot do."""

import socket
from functools import partial

import pytest
from click.testing import CliRunner
from tempolor_contract.cli.proxy import proxy_command
from tempolor_contract.exchanges.proxy import Upstream


@pytest.mark.parametrize(
    ("url", "origin", "base"),
    [
        ("https://api.useapi.net", "https://api.useapi.net", None),
        ("https://api.useapi.net/v1/tempolor/", "https://api.useapi.net", "https://api.useapi.net/v1/tempolor"),
        ("http://[::1]:4010", "http://[::1]:4010", None),
    ],
)
def test_address_of_the_upstream_is_read(url, origin, base):
    """With or without a path, requests go to the origin."""
    assert Upstream.at(url) == Upstream(origin, base)


@pytest.mark.parametrize(
    "url", ["", "useapi.net", "ftp://x", "http://", "http://x:y", "http://x:0", "http://u:p@x", "http://x?a=1"]
)
def test_address_that_is_none_is_refused(url):
    """A wrong address ends the command with 2 and one line."""
    ran = CliRunner().invoke(proxy_command, ["--upstream", url])

    assert ran.exit_code == 2
    assert "Traceback" not in ran.output
    assert "--upstream: " in ran.output


def test_what_cannot_run_says_so(tmp_path):
    """A taken port, a proxy of itself, a broken register and a folder for a file are each one clear line."""
    invoke = partial(CliRunner().invoke, proxy_command)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        upstream = ["--upstream", "http://127.0.0.1:9"]

        results = {
            "cannot listen": invoke([*upstream, "--port", port]),
            "its own upstream": invoke(["--upstream", f"http://localhost:{port}", "--port", port]),
            "--callback-upstream: ": invoke([*upstream, "--port", "0", "--callback-upstream", "me.example"]),
            "--callback-port 0": invoke(
                [*upstream, "--port", "0", "--callback-upstream", "http://127.0.0.1:9", "--callback-port", port]
            ),
            "No such file": invoke([*upstream, "--port", "0", "--deviations", str(tmp_path / "none.toml")]),
            "cannot write": invoke([*upstream, "--port", "0", "--har", str(tmp_path / "none" / "x.har")]),
            "no rule has the id": invoke([*upstream, "--port", "0", "--rule", "none"]),
        }

    for told, ran in results.items():
        assert ran.exit_code == 2, ran.output
        assert told in ran.output
