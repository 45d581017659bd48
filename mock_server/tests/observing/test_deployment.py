"""The files in `deploy/`, by the tools they are for."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import httpx
import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families
from tempolor_mock.cli import mock_command

DEPLOY = Path(__file__).parents[3] / "deploy"
OPTIONS = {
    variable
    for option in mock_command.params
    for variable in (f"TEMPOLOR_MOCK_{option.name.upper()}", option.envvar)
    if isinstance(variable, str)
}

needs_promtool = pytest.mark.skipif(
    shutil.which("promtool") is None, reason="promtool (Debian's prometheus) is not installed"
)


def promtool(*arguments):
    """Run promtool beside the alerts; return what it says, which is no failure."""
    command = ["promtool", *map(str, arguments)]
    done = subprocess.run(command, cwd=DEPLOY / "prometheus", capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def queries():
    """Return each query of the dashboard, with Grafana's own variables filled in."""
    dashboard = json.loads((DEPLOY / "grafana" / "tempolor-mock.json").read_text("utf-8"))
    targets = [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]
    return [each.replace("$__rate_interval", "5m").replace("$__range", "1h") for each in targets]


def test_dashboard_and_alerts_ask_for_metrics_that_there_are(client):
    """A misspelt one would be an empty panel, and an alert that never comes."""
    answer = client.get("http://mock/_mock/metrics")
    there = {
        name for family in text_string_to_metric_families(answer.text) for name in _names_of(family.name, family.type)
    }
    alerts = (DEPLOY / "prometheus" / "alerts.yaml").read_text("utf-8")
    asked = set(re.findall(r"\b(?:tempolor_mock|process)_[a-z_]+", "\n".join([alerts, *queries()])))

    assert len(asked) > 15
    assert asked - there == set()


def _names_of(name, kind):
    if kind == "histogram":
        return [f"{name}_{part}" for part in ("bucket", "count", "sum")]
    return [f"{name}_total"] if kind == "counter" else [name]


@needs_promtool
def test_promtool_takes_the_alerts_and_they_come_when_they_should():
    """With a story for each of them."""
    promtool("check", "rules", "alerts.yaml")
    promtool("test", "rules", "alerts.test.yaml")
    alerts, stories = (
        yaml.safe_load((DEPLOY / "prometheus" / f"{each}.yaml").read_text()) for each in ("alerts", "alerts.test")
    )
    told = {case["alertname"] for story in stories["tests"] for case in story["alert_rule_test"] if case["exp_alerts"]}

    assert {rule["alert"] for group in alerts["groups"] for rule in group["rules"]} == told


@needs_promtool
def test_promtool_takes_the_queries_of_the_dashboard(tmp_path):
    """Each as the expression of a rule."""
    rules = [{"record": f"panel:{place}", "expr": query} for place, query in enumerate(queries())]
    (tmp_path / "rules.yaml").write_text(json.dumps({"groups": [{"name": "dashboard", "rules": rules}]}))

    assert f"SUCCESS: {len(rules)} rules found" in promtool("check", "rules", tmp_path / "rules.yaml")


def test_the_team_s_files_set_options_there_are():
    """A misspelt variable would be ignored in silence."""
    team = yaml.safe_load((DEPLOY / "compose" / "team.yaml").read_text("utf-8"))["services"]
    values = yaml.safe_load((DEPLOY / "helm" / "tempolor-mock" / "values.yaml").read_text("utf-8"))
    deployment = (DEPLOY / "helm" / "tempolor-mock" / "templates" / "deployment.yaml").read_text("utf-8")

    assert set(team["mock-1"]["environment"]) - OPTIONS == {"PGPASSWORD"}
    assert set(values["options"]) | set(re.findall(r"TEMPOLOR_MOCK_\w+", deployment)) <= OPTIONS


def test_probes_ask_for_what_the_mock_answers(client):
    """Without any token."""
    deployment = (DEPLOY / "helm" / "tempolor-mock" / "templates" / "deployment.yaml").read_text("utf-8")
    paths = set(re.findall(r"path: (/_mock/\S+)", deployment))

    assert paths == {"/_mock/health", "/_mock/health/live"}
    with httpx.Client(transport=client._transport, base_url="http://mock") as anonymous:
        assert {anonymous.get(path).status_code for path in paths} == {200}
