"""How often one address may ask, and be wrong: kept in memory, by each program for itself."""

from collections import OrderedDict, deque
from datetime import datetime, timedelta
from threading import Lock

WINDOW = timedelta(minutes=10)
# Behind one address may sit a whole telephone network.
MOST_LOOKS, MOST_WRONG, MOST_ACTS = 600, 30, 30
MOST_KNOWN = 20_000


class Limits:
    """Counts within the last ten minutes. Whoever has not asked for longest is forgotten first."""

    def __init__(self) -> None:
        self._seen: OrderedDict[tuple[str, str], deque[datetime]] = OrderedDict()
        self._lock = Lock()

    def look(self, address: str, now: datetime) -> bool:
        """Whether one more look from there is taken; one that was wrong too often has to wait."""
        with self._lock:
            return self._within("wrong", address, MOST_WRONG, now) and self._count(
                "look", address, MOST_LOOKS, now
            )

    def wrong(self, address: str, now: datetime) -> None:
        """A link that is none of ours came from there."""
        with self._lock:
            self._count("wrong", address, MOST_WRONG, now)

    def act(self, order: str, now: datetime) -> bool:
        """Whether one more form about this order is taken."""
        with self._lock:
            return self._count("act", order, MOST_ACTS, now)

    def _within(self, what: str, whose: str, most: int, now: datetime) -> bool:
        times = self._seen.get((what, whose), deque())
        return sum(at > now - WINDOW for at in times) < most

    def _count(self, what: str, whose: str, most: int, now: datetime) -> bool:
        times = self._seen.setdefault((what, whose), deque(maxlen=most))
        self._seen.move_to_end((what, whose))
        while len(self._seen) > MOST_KNOWN:
            self._seen.popitem(last=False)
        while times and times[0] <= now - WINDOW:
            times.popleft()
        if len(times) >= most:
            return False
        times.append(now)
        return True
