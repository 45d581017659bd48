"""Marks of readings fall where evidence is enough, by a written rule and by nothing else."""

import json
import re
import shutil

import evidence
import pytest
import yaml
from evidence import EvidenceError, Folder, main, marks_in, without_marks

TYPE = "#/components/schemas/JobStatus type"
DAYS = ["2026-12-01", "2026-12-02", "2026-12-03"]
ENOUGH = {"confirmed": 5, "contradicted": 0, "days": DAYS}


@pytest.fixture
def folder(linters, tmp_path):
    """A copy of what the tool reads and writes, without evidence."""
    spec = linters.parent
    shutil.copytree(spec / "evidence", tmp_path / "evidence")
    shutil.rmtree(tmp_path / "evidence" / "reports")
    (tmp_path / "tempolor_spec").mkdir()
    for name in ("DECISIONS.md", "tempolor_spec/openapi.yaml", "tempolor_spec/readings.yaml"):
        shutil.copy(spec / name, tmp_path / name)
    return Folder(tmp_path)


@pytest.fixture
def given(folder):
    """Put made-up evidence into the folder: one file for each run, of readings by their ids."""

    def put(*runs):
        folder.reports.mkdir(exist_ok=True)
        for number, readings in enumerate(runs):
            report = {
                "schema": 1,
                "run": f"{number:064x}",
                "made": DAYS[0],
                "kind": "contract",
                "revision": "2025-05",
                "readings": readings,
            }
            (folder.reports / f"{number}.json").write_text(json.dumps(report))

    return put


def test_the_document_is_marked_as_the_evidence_has_it(capsys):
    """Of this repository: no mark was lost by hand, none has stayed too long."""
    assert main(["check"]) == 0, capsys.readouterr()


def test_without_evidence_nothing_falls(folder):
    """The folder is empty today."""
    assert list(evidence.changes(folder)) == []


def test_what_is_settled_loses_its_mark(folder, given):
    """The keyword that was seen, and no other; the decision says that it is settled."""
    row = {**ENOUGH, "marks": {TYPE: ENOUGH}}
    before = folder.document.read_text()
    given({"D-41": row}, {"D-41": row})

    assert main(["apply"], folder) == 0

    after = folder.document.read_text()
    assert set(marks_in(before)) - set(marks_in(after)) == {"#/components/schemas/JobStatus"}
    assert len(before.splitlines()) - len(after.splitlines()) == 1
    [decision] = [line for line in folder.decisions.read_text().splitlines() if line.startswith("| D-41 ")]
    assert decision.endswith("; settled by evidence |")
    assert main(["check"], folder) == 0
    assert main(["apply"], folder) == 0
    assert folder.document.read_text() == after


def test_an_element_marked_as_a_whole_falls_with_its_reading(folder, given):
    """And so does the word that says so."""
    given({"D-51": ENOUGH}, {"D-51": ENOUGH})

    main(["apply"], folder)

    alias = yaml.safe_load(folder.document.read_text())["components"]["schemas"]["ChordAlias"]
    assert "x-inferred" not in alias
    assert "Inferred" not in alias["description"]


def test_a_keyword_beside_others_falls_alone(folder, given):
    """The others, and the word in the text, stay."""
    place = "#/components/schemas/MusicItem/properties/progress"
    marks = {f"{place} maximum": ENOUGH, f"{place} type": ENOUGH}
    given(*[{"D-41": {**ENOUGH, "marks": marks}}] * 2)

    main(["apply"], folder)

    assert marks_in(folder.document.read_text())[place] == ["minimum"]


@pytest.mark.parametrize(
    "runs",
    [
        [{**ENOUGH, "confirmed": 20}],
        [{**ENOUGH, "confirmed": 4}] * 2,
        [{**ENOUGH, "days": DAYS[:2]}] * 2,
        [ENOUGH, ENOUGH, {"confirmed": 0, "contradicted": 1, "days": []}],
    ],
    ids=["one report", "too seldom", "too few days", "contradicted once"],
)
def test_less_settles_nothing(folder, given, runs):
    """Each part of the rule counts."""
    given(*({"D-41": {**each, "marks": {TYPE: each}}, "D-51": each} for each in runs))

    assert list(evidence.changes(folder)) == []


def test_a_contradiction_takes_the_word_back_but_no_mark_returns_by_itself(folder, given):
    """Somebody has to look at the document then."""
    row = {**ENOUGH, "marks": {TYPE: ENOUGH}}
    given({"D-41": row}, {"D-41": row})
    main(["apply"], folder)
    against = {"confirmed": 0, "contradicted": 1, "days": []}
    given({"D-41": row}, {"D-41": row}, {"D-41": {**against, "marks": {TYPE: against}}})

    with pytest.raises(EvidenceError, match="JobStatus is marked not, but should be"):
        list(evidence.changes(folder))


