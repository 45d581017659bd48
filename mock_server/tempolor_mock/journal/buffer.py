"""Entries that wait to be written down."""

from collections import Counter, deque

from ..domain.ids import Token
from .records import Entry
from .sharing import cuts


class Buffer:
    """Entries of each world in the order of their answers, within bytes: worlds make room as in a journal."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._worlds: dict[Token, deque[Entry]] = {}
        self._sizes: Counter[Token] = Counter()
        self._bytes = 0
        self._lost: Counter[Token] = Counter()

    def __bool__(self) -> bool:
        """Whether there is something to write, were it only how many are lost."""
        return bool(self._worlds or self._lost)

    def add(self, token: Token, entry: Entry) -> int:
        """Take an entry; return how many are lost for it."""
        entry.bytes = entry.measured()
        entries = self._worlds.get(token)
        if entries is None:
            entries = self._worlds[token] = deque()
        entries.append(entry)
        self._weigh(token, entry.bytes)
        return self._make_room() if self._bytes > self._limit else 0

    def _weigh(self, token: Token, size: int) -> None:
        self._sizes[token] += size
        self._bytes += size

    def _make_room(self) -> int:
        lost = 0
        for token, size in list(cuts(self._sizes, self._limit)):
            while self._sizes[token] > size:
                self._weigh(token, -self._worlds[token].popleft().bytes)
                self._lost[token] += 1
                lost += 1
            if not self._worlds[token]:
                del self._worlds[token], self._sizes[token]
        return lost

    def take(self) -> tuple[dict[Token, deque[Entry]], Counter[Token]]:
        """Take out all entries, and how many of each world are lost."""
        taken, lost = self._worlds, self._lost
        self._worlds, self._lost = {}, Counter()
        self._sizes.clear()
        self._bytes = 0
        return taken, lost

    def give_back(self, taken: dict[Token, deque[Entry]], lost: Counter[Token]) -> int:
        """Put back before all others what could not be written; return how many of it are lost now."""
        self._lost.update(lost)
        for token, entries in taken.items():
            self._weigh(token, sum(entry.bytes for entry in entries))
            self._worlds[token] = entries + self._worlds.get(token, deque())
        return self._make_room() if self._bytes > self._limit else 0

    def forget(self, token: Token | None) -> None:
        """Forget what waits of a world, or all that waits."""
        if token is None:
            self.take()
        else:
            self._worlds.pop(token, None)
            self._bytes -= self._sizes.pop(token, 0)
            self._lost.pop(token, None)
