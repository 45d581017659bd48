"""What a newer service does is learned from its traffic, and the contract goes on with what was learned."""

import httpx
import pytest
from broken import Service
from broken.detectors import Traffic
from broken.newer import NEWER, TRULY_BROKEN
from broken.proxying import through_a_proxy
from broken.service import TOKEN
from tempolor_contract import CATALOGUE, SCENARIOS, run
from tempolor_contract.document.call import Call
from tempolor_contract.drift.overlay import as_yaml, overlay_of
from tempolor_contract.drift.session import Drift
from tempolor_contract.exchanges.receiver import CallbackReceiver
from tempolor_contract.judging.inspector import Seen
from tempolor_contract.target.control import steady
from tempolor_spec import load_document

LEARNED = {
    ("new field", "region"),
    ("null", ""),
    ("type", "string"),
    ("new operation", "GET /music/{job_id}/lyrics"),
}


class _Unjudged:
    """Stands for an inspector where nobody judges."""

    def see(self, exchange):
        """Only read it."""
        return Seen(Call(exchange))


def played(service, scenarios, overlays=()):
    """Return the rules that the service breaks by a document with these overlays."""
    with steady(service.target()), CallbackReceiver() as receiver:
        result = run(service.target(), CATALOGUE, scenarios=scenarios, receiver=receiver, overlays=overlays)
    return {each.rule.id for each in result.violations}


@pytest.fixture(scope="module")
def service():
    """Return a newer service."""
    with Service() as running, running.mutated(NEWER):
        yield running


@pytest.fixture(scope="module")
def learned(service, tmp_path_factory):
    """Learn from what passes a proxy in front of it; return the report and the overlay's file."""
    session = Drift("the proxy", load_document())
    headers = {"Authorization": f"Bearer {TOKEN}"}
    with (
        through_a_proxy(service.server.url, session.see) as [url],
        httpx.Client(headers=headers, timeout=20.0, trust_env=False) as client,
    ):
        Traffic(client, _Unjudged(), url).send_all()
        client.get(f"{url}/v1/tempolor/music/user:12345-tempolor:111-job:abc/lyrics")
    report, file = session.close(), tmp_path_factory.mktemp("learned") / "newer.yaml"
    file.write_text(as_yaml(overlay_of(report.differences, "1")))
    return report, file


def test_a_proxy_learns_each_change(learned):
    """Four changes, four differences; what is truly broken is none."""
    report, _ = learned

    assert {(str(each.kind), each.detail) for each in report.differences} == LEARNED


@pytest.mark.slow
def test_with_what_was_learned_the_contract_is_kept_but_for_what_is_broken(service, learned):
    """Without the overlay it is broken in more places."""
    _, overlay = learned

    assert played(service, SCENARIOS, [overlay]) == {TRULY_BROKEN}
    assert "answer-fits-schema" in played(service, SCENARIOS[:1])
