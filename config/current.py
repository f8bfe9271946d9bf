"""The shop's rules as they stand when a step runs: an edit counts at once, a broken one does not."""

import logging
import threading
from collections.abc import Mapping
from pathlib import Path

from config.settings import SHIPPED
from config.shop import PATTERNS, read_shop
from domain.calendar import WorkingCalendar
from domain.errors import FlowRefused, SettingsRefused
from domain.facts import Facts
from domain.step import StepResult
from flow.catalogue import Action
from flow.shop import Shop

Stamp = tuple[tuple[str, int, int], ...]

log = logging.getLogger(__name__)


class CurrentShop:
    """
    Reads the config folder again when a file of it has changed. While it has findings, the rules of
    before stay, so that no order in flight meets a half-made edit.

    :raises FlowRefused: it has findings from the start.
    """

    def __init__(self, folder: Path, actions: Mapping[str, Action]) -> None:
        self._folder = folder
        self._actions = actions
        self._lock = threading.Lock()
        self._stamp = _stamp(folder)
        self._shop = read_shop(folder, actions)

    def now(self) -> Shop:
        with self._lock:
            stamp = _stamp(self._folder)
            if stamp != self._stamp:
                self._stamp = stamp
                self._read_again()
            return self._shop

    def calendars(self) -> Mapping[str, WorkingCalendar]:
        return self.now().calendars

    def screen(self, facts: Facts) -> StepResult:
        """`score` from 0 to 100, and in `said` the rules that spoke."""
        return self.now().fraud.screen(facts)

    def route(self, order: Facts, fulfilment: Facts) -> str:
        """The flow of a fulfilment."""
        return self.now().route_fulfilment({"order": order, "fulfilment": fulfilment})

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
