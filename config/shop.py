"""The shop's config folder, read whole: flows, roles, events, calendars and rules."""

from collections.abc import Mapping
from pathlib import Path

from config.settings import SHIPPED
from domain.errors import SettingsRefused
from flow.catalogue import Action
from flow.scenario_files import flow_of, is_scenarios
from flow.shop import Shop, load_shop

PATTERNS = ("*.yaml", "flows/*.yaml")
NOTICE = ".txt.j2"


def read_shop(folder: Path, actions: Mapping[str, Action]) -> Shop:
    """
    What the folder says; for a file it does not have, the one we ship.

    :raises FlowRefused: findings, each with file, line and column; nothing is taken in part.
    :raises SettingsRefused: a file cannot be read.
    """
    return load_shop(config_files(folder), actions, notices(folder))


def config_files(folder: Path) -> dict[str, str]:
    """
    Name within the folder -> text. The scenarios we ship for a flow go with it: a shop's own flow has
    only the shop's own.

    :raises SettingsRefused: a file cannot be read.
    """
    ours, own = _files(SHIPPED), _files(folder)
    stale = [path for path in ours if is_scenarios(path) and f"flows/{flow_of(path)}.yaml" in own]
    return {**{path: text for path, text in ours.items() if path not in stale}, **own}


def notices(folder: Path) -> frozenset[str]:
    """The notices that a flow may send: each has a template of plain text, ours or the shop's."""
    places = [*SHIPPED.glob(f"mail/*{NOTICE}"), *folder.glob(f"mail/*{NOTICE}")]
    names = (place.name.removesuffix(NOTICE) for place in places)
    return frozenset(name for name in names if "." not in name)  # confirmation.de is a translation


def _files(folder: Path) -> dict[str, str]:
    found = sorted(path for pattern in PATTERNS for path in folder.glob(pattern))
    return {path.relative_to(folder).as_posix(): _text(path) for path in found}


def _text(path: Path) -> str:
    """Bytes that are no UTF-8 stay in it, so that the check finds their line and column."""
    try:
        return path.read_text(encoding="utf-8", errors="surrogateescape")
    except OSError as error:
        raise SettingsRefused(f"{path} cannot be read: {error.strerror}.") from error
