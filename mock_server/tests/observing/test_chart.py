"""The Helm chart: rendered by Helm's own engine, judged by the schemas of Kubernetes."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

CHART = Path(__file__).parents[3] / "deploy" / "helm" / "tempolor-mock"
TOOLS = ("helm-python-sdk==0.2.2", "kubernetes-validate==1.37.0")
VERSIONS = ("1.25.0", "1.37.0")
"""The oldest Kubernetes that the chart says it runs on, and a new one."""

PROGRAM = """
import json, sys
from helm_python import Chart, lint
from kubernetes_validate import validate
import yaml

chart, values, versions = json.loads(sys.argv[1])
found = lint(chart, values, strict=True)
with Chart.load(chart) as loaded:
    try:
        rendered = loaded.render(values, name="team", namespace="tests")
    except Exception as error:
        print(json.dumps({"error": str(error)}))
        sys.exit()
texts = [text for name, text in rendered.items() if name.endswith(".yaml")]
manifests = [each for text in texts for each in yaml.safe_load_all(text) if each]
for version in versions:
    for manifest in manifests:
        if "monitoring.coreos.com" not in manifest["apiVersion"]:  # Whose schema is not Kubernetes' own.
            validate(manifest, version, strict=True)
print(json.dumps({"lint": found["errors"], "manifests": manifests}))
"""

EVERYTHING = {
    "existingSecret": "mock",
    "ingress": {"enabled": True, "className": "nginx", "tlsSecret": "tls", "annotations": {"a": "b"}},
    "serviceMonitor": {"enabled": True, "labels": {"release": "prometheus"}},
    "service": {"annotations": {"a": "b"}},
    "podAnnotations": {"a": "b"},
    "podLabels": {"a": "b"},
    "imagePullSecrets": [{"name": "registry"}],
    "nodeSelector": {"kubernetes.io/os": "linux"},
    "tolerations": [{"operator": "Exists"}],
    "affinity": {"nodeAffinity": {}},
}

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def rendered(tmp_path_factory):
    """Render the chart with some values, in an environment that has the tools."""
    folder = tmp_path_factory.mktemp("tools")
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    python = folder / "bin" / "python"
    subprocess.run([python, "-m", "pip", "--disable-pip-version-check", "install", "--quiet", *TOOLS], check=True)

    def render(values):
        arguments = json.dumps([str(CHART), values, VERSIONS])
        done = subprocess.run([python, "-c", PROGRAM, arguments], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return render


def test_without_a_secret_it_says_what_is_missing(rendered):
    """In one line."""
    assert "existingSecret: name a secret with the keys control-token" in rendered({})["error"]


@pytest.mark.parametrize("values", [{"existingSecret": "mock"}, EVERYTHING], ids=["little", "everything"])
def test_kubernetes_takes_what_it_renders(rendered, values):
    """And Helm has nothing to complain about."""
    found = rendered(values)

    assert found["lint"] == []
    kinds = sorted(each["kind"] for each in found["manifests"])
    asked = ["Ingress", "ServiceMonitor"] if values is EVERYTHING else []
    assert kinds == sorted(["Deployment", "PodDisruptionBudget", "Service", *asked])


def test_no_secret_stands_in_it_and_nothing_runs_as_root(rendered):
    """Token and URL come from the secret; the file system is read-only but for what is rendered."""
    manifests = rendered({"existingSecret": "mock"})["manifests"]
    (pod,) = (each["spec"]["template"]["spec"] for each in manifests if each["kind"] == "Deployment")
    (mock,) = pod["containers"]

    secrets = {each["name"]: each["valueFrom"]["secretKeyRef"]["key"] for each in mock["env"] if "valueFrom" in each}
    assert secrets == {"TEMPOLOR_MOCK_CONTROL_TOKEN": "control-token", "TEMPOLOR_MOCK_STORE": "database-url"}
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert mock["securityContext"]["readOnlyRootFilesystem"] is True
    assert [each["mountPath"] for each in mock["volumeMounts"]] == ["/tmp"]
