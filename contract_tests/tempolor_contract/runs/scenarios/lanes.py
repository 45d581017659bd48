"""Plays several functions side by side, each a lane of its own, in rounds.

Only one lane is at work at any time, always in the same order, until each of them has something to send, waits, or is
done. Then all that they want to send goes out together: a round. So the same answers lead to the same requests, what
was sent in an earlier round was over before, and the lanes may share whatever they like without locks.

A round is as long as its longest answer. So what keeps its caller waiting is held back until no lane has anything else
to send, and goes out in one round.
"""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from ...document.call import Call
from ...exchanges.exchange import Exchange
from ...target.target import Clock

Send = Callable[[], Exchange]
Outcome = Call | Exception
"""A judged call, or why nothing was sent."""

Carry = Callable[[Sequence[Send], bool], Sequence[Outcome]]
"""Sends all of these at once, judges, and returns what came of each. The flag tells that they may keep one waiting."""


class AbandonedError(BaseException):
    """The run ends, so a lane has to end where it is."""


class Here(threading.local):
    """What a thread plays: the lane, if it is one, and its random numbers."""

    lane: "Lane | None" = None
    random: Random | None = None


@dataclass
class Lane:
    """A function that is played in a thread of its own, which goes on only when it is told to.

    `sends` is what it wants to send, `slow` tells that it may keep its caller waiting, `seconds` is how long it wants
    to wait.
    """

    play: Callable[[], Any]
    random: Random
    here: Here
    sends: Sequence[Send] = ()
    slow: bool = False
    outcomes: Sequence[Outcome] = ()
    seconds: float = 0.0
    result: Any = None
    error: Exception | None = None
    done: bool = False
    _abandoned: bool = False
    _turn: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    _stopped: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    _thread: threading.Thread | None = None

    def advance(self) -> None:
        """Let it go on until it sends, waits, gives way or ends."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, daemon=True)
            self._thread.start()
        else:
            self._turn.release()
        self._stopped.acquire()

    def abandon(self) -> None:
        """End it where it is."""
        self._abandoned = True
        if self._thread is not None:
            self._turn.release()
            self._thread.join()

    def carry(self, sends: Sequence[Send], slow: bool) -> Sequence[Outcome]:  # noqa: FBT001 - one of `Carry`
        """Have something sent in a round, and return what came of it; called by the lane itself."""
        self.sends, self.slow = sends, slow
        self.give_way()
        return self.outcomes

    def wait(self, seconds: float) -> None:
        """Have others play meanwhile; called by the lane itself."""
        self.seconds = seconds
        self.give_way()

    def give_way(self) -> None:
        """Go on in the next round; called by the lane itself."""
        if not self._abandoned:
            self._stopped.release()
            self._turn.acquire()
        if self._abandoned:
            raise AbandonedError

    def _run(self) -> None:
        self.here.lane, self.here.random = self, self.random
        try:
            self.result = self.play()
        except AbandonedError:
            pass
        except Exception as error:  # noqa: BLE001 - whoever asked for the lanes gets it
            self.error = error
        finally:
            self.done = True
            self._stopped.release()


@dataclass
class LaneClock:
    """Time as it is, which the others use while one lane waits."""

    inner: Clock
    here: Here
    virtual: bool = False

    def now(self) -> float:
        """Return the time."""
        return self.inner.now()

    def wait(self, seconds: float) -> None:
        """Let time pass, none at all too: others may be making what is needed here."""
        if self.here.lane is None:
            self.inner.wait(seconds)
        else:
            self.here.lane.wait(max(0.0, seconds))


def play(lanes: Sequence[Lane], carry: Carry, clock: Clock, width: int) -> None:
    """Play lanes to their ends, at most `width` of them at a time."""
    waiting, active = deque(lanes), list[Lane]()
    try:
        while waiting or active:
            active += [waiting.popleft() for _ in range(min(len(waiting), width - len(active)))]
            for lane in active:
                if lane.seconds <= 0 and not lane.sends:
                    lane.advance()
            active = [lane for lane in active if not lane.done]
            passed = _round(active, carry, clock)
            for lane in active:
                lane.seconds = max(0.0, lane.seconds - passed)
    finally:
        for lane in lanes:
            lane.abandon()


def _round(active: Sequence[Lane], carry: Carry, clock: Clock) -> float:
    """Send what the lanes want to send, or let time pass where they all wait; return the seconds that it took."""
    asking = [lane for lane in active if lane.sends]
    if not asking:
        seconds = min((lane.seconds for lane in active if lane.seconds > 0), default=0.0)
        clock.wait(seconds)
        return seconds
    asking = [lane for lane in asking if not lane.slow] or asking
    begin = clock.now()
    outcomes = iter(carry([send for lane in asking for send in lane.sends], asking[0].slow))
    for lane in asking:
        lane.outcomes = [next(outcomes) for _ in lane.sends]
        lane.sends = ()
    return clock.now() - begin
