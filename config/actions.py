"""The actions a flow may run here: those we ship, and those of the shop's own Python."""

import importlib
import importlib.util
import sys
import traceback
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from types import ModuleType
from typing import Any

from activities.catalogue import ACTIONS
from activities.own import OwnAction, WrongAction
from config.settings import Settings
from domain.errors import SettingsRefused
from flow.catalogue import Action

MODULE = "orderkeeper_own_actions"
# What the worker itself runs under.
TAKEN = frozenset(
    {
        "journal.begin",
        "journal.flow",
        "journal.write",
        "mail.send",
        "payment.renew",
        "returns.begin",
        "stock.take_out",
    }
)


def actions_of(settings: Settings) -> dict[str, Action]:
    """
    Name -> action, ours and the shop's own.

    :raises SettingsRefused: the shop's own cannot be taken; the message names file and line.
    """
    return {**ACTIONS, **{own.action.name: own.action for own in _own(settings.actions)}}


def steps_of(settings: Settings) -> tuple[Callable[..., Any], ...]:
    """The activities of the shop's own actions, for the worker. :raises SettingsRefused: as above."""
    return tuple(own.step for own in _own(settings.actions))


@lru_cache(maxsize=8)
def _own(place: str) -> tuple[OwnAction, ...]:
    if not place:
        return ()
    module = _imported(place)
    declared = {id(value): value for value in vars(module).values() if isinstance(value, OwnAction)}
    found: dict[str, OwnAction] = {}
    for own in declared.values():
        name = own.action.name
        if name in ACTIONS or name in TAKEN:
            raise SettingsRefused(f"{own.place}: {name} is an action of Orderkeeper; take another name.")
        if name in found:
            raise SettingsRefused(f"{own.place}: {name} is declared already, at {found[name].place}.")
        found[name] = own
    _check_undos(found)
    return tuple(found.values())


def _check_undos(found: Mapping[str, OwnAction]) -> None:
    known = {**ACTIONS, **{name: own.action for name, own in found.items()}}
    for name, own in found.items():
        undo = own.action.undo
        if undo and undo not in known:
            raise SettingsRefused(f"{own.place}: {name} is undone by {undo}, and there is no such action.")
        if undo and known[undo].needs:
            raise SettingsRefused(f"{own.place}: {undo} needs arguments, and so cannot be an undo.")


def _imported(place: str) -> ModuleType:
    """Whatever goes wrong while the shop's Python is read is one sentence with its place."""
    try:
        return _from_file(Path(place)) if place.endswith(".py") else importlib.import_module(place)
    # A file may also ask the interpreter to stop.
    except (Exception, SystemExit) as error:
        raise SettingsRefused(_told(error, place)) from error


def _from_file(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(MODULE, path)
    if spec is None or spec.loader is None or not path.is_file():
        raise SettingsRefused(f"ORDERKEEPER_ACTIONS: there is no file {path}.")
    module = importlib.util.module_from_spec(spec)
    sys.modules[MODULE] = module  # where dataclasses look their types up
    spec.loader.exec_module(module)
    return module


def _told(error: BaseException, place: str) -> str:
    if isinstance(error, SettingsRefused):
        return str(error)
    if isinstance(error, SyntaxError):
        return f"{error.filename}:{error.lineno}: this is not Python: {error.msg}."
    where = _line_of(error, place)
    if not where and isinstance(error, ModuleNotFoundError) and error.name == place.partition(".")[0]:
        return f"ORDERKEEPER_ACTIONS: there is no module {place}."
    first = (str(error).splitlines() or [""])[0]
    what = first if isinstance(error, (WrongAction, ImportError)) else f"{type(error).__name__}: {first}"
    return f"{where or place}: {what.rstrip('.')}."


def _line_of(error: BaseException, place: str) -> str:
    """The last line of the shop's own code before it went wrong."""
    own = place if place.endswith(".py") else f"/{place.partition('.')[0]}"
    frames = traceback.extract_tb(error.__traceback__)
    lines = [
        frame for frame in frames if own in frame.filename.replace(".py", "/") or frame.filename == own
    ]
    return f"{lines[-1].filename}:{lines[-1].lineno}" if lines else ""
