"""The shop's rules as they stand when a step runs: an edit counts within a second, a broken one never."""

import logging
import threading
import time
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from config.settings import SHIPPED
from config.shop import PATTERNS, read_shop
from domain.calendar import WorkingCalendar
from domain.errors import FlowRefused, SettingsRefused
from domain.facts import Facts
from domain.step import StepResult
from flow.catalogue import Action
from flow.shop import Shop

# Looking at every file takes half a millisecond, and a page asks several times.
LOOK_SECONDS = 1.0

Stamp = tuple[tuple[str, int, int], ...]

log = logging.getLogger(__name__)


class CurrentShop:
    """
    Reads the config folder again when a file of it has changed, and looks whether one has every
    `look_seconds`. While it has findings, the rules of before stay, so that no order in flight meets a
    half-made edit.

    :raises FlowRefused: it has findings from the start.
    """

    def __init__(
        self, folder: Path, actions: Mapping[str, Action], look_seconds: float = LOOK_SECONDS
    ) -> None:
        self._folder = folder
        self._actions = actions
        self._look_seconds = look_seconds
        self._lock = threading.Lock()
        self._looked = time.monotonic()
        self._stamp = _stamp(folder)
        self._shop = read_shop(folder, actions)

    def now(self) -> Shop:
        with self._lock:
            if time.monotonic() - self._looked >= self._look_seconds:
                self._look()
            return self._shop

    def calendars(self) -> Mapping[str, WorkingCalendar]:
        return self.now().calendars

    def screen(self, facts: Facts) -> StepResult:
        """`score` from 0 to 100, and in `said` the rules that spoke."""
        return self.now().fraud.screen(facts)

    def route(self, order: Facts, fulfilment: Facts) -> str:
        """The flow of a fulfilment."""
        return self.now().route_fulfilment({"order": order, "fulfilment": fulfilment})

    def ship_by(self, at: datetime, express: bool) -> datetime:
        """Until when a parcel has to leave whose goods are there at an instant."""
        return self.now().ship_by(at, express)

    def _look(self) -> None:
        self._looked = time.monotonic()
        stamp = _stamp(self._folder)
        if stamp != self._stamp:
            self._stamp = stamp
            self._read_again()

    def _read_again(self) -> None:
        try:
            self._shop = read_shop(self._folder, self._actions)
        except (FlowRefused, SettingsRefused) as error:
            log.error("The config folder has findings; the rules of before stay.\n%s", error)  # noqa: TRY400 - no stack


def _stamp(folder: Path) -> Stamp:
    places = {folder, SHIPPED}
    files = sorted(path for place in places for pattern in PATTERNS for path in place.glob(pattern))
    return tuple((str(path), *_when_and_size(path)) for path in files)


def _when_and_size(path: Path) -> tuple[int, int]:
    try:
        stat = path.stat()
    except OSError:  # gone since it was listed: as good as changed
        return 0, 0
    return stat.st_mtime_ns, stat.st_size
