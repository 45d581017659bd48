"""The story the document's examples tell, lived through the mock from the first call to the last."""

from tempolor_spec import load_document, operations

ACCOUNT = "204816357"


def example(operation_id, name):
    """Return a request example of the document."""
    for operation in operations(load_document()):
        if operation.operation_id == operation_id:
            return operation.definition["requestBody"]["content"]["application/json"]["examples"][name]["value"]
    raise KeyError(operation_id)


def test_the_examples_story_can_be_lived(client, wav, mid):
    """Account, voice and MIDI file, song and instrumental, busy, cancel, download, and everything deleted again."""
    # An account, as the browser shows it; its ticket is not shown again.
    account = client.post("/accounts", json=example("create_account", "request_full")).json()
    assert (account["user_id"], account["requestParams"]["service_ticket"]) == (ACCOUNT, "***")

    # A voice and a MIDI file.
    voice_id = client.post(
        "/music/cloned-voices", params={"name": "Evening Alto"}, content=wav, headers={"Content-Type": "audio/wav"}
    ).json()["clonedVoiceItemId"]
    midi = client.post(
        "/music/midi", params={"name": "Harbour Theme"}, content=mid, headers={"Content-Type": "audio/midi"}
    ).json()
    assert midi["isFirst"]

    # A song by that voice, watched until it is there.
    order = example("create_song", "request_cloned_voice") | {"clonedVoiceItemId": voice_id}
    song, second_take = client.post("/music/song", json=order).json()["jobs"]
    assert [each["replyRef"] for each in client.get("/scheduler").json()] == ["harbour-demo"] * 2
    assert client.get("/music").json()["records"][0]["status_name"] == "GENERATING"
    client.advance(60)
    done = client.get(f"/music/{song}").json()
    assert (done["status_name"], done["ltmMaterialExtendDto"]["lyricsPrompt"]) == ("COMPLETED", order["lyrics"])
    for file_format in ("mp3", "wav", "stems"):
        assert client.get(f"/music/download/{song}", params={"file_format": file_format}).json()["remainSeconds"] > 0
    sound = client.anonymous().get(client.link(song), headers={"Range": "bytes=0-3"})
    assert sound.content == b"RIFF"

    # An instrumental with everything set; while it runs, an order that wants no more than two is refused.
    loop, other_loop = client.post("/music/instrumental", json=example("create_instrumental", "request_full")).json()[
        "jobs"
    ]
    busy = client.post("/music/song", json=example("create_song", "request_busy"))
    assert busy.status_code == 429
    assert [each["job_id"] for each in busy.json()["runningJobs"][ACCOUNT]] == [loop, other_loop]
    assert client.get("/scheduler/available").json()["available"] == [
        {"user_id": ACCOUNT, "maxJobs": 10, "executing": 2, "available": 8}
    ]
    assert client.delete(f"/scheduler/{loop}").status_code == 204
    client.advance(60)
    assert client.get("/music?type=instrumental").json()["records"][1]["musicMaterial"]["key"] == "D:minor"

    # A song on the MIDI file, and everything deleted again.
    client.song(midiItemId=midi["midiRenderVO"]["midiItemId"])
    for path in (
        f"/music/{song}",
        f"/music/{second_take}",
        f"/music/cloned-voices/{voice_id}",
        f"/music/midi/{midi['midiRenderVO']['midiItemId']}",
    ):
        assert client.delete(path).json() == {"result": True}
    assert client.delete(f"/accounts/{ACCOUNT}").status_code == 204
    assert client.get("/accounts").status_code == 404
