"""Contract tests for useapi.net's TemPolor API v1, or for whatever imitates it.

To judge exchanges that somebody else sends: `Inspector(CATALOGUE, DocumentJudge()).see(exchange)`. To judge a
service: `run(Target(...), CATALOGUE)`. To choose rules: `pick(only=[...], without=[...])`.
"""

from .document.call import Call
from .document.reader import Reader
from .document.router import Router
from .document.service import is_live
from .exchanges.exchange import MISSING, Exchange, Request, Response
from .exchanges.receiver import CallbackReceiver
from .exchanges.redaction import Redactor
from .judging.inspector import Inspector, Seen
from .judging.known_differences import Register, load_register
from .judging.ledger import Ledger, Tally, Verdict
from .judging.result import RunResult
from .rules.catalogue import CATALOGUE, UnknownRuleError, pick, rule
from .rules.conformance import DocumentJudge, Effort
from .rules.history.world import World
from .rules.history.worlds import Worlds
from .rules.rule import FINE, Problem, Rule, Severity, Strength, Violation
from .runs.catalogue import GENERATED, SCENARIOS, STATEFUL, provoking
from .runs.plan import Plan, Step, make_plan
from .runs.run import run
from .runs.scenarios.lab import Lab, Receiver
from .runs.scenarios.scenario import Need, Scenario
from .target.control import ControlPlaneError
from .target.created import Inventory
from .target.guard import Guard, Level, LiveServiceError, NotAllowedError, OverBudgetError, Refused
from .target.target import Clock, RealClock, Target, VirtualClock
from .target.transport import AsyncGuardedTransport, GuardedTransport

__all__ = [
    "CATALOGUE",
    "FINE",
    "GENERATED",
    "MISSING",
    "SCENARIOS",
    "STATEFUL",
    "AsyncGuardedTransport",
    "Call",
    "CallbackReceiver",
    "Clock",
    "ControlPlaneError",
    "DocumentJudge",
    "Effort",
    "Exchange",
    "Guard",
    "GuardedTransport",
    "Inspector",
    "Inventory",
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
    "UnknownRuleError",
    "Verdict",
    "Violation",
    "VirtualClock",
    "World",
    "Worlds",
    "is_live",
    "load_register",
    "make_plan",
    "pick",
    "provoking",
    "rule",
    "run",
]
