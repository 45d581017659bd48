"""The examples are right, complete, and tell one story."""

import json
import re
from datetime import UTC, datetime

import jsonschema_rs
import pytest
from tempolor_spec import load_document

ACCOUNT = "204816357"
COMPOSITE_ID = re.compile(r"user:\d+-tempolor:[^:]+-(?:job|voice|midi):[^:\s]+")
STATUSES = {0: ("GENERATING", False), 10: ("FAILED", True), 30: ("COMPLETED", True)}


def media_types(document, walk):
    """Yield each media type that has examples, with its path."""
    for path, node in walk(document):
        if isinstance(node, dict) and "examples" in node and "schema" in node:
            yield path, node


def dictionaries(value):
    """Yield every JSON object in a value."""
    if isinstance(value, dict):
        yield value
        for inner in value.values():
            yield from dictionaries(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from dictionaries(inner)


def schema_errors(document, schema, value):
    """Return what is wrong with a value, formats included."""
    validator = jsonschema_rs.Draft4Validator({**schema, "components": document["components"]}, validate_formats=True)
    return [error.message for error in validator.iter_errors(value)]


def test_every_example_fits_its_schema(any_document, walk):
    """Each example of each revision is what its schema, formats included, asks for."""
    wrong = [
        (path, name, errors)
        for path, media_type in media_types(any_document, walk)
        for name, example in media_type["examples"].items()
        if (errors := schema_errors(any_document, media_type["schema"], example["value"]))
    ]

    assert wrong == []


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ("Account", {"user_id": "1", "updated": 1, "updatedUTC": "yesterday", "maxJobs": 1, "requestParams": {}}),
        ("JobId", "user:1-tempolor:2-voice:3"),
        ("JobId", "user:one-tempolor:2-job:3"),
        ("ReplyUrl", "no address"),
        ("SongRequest", {"prompt": "x", "artistVoiceItemId": "voice_1", "midiItemId": "user:1-tempolor:2-midi:3"}),
        ("SongRequest", {"prompt": "x", "clonedVoiceItemId": "user:1-tempolor:2-voice:3", "artistVoiceItemId": "v"}),
        ("InstrumentalRequest", {"prompt": "x", "bpm": 49}),
        ("MusicItem", {"status": 20}),
        ("RunningJob", {"job_id": "user:1-tempolor:2-job:3", "started": "2025-05-20T09:00:00Z", "elapsed": "1:2"}),
    ],
)
def test_schemas_refuse_what_is_wrong(document, schema, value):
    """A value that breaks a rule of the pages, or a reading of ours, does not fit."""
    assert schema_errors(document, document["components"]["schemas"][schema], value)


def test_every_field_example_fits(any_document, walk):
    """The little example beside a field fits the field."""
    fields = [(path, node) for path, node in walk(any_document) if isinstance(node, dict) and "example" in node]

    assert [path for path, node in fields if schema_errors(any_document, node, node["example"])] == []


def test_every_file_is_referenced_and_every_reference_exists(source, example_files):
    """The document and the folder name the same files."""
    assert set(re.findall(r"\$ref: examples/(\S+)\.json", source)) == set(example_files)


def test_files_are_named_after_operation_and_case(source):
    """A file's name is its operation, or `errors`, and the name a caller asks for it by."""
    entry = r"^ +(\w+):\n +\$ref: examples/(\S+)\.json"
    referenced = re.findall(entry, source, re.MULTILINE)
    owners = set(re.findall(r"operationId: (\w+)", source)) | {"errors"}

    assert len(referenced) == source.count("$ref: examples/")
    for case, stem in referenced:
        owner, _, name = stem.partition(".")
        assert owner in owners
        assert name == case or owner == "errors"


def test_files_look_alike(package):
    """Each file is printed one way, so that changes to it show as what they are."""
    for file in (package / "examples").glob("*.json"):
        text = file.read_text(encoding="utf-8")
        assert text == json.dumps(json.loads(text), indent=2, ensure_ascii=False) + "\n", file.name


def test_errors_repeat_their_status(document, walk, resolve):
    """The `code` in an error is the status it is shown at."""
    for path, responses in walk(document["paths"]):
        if path.endswith("/responses") and "/callbacks/" not in path:
            for status, response in responses.items():
                for media_type in resolve(response).get("content", {}).values():
                    codes = {
                        example["value"].get("code")
                        for example in media_type["examples"].values()
                        if int(status) >= 400
                    }
                    assert codes <= {int(status)}, f"{path} {status}"


def test_one_token_and_one_account(example_files):
    """Every composite id in every example belongs to the same token and account."""
    ids = {found for value in example_files.values() for found in COMPOSITE_ID.findall(str(value).replace("'", " "))}

    assert len(ids) > 5
    assert {found.rsplit("-", 1)[0] for found in ids} == {f"user:12345-tempolor:{ACCOUNT}"}


@pytest.mark.parametrize("field", ["user_id", "userId"])
def test_one_account_by_any_name(example_files, field):
    """Wherever an account is named, it is the same one."""
    named = {node[field] for value in example_files.values() for node in dictionaries(value) if field in node}

    assert named == {ACCOUNT}


def test_items_agree_with_themselves(example_files):
    """In an item, id, status, progress and times fit together."""
    items = [node for value in example_files.values() for node in dictionaries(value) if "status_name" in node]

    assert len(items) > 10
    for item in items:
        assert item["job_id"].endswith(f"-job:{item['itemId']}")
        assert (item["status_name"], item["status_final"]) == STATUSES[item["status"]]
        assert (item["progress"] == 100) == (item["status"] == 30) == ("mp3OssId" in item)
        assert item["createTime"] <= item["updateTime"]


