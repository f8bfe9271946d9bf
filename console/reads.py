"""Who looked at whom: once an hour for the same person and the same thing, so that reading stays cheap."""

from collections import OrderedDict
from datetime import datetime, timedelta
from threading import Lock

ONCE = timedelta(hours=1)
MOST_KNOWN = 20_000


class Reads:
    """Kept in memory: after a start everything is written down anew."""

    def __init__(self) -> None:
        self._known: OrderedDict[tuple[str, str], datetime] = OrderedDict()
        self._lock = Lock()

    def is_new(self, who: str, what: str, now: datetime) -> bool:
        """Whether it is to be written down."""
        with self._lock:
            last = self._known.get((who, what))
            if last is not None and now - last < ONCE:
                return False
            self._known[who, what] = now
            self._known.move_to_end((who, what))
            while len(self._known) > MOST_KNOWN:
                self._known.popitem(last=False)
            return True
