"""The application without a server and without pytest."""

import subprocess
import sys

import httpx
import pytest
from tempolor_mock import Policy, Settings, create_app


@pytest.fixture
def anyio_backend():
    """What the asynchronous tests run on."""
    return "asyncio"


@pytest.mark.anyio
async def test_the_application_is_called_without_a_socket():
    """As the documentation shows it."""
    app = create_app(Settings(frozen=True, policy=Policy(seed=7)))
    token = {"Authorization": "Bearer user:12345-demo"}
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://mock", headers=token) as client:
        await client.post("/v1/tempolor/accounts", json={"requestParams": {}})
        song = (await client.post("/v1/tempolor/music/song", json={"prompt": "A waltz"})).json()
        await client.post("/_mock/clock/advance", json={"seconds": 60})
        answer = await client.get(f"/v1/tempolor/music/{song['jobs'][0]}")

    assert answer.json()["status_name"] == "COMPLETED"


@pytest.mark.parametrize("module", ["tempolor_mock", "tempolor_mock.pytest_plugin", "tempolor_mock.testing"])
def test_importing_costs_little(module):
    """The application is loaded when it is asked for, and not before."""
    code = f"import sys, {module}; sys.exit(bool({{'connexion', 'uvicorn', 'numpy'}} & sys.modules.keys()))"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_names_that_do_not_exist_are_attribute_errors():
    """As of any module."""
    with pytest.raises(ImportError, match="create_application"):
        from tempolor_mock import create_application  # noqa: F401, PLC0415