def test_an_order_is_told_to_the_end(example_files):
    """The jobs an order starts are the ones that are read, listed, downloaded and reported."""
    first, second = example_files["create_song.ok"]["jobs"]

    assert example_files["get_music.generating"]["job_id"] == first
    assert example_files["get_music.completed"]["job_id"] == first
    assert [item["job_id"] for item in example_files["list_music.ok"]["records"]] == [second, first]
    assert first.rsplit(":", 1)[-1] in example_files["download_music.mp3"]["url"]
    assert first in example_files["download_music.not_ready"]["error"]
    assert example_files["report_song_progress.completed"]["job_id"] == first


def test_a_report_repeats_what_the_order_asked(example_files):
    """A report is the job as read, and the order's own address and reference."""
    order = example_files["create_song.request_cloned_voice"]
    extra = {key: order[key] for key in ("replyUrl", "replyRef")}

    assert example_files["report_song_progress.completed"] == example_files["get_music.completed"] | extra


def test_the_order_is_heard_in_the_music(example_files):
    """Prompt, lyrics, key, tempo and chords come back where they should."""
    song, music = example_files["create_song.request_cloned_voice"], example_files["get_music.completed"]
    order, tune = example_files["create_instrumental.request_full"], example_files["get_music.instrumental_completed"]

    assert music["ltmMaterialExtendDto"]["prompt"] == song["prompt"]
    assert music["ltmMaterialExtendDto"]["lyricsPrompt"] == song["lyrics"]
    assert music["ltmMaterialExtendDto"]["modelShowName"] == song["model_song"]
    heard = tune["musicMaterial"]
    assert (heard["key"], heard["bpm"], heard["chord"]) == (order["tonality"], order["bpm"], order["chords"])


def test_uploads_are_used(example_files):
    """The voice and the file of the uploads are the ones listed and ordered with."""
    voice, file = example_files["clone_voice.ok"], example_files["upload_midi.ok"]["midiRenderVO"]

    assert example_files["create_song.request_cloned_voice"]["clonedVoiceItemId"] == voice["clonedVoiceItemId"]
    assert example_files["list_cloned_voices.ok"]["records"][0]["clonedVoiceItemId"] == voice["clonedVoiceItemId"]
    assert example_files["create_song.request_midi"]["midiItemId"] == file["midiItemId"]
    assert example_files["list_midi.ok"]["records"] == [file]
    artists = example_files["list_artist_voices.ok"]["records"]
    assert example_files["create_song.request_artist_voice"]["artistVoiceItemId"] == artists[0]["itemId"]


def test_the_busy_account_is_the_scheduler_s(example_files):
    """The jobs that refuse an order are those the scheduler shows, counted right, started at the same moment."""
    refusal, running = example_files["errors.account_busy"], example_files["list_running_jobs.ok"]
    capacity = example_files["get_available_capacity.ok"]
    busy = refusal["runningJobs"][ACCOUNT]

    assert [job["job_id"] for job in busy] == [job["job_id"] for job in running]
    assert [job["job_id"] for job in running] == example_files["create_instrumental.ok"]["jobs"]
    assert refusal["error"] == f"Account is busy executing {len(busy)} jobs"
    assert example_files["create_song.request_busy"]["maxJobs"] == len(busy)
    assert {job["started"] for job in busy} == {milliseconds(job["started"]) for job in running}
    assert capacity["executing"] == running
    row = capacity["available"][0]
    assert (row["executing"], row["available"]) == (len(running), row["maxJobs"] - len(running))


def test_both_stamps_of_an_account_agree(example_files):
    """The two notations of an account's last change are the same moment, unlike in the vendor's sample."""
    account = example_files["create_account.ok"]

    assert account["updated"] == milliseconds(account["updatedUTC"])
    assert example_files["get_account.ok"] == account
    assert example_files["list_accounts.ok"] == {ACCOUNT: account}


def test_secrets_do_not_come_back(example_files):
    """What was stored as a secret is masked in every answer."""
    secret = example_files["create_account.request_full"]["requestParams"]["service_ticket"]
    holders = [stem for stem, value in example_files.items() if secret in str(value)]

    assert holders == ["create_account.request_full"]


def test_moments_fall_into_one_day(example_files):
    """Every stamp is of the day the story plays on."""
    stamps = {
        node[key]
        for value in example_files.values()
        for node in dictionaries(value)
        for key in ("createTime", "updateTime", "updated", "sysTime")
        if key in node
    }

    assert {datetime.fromtimestamp(stamp / 1000, UTC).date().isoformat() for stamp in stamps} == {"2025-05-20"}


def test_loaded_examples_are_the_files(document, example_files):
    """The loaded document holds each file's Example Object in the place of its reference."""
    content = document["paths"]["/music/song"]["post"]["responses"]["200"]["content"]["application/json"]

    assert content["examples"]["ok"]["value"] == example_files["create_song.ok"]
    assert content["examples"]["ok"]["summary"] == "Two jobs started"
    assert "$ref: examples" not in str(load_document())


def milliseconds(moment):
    """Turn a date and time into milliseconds since 1970."""
    return round(datetime.fromisoformat(moment).timestamp() * 1000)
