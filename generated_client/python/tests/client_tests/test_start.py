"""What starting costs, measured in modules, as time would depend on the machine."""

import json
import subprocess
import sys

import pytest


def loaded_by(statement):
    """Return the modules a fresh interpreter has after a statement, beyond those of the HTTP library."""
    program = (
        "import sys, json, httpx2; before = set(sys.modules)\n"
        f"{statement}\n"
        "print(json.dumps(sorted(set(sys.modules) - before)))"
    )
    output = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    return set(json.loads(output))


def test_importing_the_package_imports_next_to_nothing():
    """Names are fetched when they are asked for."""
    assert loaded_by("import tempolor_client") <= {"tempolor_client", "__future__"}


@pytest.mark.parametrize(
    ("name", "other"), [("TemPolor", "tempolor_client._async"), ("AsyncTemPolor", "tempolor_client._sync")]
)
def test_a_client_imports_its_own_half_and_little_else(name, other):
    """Besides its own modules, hardly any of the standard library and nothing from others."""
    modules = loaded_by(f"from tempolor_client import {name}")

    foreign = {module for module in modules if module.partition(".")[0] != "tempolor_client"}
    assert other not in modules
    assert "tempolor_client.cli" not in modules
    assert len(modules - foreign) < 120
    assert foreign - sys.stdlib_module_names <= {module for module in foreign if module.startswith("_")}


def test_reading_a_callback_needs_no_http_library():
    """A web app that only receives callbacks starts quickly."""
    program = "import sys; from tempolor_client import parse_callback; print('httpx2' in sys.modules)"

    output = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout

    assert output == "False\n"


def test_what_the_package_offers_is_there():
    """Each name in `__all__` can be had, and others cannot."""
    import tempolor_client  # noqa: PLC0415

    assert all(getattr(tempolor_client, name) is not None for name in tempolor_client.__all__)
    assert set(tempolor_client.__all__) <= set(dir(tempolor_client))
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        _ = tempolor_client.nonsense
