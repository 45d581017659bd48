"""A report as one page: no scripts, and nothing from elsewhere."""

from functools import cache
from importlib.resources import files
from typing import Any

import yaml
from jinja2 import Environment, StrictUndefined
from tempolor_spec import __version__

from ..exchanges.visible import plain
from .report import Difference, DriftReport
from .telling import SENT, reached, seen, shortened


def page(report: DriftReport) -> str:
    """Return the page as HTML; the template escapes whatever it is given."""
    rendered: str = _template().render(
        kit=__version__,
        source=report.source,
        stopped=report.stopped,
        facts=list(reached(report)),
        differences=[_difference(each) for each in report.differences],
        told=SENT,
        sent=[f"{each.headline}: {seen(each.sights[0])}" for each in report.sent],
        readings=[[str(each[name]) for name in ("id", "question", "verdict")] for each in report.readings],
    )
    return plain(rendered)


@cache
def _template() -> Any:
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return environment.from_string((files(__package__) / "page.html.jinja").read_text(encoding="utf-8"))


def _difference(difference: Difference) -> dict[str, Any]:
    return {
        "headline": difference.headline,
        "breaks": difference.breaks,
        "change": difference.change,
        "example": "" if difference.example is None else shortened(difference.example),
        "sights": [seen(each) for each in difference.sights],
        "actions": yaml.safe_dump(list(difference.actions), sort_keys=False, allow_unicode=True)
        if difference.actions
        else "",
    }
