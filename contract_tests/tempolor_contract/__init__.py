"""Contract tests for useapi.net's TemPolor API v1, or for whatever imitates it.

To judge exchanges that somebody else sends: `Inspector(CATALOGUE, DocumentJudge()).see(exchange)`. To judge a
service: `run(Target(...), CATALOGUE)`. To choose rules: `pick(only=[...], without=[...])`.
"""

from .budget import Guard, Level, LiveServiceError, NotAllowedError, OverBudgetError, Refused
from .call import Call, Reader, Router
from .deviations import Register, load_register
from .document import DocumentJudge, Effort
from .exchange import MISSING, Exchange, Request, Response
from .inspector import Inspector, Seen, is_live
from .ledger import Ledger, Tally, Verdict
from .redaction import Redactor
from .registry import Registry
from .result import RunResult
from .rule import FINE, Need, Problem, Rule, Scenario, Severity, Strength, Violation
from .rules import CATALOGUE, pick, rule
from .run import Plan, Step, make_plan, run
from .scenarios.lab import Lab, Receiver
from .suite import ControlPlaneError
from .target import Clock, RealClock, Target, VirtualClock
from .transport import AsyncGuardedTransport, GuardedTransport
from .world import World, Worlds

__all__ = [
    "CATALOGUE",
    "FINE",
    "MISSING",
    "AsyncGuardedTransport",
    "Call",
    "Clock",
    "ControlPlaneError",
    "DocumentJudge",
    "Effort",
    "Exchange",
    "Guard",
    "GuardedTransport",
    "Inspector",
    "Lab",
    "Ledger",
    "Level",
    "LiveServiceError",
    "Need",
    "NotAllowedError",
    "OverBudgetError",
    "Plan",
    "Problem",
    "Reader",
    "RealClock",
    "Receiver",
    "Redactor",
    "Refused",
    "Register",
    "Registry",
    "Request",
    "Response",
    "Router",
    "Rule",
    "RunResult",
    "Scenario",
    "Seen",
    "Severity",
    "Step",
    "Strength",
    "Tally",
    "Target",
    "Verdict",
    "Violation",
    "VirtualClock",
    "World",
    "Worlds",
    "is_live",
    "load_register",
    "make_plan",
    "pick",
    "rule",
    "run",
]