def test_a_mark_that_is_taken_away_by_hand_is_noticed(folder):
    """And so is a new one that nobody has noted."""
    text = folder.document.read_text()
    folder.document.write_text(text.replace("      x-inferred: [bearerFormat]\n", ""))
    with pytest.raises(EvidenceError, match="ApiToken is marked not, but should be"):
        list(evidence.changes(folder))

    folder.document.write_text(text.replace("x-inferred: [bearerFormat]", "x-inferred: [bearerFormat, type]"))
    with pytest.raises(EvidenceError, match="ApiToken is marked"):
        list(evidence.changes(folder))
    assert main(["register"], folder) == 0
    assert main(["check"], folder) == 0


def test_every_mark_can_fall(source):
    """Without touching anything else of the document."""
    marks = marks_in(source)

    text = without_marks(source, {place: set(words) for place, words in marks.items()})

    assert marks_in(text) == {}
    assert _plain(yaml.safe_load(text)) == _plain(yaml.safe_load(source))
    told = re.findall(r"Inferred:", text)
    assert len(told) < len(re.findall(r"Inferred:", source)) / 4


def _plain(node):
    """Return a node without marks, and with texts that begin alike."""
    if isinstance(node, list):
        return [_plain(each) for each in node]
    if isinstance(node, dict):
        return {name: _plain(each) for name, each in node.items() if name != "x-inferred"}
    return re.sub(r"\s+", " ", node.replace("Inferred: ", "")).lower() if isinstance(node, str) else node


def _report(**counts):
    row = {
        "id": "D-30",
        "confirmed": {},
        "contradicted": {},
        "days": {},
        "marks": {},
        "against": ["a secret"],
        **counts,
    }
    return {"level": "safe", "revision": "2025-05", "source": "https://api.useapi.net", "readings": [row]}


def test_only_counts_and_days_of_the_live_service_are_taken(folder, tmp_path):
    """Whatever else a report holds."""
    count = {
        "confirmed": {"live": 2, "elsewhere": 90},
        "contradicted": {"elsewhere": 1},
        "days": {"live": DAYS[:1], "elsewhere": DAYS},
    }
    file = tmp_path / "report.json"
    file.write_text(json.dumps(_report(**count, marks={TYPE: count, "#/x type": {"confirmed": {"elsewhere": 1}}})))

    assert main(["add", str(file)], folder) == 0

    [written] = folder.reports.glob("*.json")
    told = json.loads(written.read_text())
    expected = {"confirmed": 2, "contradicted": 0, "days": DAYS[:1]}
    assert told["readings"] == {"D-30": {**expected, "marks": {TYPE: expected}}}
    assert set(told) == {"schema", "run", "made", "kind", "revision", "readings"}
    assert "secret" not in written.read_text()


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (json.dumps(_report(confirmed={"elsewhere": 5})), "nothing of the live service"),
        (
            json.dumps(
                {**_report(confirmed={"live": 5}), "judged_as": "the live service", "source": "http://[::1]:4010"}
            ),
            "was judged with --live",
        ),
        ("{}", "no report with readings"),
        ('{"readings": [1]}', "no report with readings"),
        ("{", "is no JSON"),
        ("[" * 100_000, "is no JSON"),
    ],
    ids=["a mock's", "a mock's that is said to be live", "no readings", "no rows", "broken", "deep"],
)
def test_what_is_no_evidence_is_told_in_one_line(folder, tmp_path, capsys, content, told):
    """And ends with 2."""
    file = tmp_path / "report.json"
    file.write_text(content)

    assert main(["add", str(file)], folder) == 2

    [line] = capsys.readouterr().err.splitlines()
    assert told in line


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"source": "https://api.useapi.net"}, "source"),
        ({"readings": {"D-41": {"confirmed": -1, "contradicted": 0, "days": []}}}, "minimum"),
        ({"readings": {"D-41": {**ENOUGH, "against": ["body"]}}}, "against"),
        ({"readings": {"D-41": {**ENOUGH, "marks": {"user:1-secret": ENOUGH}}}}, "user:1-secret"),
        ({"made": "today"}, "made"),
    ],
)
def test_a_file_that_holds_more_is_refused(folder, given, change, told):
    """What could tell who somebody is does not get in."""
    given({"D-41": ENOUGH})
    file = folder.reports / "0.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), **change}))

    with pytest.raises(EvidenceError, match=r"0\.json is no evidence") as caught:
        evidence.evidence_in(folder)
    assert told in str(caught.value)


def test_a_run_counts_once(folder, given):
    """However often its report is sent."""
    given({"D-41": ENOUGH})
    shutil.copy(folder.reports / "0.json", folder.reports / "1.json")

    with pytest.raises(EvidenceError, match="same run"):
        evidence.evidence_in(folder)
