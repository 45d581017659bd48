"""A session of the Python client through the proxy, recorded, and judged by `tempolor check`."""

import tempfile
from functools import partial
from pathlib import Path

import httpx
from tempolor_contract import CATALOGUE
from tempolor_contract.document.service import is_control
from tempolor_contract.exchanges.exchange import Exchange
from tempolor_contract.exchanges.har import HarWriter
from tempolor_contract.exchanges.receiver import CallbackReceiver
from tempolor_contract.judging.check import check
from tempolor_contract.judging.result import RunResult

from .proxying import through_a_proxy
from .service import Service
from .session import play
from .session.visitor import Visitor


def recorded(service: Service) -> RunResult:
    """Return what `check` finds in a session with a service."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "session.har")
        with (
            HarWriter(file) as har,
            CallbackReceiver() as receiver,
            through_a_proxy(service.server.url, partial(_record, har), receiver.url.rpartition("/")[0]) as addresses,
            Visitor(service, *addresses) as visitor,
        ):
            play(visitor)
        return check([file], CATALOGUE, base=service.target().base_url, live=False)


def _record(har: HarWriter, exchange: Exchange) -> None:
    """Write down what is of the API."""
    if not is_control(httpx.URL(exchange.request.url).path):
        har.write(exchange)
