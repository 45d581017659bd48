"""What the tools make, and that it is up to date."""

import json
import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest
from tempolor_client import models
from tempolor_client._generated import operations as generated_operations
from tempolor_spec import load_document, operations

TOOLS = Path(__file__).parents[2] / "tools"


@pytest.fixture
def tool(monkeypatch):
    """Imports a module of the tools."""
    pytest.importorskip("openapi_python_client", reason="the generator is not installed")
    monkeypatch.syspath_prepend(str(TOOLS))
    return import_module


def test_the_generated_code_is_up_to_date(tool):
    """Same document, templates and tools: same files, byte by byte."""
    result = subprocess.run(
        [sys.executable, str(TOOLS / "generate.py"), "--check"], capture_output=True, text=True, check=False
    )

    assert result.returncode == 0, result.stderr


def test_the_record_names_what_the_code_was_made_from():
    """So that whoever finds it stale sees at once what has changed."""
    record = json.loads((Path(generated_operations.__file__).parent / "record.json").read_text())

    assert set(record) == {"document", "openapi-python-client", "ruff", "templates"}


def test_a_changed_a_missing_and_a_left_over_file_are_stale(tool, tmp_path):
    """Folders that belong to a generator have exactly its files."""
    generate = tool("generate")
    fresh, installed = tmp_path / "fresh", tmp_path / "installed"
    for root, files in ((fresh, {"a": "1", "b": "1"}), (installed, {"a": "2", "c": "1"})):
        (root / "_sync").mkdir(parents=True)
        for name, text in files.items():
            (root / "_sync" / f"{name}.py").write_text(text)
    (installed / "hand_written.py").write_text("")

    stale = list(generate.differences(fresh, installed))

    assert stale == ["differs: _sync/a.py", "missing: _sync/b.py", "left over: _sync/c.py"]


def test_a_warning_of_the_generator_ends_the_generation(tool, tmp_path):
    """It leaves out what it does not understand, and would end well."""
    generate = tool("generate")
    document = tool("relaxed_view").relaxed_view()
    document["paths"]["/music/song"]["post"]["requestBody"]["content"]["application/xml"] = {"schema": {}}

    with pytest.raises(generate.GenerationError, match="application/xml"):
        generate.generate_from(document, tmp_path / "made")


def test_an_order_takes_every_revisions_models_and_answers_may_hold_any(tool):
    """The view is as broad as all revisions together."""
    schemas = tool("relaxed_view").relaxed_view()["components"]["schemas"]

    assert schemas["SongModel"]["enum"] == ["v3", "v3.5", "v4.5+", "v4.8"]
    assert schemas["InstrumentalModel"]["enum"] == ["i3", "i3.5 beta", "i4"]
    assert "maxItems" not in schemas["CreatedJobs"]["properties"]["jobs"]


def test_answers_are_open_and_nothing_is_sent_unasked(tool):
    """No list of values where the service speaks, no default where the caller does."""
    view = tool("relaxed_view").relaxed_view()
    schemas = view["components"]["schemas"]

    assert "enum" not in schemas["JobStatus"]
    assert "enum" not in schemas["ClonedVoice"]["properties"]["status"]
    assert '"default":' not in json.dumps(view)


def test_the_view_keeps_fields_that_are_named_like_keywords(tool, tmp_path):
    """A field called `default` is one, and loses its own default; one called `value` is looked into."""
    fields = "{default: {type: string, default: x}, value: {type: string, default: x}}"
    overlay = tmp_path / "overlay.yaml"
    overlay.write_text(
        "overlay: 1.0.0\ninfo: {title: Two fields, version: '1'}\nactions:\n"
        f"  - target: $.components.schemas.CreatedJobs.properties\n    update: {fields}\n"
    )

    properties = tool("relaxed_view").relaxed_view([overlay])["components"]["schemas"]["CreatedJobs"]["properties"]

    assert properties["default"] == properties["value"] == {"type": "string"}


def test_the_lines_of_a_paragraph_are_joined_and_tables_stay(tool):
    """Docstrings have another width than the document."""
    node = {"description": "One\ntwo.\n\n| a |\n| b |\n\nThree\n"}

    tool("relaxed_view").unwrap_description(node)

    assert node["description"] == "One two.\n\n| a |\n| b |\n\nThree"


def test_an_upload_has_one_body_for_all_its_media_types(tool):
    """The caller names the type, so the generator needs not."""
    view = tool("relaxed_view").relaxed_view()

    bodies = {
        operation.operation_id: list(operation.definition["requestBody"]["content"])
        for operation in operations(view)
        if "requestBody" in operation.definition
    }

    assert {name for name, kinds in bodies.items() if kinds == ["application/octet-stream"]} == {
        "upload_midi",
        "clone_voice",
        "split_stems",
    }


