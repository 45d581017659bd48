"""What users install, each into an empty environment: it does its job, weighs what it may, and names what it lacks."""

import io
import os
import re
import subprocess
import sys
import zipfile
from contextlib import contextmanager
from pathlib import Path

import av
import httpx
import pytest

TOOLS = Path(__file__).parents[1]
sys.path[:0] = [str(TOOLS), str(TOOLS.parent / "mock_server" / "tests")]
from environments import ROOT, build_wheels, install, packages_of  # noqa: E402 - programs, no package
from postgresql import NOT_THERE, Cluster  # noqa: E402 - the same
from postgresql import programs as postgresql_programs  # noqa: E402 - the same
from size import LIMIT_MB, weigh  # noqa: E402 - the same

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="programs lie elsewhere there"),
]
TONES = ROOT / "contract_tests" / "tempolor_contract" / "runs" / "scenarios" / "tones"
TOKEN = "user:12345-install"
QUIET = {"PYTHONWARNINGS": "ignore", "NO_COLOR": "1"}


@pytest.fixture(scope="module")
def wheels(tmp_path_factory):
    """Return the folder with the wheels of both distributions."""
    return build_wheels(tmp_path_factory.mktemp("wheels"))


@pytest.fixture(scope="module")
def plain(tmp_path_factory, wheels):
    """Return the programs of a plain install."""
    return install(tmp_path_factory.mktemp("plain"), wheels, "tempolor-kit")


def run(program, *arguments, folder):
    """Run a program far from the sources, and return what came of it."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "TEMPOLOR"))}
    return subprocess.run(
        [program, *arguments],
        check=False,
        cwd=folder,
        env=environment | QUIET,
        capture_output=True,
        text=True,
        timeout=120,
    )


@contextmanager
def serving(programs, folder, *options):
    """Serve the mock of an environment; yields a client of it."""
    command = [programs / "tempolor", "mock", "--port", "0", "--frozen", *options]
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as mock:
        try:
            address = next(found[0] for line in mock.stdout if (found := re.search(r"http://[\d.]+:\d+", line)))
            headers = {"Authorization": f"Bearer {TOKEN}"}
            with httpx.Client(base_url=address, headers=headers, timeout=60, trust_env=False) as client:
                yield client
        finally:
            mock.terminate()


def finished_song(client):
    """Order a song, let it be finished, and return its id."""
    client.post("/v1/tempolor/accounts", json={"requestParams": {}}).raise_for_status()
    job, *_ = client.post("/v1/tempolor/music/song", json={"prompt": "Rain"}).raise_for_status().json()["jobs"]
    client.post("/_mock/clock/advance", json={"seconds": 600}).raise_for_status()
    return job


def downloaded(client, job, file_format):
    """Return a file of a song."""
    answer = client.get(f"/v1/tempolor/music/download/{job}", params={"file_format": file_format}).raise_for_status()
    return client.get(answer.json()["url"]).raise_for_status().content


def seconds_of(sound):
    """Return how long a sound lasts, as FFmpeg hears it."""
    with av.open(io.BytesIO(sound)) as file:
        return sum(frame.samples / frame.sample_rate for frame in file.decode(audio=0))


def split(client, kind):
    """Send a recording to the stems splitter and return the answer."""
    media_type = {"mp3": "audio/mpeg", "flac": "audio/flac", "m4a": "audio/mp4"}[kind]
    content = (TONES / f"2-seconds.{kind}").read_bytes()
    return client.post("/v1/tempolor/music/stems-splitter", content=content, headers={"Content-Type": media_type})


def test_a_plain_install_keeps_within_its_weight(plain):
    """Nothing heavier than numpy comes in unseen."""
    weight = weigh(packages_of(plain))

    assert weight.total <= LIMIT_MB
    assert not {"av", "uvloop", "aiohttp", "pip"} & set(weight.parts)


def test_a_plain_install_serves_songs_and_takes_uploads(plain, tmp_path):
    """Each format of a song in the same length, and each kind of upload; an m4a with a notice."""
    with serving(plain, tmp_path) as client:
        job = finished_song(client)
        mp3, wav = (seconds_of(downloaded(client, job, kind)) for kind in ("mp3", "wav"))
        stems = zipfile.ZipFile(io.BytesIO(downloaded(client, job, "stems")))
        page = client.get("/_mock/docs").status_code, client.get("/_mock/ui/swagger-ui-bundle.js").status_code
        uploads = {kind: split(client, kind) for kind in ("mp3", "flac", "m4a")}

    assert mp3 == pytest.approx(wav, abs=0.2)
    assert wav > 30
    assert stems.testzip() is None
    assert page == (200, 200)
    assert {answer.status_code for answer in uploads.values()} == {200}
    assert [kind for kind, answer in uploads.items() if "X-Mock-Notice" in answer.headers] == ["m4a"]


@pytest.mark.parametrize("command", ["contract", "check", "proxy"])
def test_a_command_that_lacks_its_extra_names_it_in_one_line(plain, command, tmp_path):
    """And ends with 2: it could not run."""
    done = run(plain / "tempolor", command, "whatever", folder=tmp_path)

    assert done.returncode == 2
    assert "pip install 'tempolor-kit[contract]'" in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr


def test_a_store_that_lacks_its_extra_names_it_in_one_line(plain, tmp_path):
    """Before anything is served."""
    done = run(plain / "tempolor", "mock", "--store", "postgresql://127.0.0.1/x", folder=tmp_path)

    assert done.returncode == 2
    assert "pip install 'tempolor-kit[postgresql]'" in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr


def licences(programs, folder):
    """Return one expression for everything in an environment."""
    found = run(programs / "python", TOOLS / "licences.py", "--expression", folder=folder)
    assert found.returncode == 0, found.stderr
    return found.stdout.strip()


def image_label():
    """Return what the image says of its licences, but for those of the base image."""
    label = re.search(r'image\.licenses="([^"]+) AND LicenseRef-base-image"', (ROOT / "Dockerfile").read_text("utf-8"))
    return label and label[1]


def test_every_package_of_a_plain_install_has_a_known_licence_and_the_image_names_them(plain, tmp_path):
    """The label of the image is what the tool finds; the base image's own stand beside it."""
    assert licences(plain, tmp_path) == image_label()


