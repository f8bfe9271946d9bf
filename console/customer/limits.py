"""
How often one may look, guess and send forms.

Looks and guesses are counted in memory, by each program for itself: that keeps floods off the books.
Forms are counted in the database by all of them together, as each may do something. Whoever holds a right
link never waits for what others do.
"""

from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock

WINDOW = timedelta(minutes=10)
# Of one order, whoever its link was given to; of wrong links from one address.
MOST_LOOKS, MOST_WRONG = 600, 30
MOST_FORMS = 30
MOST_KNOWN = 20_000


@dataclass
class Limits:
    """Within ten minutes. `count`: one more form about an order; the how manyth, wherever they came in."""

    count: Callable[[str, datetime, timedelta], int]
    _seen: OrderedDict[tuple[str, str], deque[datetime]] = field(default_factory=OrderedDict)
    _lock: Lock = field(default_factory=Lock)

    def look(self, order: str, now: datetime) -> bool:
        """Whether one more look by the right link is taken."""
        return self._another("look", order, MOST_LOOKS, now)

    def wrong(self, address: str, now: datetime) -> bool:
        """Whether a link that is none of ours is still answered there."""
        return self._another("wrong", address, MOST_WRONG, now)

    def form(self, order: str, now: datetime) -> bool:
        """Whether one more form about this order is taken."""
        return self.count(order, now, WINDOW) <= MOST_FORMS

    def _another(self, what: str, whose: str, most: int, now: datetime) -> bool:
        with self._lock:
            times = self._seen.setdefault((what, whose), deque(maxlen=most))
            self._seen.move_to_end((what, whose))
            while len(self._seen) > MOST_KNOWN:
                # Whoever has not asked for longest is forgotten first.
                self._seen.popitem(last=False)
            while times and times[0] <= now - WINDOW:
                times.popleft()
            if len(times) >= most:
                return False
            times.append(now)
            return True