@pytest.mark.parametrize(
    ("waiting", "plain"),
    [
        ("async def f(): await g()", "def f(): g()"),
        ("async with AsyncThing() as x:", "with Thing() as x:"),
        ("async for x in y: yield x", "for x in y: yield x"),
        ("f: Callable[[], Awaitable[str]]", "f: Callable[[], str]"),
        ("from .._async.engine import AsyncEngine", "from .._sync.engine import Engine"),
        ("httpx2.AsyncBaseTransport", "httpx2.BaseTransport"),
    ],
)
def test_waiting_is_taken_out_of_async_code(tool, waiting, plain):
    """The sync client is the async one without waiting."""
    assert tool("unasync").unasync(waiting) == plain


def test_no_trace_of_waiting_is_left_in_the_sync_client():
    """A forgotten token would be a syntax error, or worse, none."""
    folder = Path(generated_operations.__file__).parents[1] / "_sync"

    code = "\n".join(file.read_text().partition("\n")[2] for file in folder.glob("*.py"))

    assert re.findall(r"\bawait\b|\basync\b|\bAsync|aiter|__aenter__|asyncio|_async", code) == []


@pytest.mark.parametrize("revision", ["2025-05", "2026-08"])
def test_each_example_of_the_document_can_be_read(revision):
    """Every answer, of the oldest and the newest revision, with nothing left unread."""
    read = 0
    for operation in operations(load_document(revision)):
        call = import_module(
            f"tempolor_client._generated.api.{operation.definition['tags'][0]}.{operation.operation_id}"
        )
        parse = _parser_of(call, operation)
        for status, response in operation.definition["responses"].items():
            for case in response.get("content", {}).get("application/json", {}).get("examples", {}).values():
                if status.startswith("2"):
                    assert _left_over(parse(case["value"])) == {}
                    read += 1

    assert read > 25


def _parser_of(module, operation):
    arguments = {"user_id": "7", "job_id": "j", "midi_item_id": "m", "cloned_voice_item_id": "v"}
    arguments |= {"body": models.SongForm(prompt="x"), "content_type": "audio/wav", "name": "n"}
    names = module.call.__code__.co_varnames[
        : module.call.__code__.co_argcount + module.call.__code__.co_kwonlyargcount
    ]
    return module.call(**{name: arguments[name] for name in names if name in arguments}).parse


def _left_over(result):
    if isinstance(result, list):
        return {key: value for item in result for key, value in _left_over(item).items()}
    if not hasattr(result, "additional_properties"):
        return {}
    left = {} if isinstance(result, models.AccountMap | models.RequestParams) else dict(result.additional_properties)
    for name in type(result).__slots__:
        left |= _left_over(getattr(result, name)) if name != "additional_properties" else {}
    return left


@pytest.mark.parametrize("name", sorted(models.__all__))
def test_an_object_survives_the_way_through_json(name):
    """What is read can be written, and read again."""
    model = getattr(models, name)
    if not hasattr(model, "from_dict"):
        return
    fields = {"prompt": "x", "requestParams": {}, "user_id": "7", "updated": 1, "updatedUTC": "2026-05-20T09:00:00Z"}
    fields |= {"maxJobs": 1, "job_id": "j", "started": 1, "elapsed": "00:01", "error": "e", "code": 1, "executing": 1}
    fields |= {"available": 1}
    if name == "RunningJob":
        fields["started"] = "2026-05-20T09:00:00Z"
    if name == "Capacity":
        fields |= {"executing": [], "available": []}
    if name in {"AccountMap", "BusyErrorRunningJobs"}:
        fields = {}

    once = model.from_dict(fields)

    assert model.from_dict(json.loads(json.dumps(once.to_dict()))) == once


OVERLAY = {
    "overlay": "1.0.0",
    "info": {"title": "tomorrow", "version": "1"},
    "actions": [
        {"target": "$.components.schemas.MusicItem.properties", "update": {"lufs": {"type": "number"}}},
        {"target": "$.components.schemas.CreatedJobs.properties", "update": {"priority": {"type": "integer"}}},
    ],
}


def test_a_client_of_an_overlay_is_a_package_of_its_own(tool, tmp_path):
    """It knows what the overlay added, and the package that is checked in stays as it is."""
    overlay = tmp_path / "o.yaml"
    overlay.write_text(json.dumps(OVERLAY))
    command = [sys.executable, TOOLS / "generate.py", "--overlay", overlay, "--output", tmp_path]

    subprocess.run(command, check=True, capture_output=True)

    program = (
        "from tempolor_client.models import *; print(MusicItem(lufs=-14.0).lufs, CreatedJobs(priority=1).priority)"
    )
    said = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert said.stdout == "-14.0 1\n", said.stderr
    assert not hasattr(models.MusicItem, "lufs")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--overlay", "none.yaml"], "--overlay needs --output"),
        (["--overlay", "none.yaml", "--output", "made"], "overlay none.yaml: cannot be read"),
        (["--check", "--output", "made"], "leave --output out"),
    ],
)
def test_a_client_that_cannot_be_made_is_told(tool, tmp_path, arguments, told):
    """In one line, before anything is written."""
    command = [sys.executable, TOOLS / "generate.py", *arguments]

    result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    assert result.returncode
    assert told in result.stderr.splitlines()[-1]
    assert not (tmp_path / "made").exists()