@pytest.mark.skipif(postgresql_programs() is None, reason=NOT_THERE)
def test_the_extra_postgresql_keeps_worlds_in_a_database(tmp_path, wheels):
    """Another process finds them there; the image for a team has it, and the same label."""
    programs = install(tmp_path / "env", wheels, "tempolor-kit[postgresql]")
    cluster = Cluster.create(postgresql_programs())
    cluster.start()

    try:
        with serving(programs, tmp_path, "--store", cluster.url) as client:
            job = finished_song(client)
        with serving(programs, tmp_path, "--store", cluster.url) as client:
            song = client.get(f"/v1/tempolor/music/{job}").json()
    finally:
        cluster.remove()

    assert song["status_name"] == "COMPLETED"
    assert licences(programs, tmp_path) == image_label()


def test_the_extra_m4a_listens_to_such_uploads(tmp_path, wheels):
    """Nothing has to be said then."""
    programs = install(tmp_path / "env", wheels, "tempolor-kit[m4a]")

    with serving(programs, tmp_path) as client:
        client.post("/v1/tempolor/accounts", json={"requestParams": {}}).raise_for_status()
        answer = split(client, "m4a")

    assert answer.status_code == 200
    assert "X-Mock-Notice" not in answer.headers
    assert "GPL-3.0-or-later" in licences(programs, tmp_path).split(" AND ")


def test_the_extra_contract_judges_a_service(tmp_path, wheels):
    """The mock of the same install, with everything that only looks."""
    programs = install(tmp_path / "env", wheels, "tempolor-kit[contract]")

    with serving(programs, tmp_path) as client:
        done = run(programs / "tempolor", "contract", str(client.base_url), "--token", TOKEN, folder=tmp_path)

    assert done.returncode == 0, done.stdout + done.stderr
    assert licences(programs, tmp_path)


def test_the_client_alone_fetches_a_song(plain, tmp_path, wheels):
    """From a mock; its command is an extra of its own, which it names."""
    alone = install(tmp_path / "env", wheels, "tempolor-client")
    with_command = install(tmp_path / "cli", wheels, "tempolor-client[cli]")

    lacking = run(alone / "tempolor-client", "--help", folder=tmp_path)
    with serving(plain, tmp_path) as client:
        client.post("/v1/tempolor/accounts", json={"requestParams": {}}).raise_for_status()
        client.post("/_mock/clock/resume").raise_for_status()
        client.post("/_mock/clock/speed", json={"factor": 100}).raise_for_status()
        asked = ["song", "Rain", "--token", TOKEN, "--base-url", str(client.base_url), "--out", "song.mp3"]
        done = run(with_command / "tempolor-client", *asked, folder=tmp_path)

    assert lacking.returncode != 0
    assert "pip install 'tempolor-client[cli]'" in lacking.stderr.splitlines()[-1]
    assert done.returncode == 0, done.stdout + done.stderr
    assert seconds_of(next(tmp_path.glob("song*.mp3")).read_bytes()) > 30
