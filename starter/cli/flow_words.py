"""`orders flow facts`, `actions`, `events` and `roles`: the words an ops engineer writes flows with."""

from collections.abc import Iterator, Mapping
from typing import Any

import typer

from activities.catalogue import ACTIONS
from flow.facts import ROOTS
from flow.kinds import Kind
from starter.cli.options import AsJson
from starter.cli.saying import emit, table
from starter.cli.shop import settings_here, shop_of

Json = dict[str, Any]


def facts(as_json: AsJson = False) -> None:
    """What conditions may read."""
    _tell("Facts", ("name", "kind", "unit", "about"), [_fact(*each) for each in _facts(ROOTS)], as_json)


def actions(as_json: AsJson = False) -> None:
    """What `run` may do: its input, its results, the refusals `on_error` may route, its undo."""
    columns = ("name", "for", "needs", "result", "refusals", "undo", "about")
    rows = [
        {
            "name": action.name,
            "for": sorted(action.levels),
            "needs": dict(action.needs),
            "result": dict(action.result),
            "refusals": list(action.refusals),
            "undo": action.undo,
            "about": action.about,
        }
        for action in ACTIONS.values()
    ]
    _tell("Actions", columns, rows, as_json)


def events(as_json: AsJson = False) -> None:
    """What `wait_for` may wait for, out of events.yaml."""
    known = shop_of(settings_here()).events.values()
    rows = [{"name": each.name, "fields": dict(each.fields), "about": each.about} for each in known]
    _tell("Events", ("name", "fields", "about"), rows, as_json)


def roles(as_json: AsJson = False) -> None:
    """Who `ask` may ask, out of roles.yaml."""
    known = shop_of(settings_here()).roles.values()
    rows = [
        {"name": each.name, "permissions": sorted(each.permissions), "about": each.about} for each in known
    ]
    _tell("Roles", ("name", "permissions", "about"), rows, as_json)


def register(app: typer.Typer) -> None:
    for command in (facts, actions, events, roles):
        app.command()(command)


def _facts(kinds: Mapping[str, Kind], above: str = "") -> Iterator[tuple[str, Kind]]:
    """Every fact by its full name; `lines` stand for each of them, as in `any(... for line in lines)`."""
    for name, kind in kinds.items():
        path = f"{above}{name}"
        if kind.name != "record":
            yield path, kind
        yield from _facts(kind.fields, f"{path}[]." if kind.name == "lines" else f"{path}.")


def _fact(name: str, kind: Kind) -> Json:
    optional = " (may be missing)" if kind.optional else ""
    return {"name": name, "kind": f"{kind}{optional}", "unit": kind.unit, "about": kind.about}


def _tell(title: str, columns: tuple[str, ...], rows: list[Json], as_json: bool) -> None:
    if as_json:
        emit(rows)
    else:
        table(title, columns, [[_cell(row[name]) for name in columns] for row in rows])


def _cell(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name}: {kind}" for name, kind in value.items())
    return ", ".join(value) if isinstance(value, list) else str(value)
