"""`orders flow facts`, `actions`, `events`, `roles`, `schema` and `rules`: what flows are written with."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Annotated, Any

import typer
from typer import Argument, Option

from config.actions import actions_of
from config.shop import config_files, notices
from domain.errors import NotFound, OrderError
from flow.checks.casebook import RuleCase, rule_cases
from flow.checks.page import rules_page
from flow.facts import ROOTS
from flow.kinds import Kind
from flow.schema import flow_schema
from flow.shop import Shop, read_words
from starter.cli.options import AsJson
from starter.cli.saying import complain, emit, plain, table
from starter.cli.shop import settings_here

CANNOT_RUN = 2
Json = dict[str, Any]


@contextmanager
def or_cannot_run() -> Iterator[None]:
    """Exit code 2 and one line when the environment or the config folder keeps a command from answering."""
    try:
        yield
    except OrderError as error:
        complain(error)
        raise typer.Exit(CANNOT_RUN) from error


def facts(as_json: AsJson = False) -> None:
    """What conditions may read."""
    _tell("Facts", ("name", "kind", "unit", "about"), [_fact(*each) for each in _facts(ROOTS)], as_json)


def actions(as_json: AsJson = False) -> None:
    """What `run` may do: its input, its results, the refusals `on_error` may route, its undo."""
    columns = ("name", "for", "needs", "result", "refusals", "undo", "about")
    with or_cannot_run():
        known = actions_of(settings_here()).values()
    rows = [
        {
            "name": action.name,
            "for": sorted(action.levels),
            "needs": dict(action.needs),
            "result": dict(action.result),
            "refusals": list(action.refusals),
            "undo": action.undo,
            "changes": action.changes.value,
            "local": action.local,
            "owner": action.owner,
            "about": action.about,
        }
        for action in known
    ]
    _tell("Actions", columns, rows, as_json)


def events(as_json: AsJson = False) -> None:
    """What `wait_for` may wait for, out of events.yaml."""
    known = _words().events.values()
    rows = [{"name": each.name, "fields": dict(each.fields), "about": each.about} for each in known]
    _tell("Events", ("name", "fields", "about"), rows, as_json)


def roles(as_json: AsJson = False) -> None:
    """Who `ask` may ask, out of roles.yaml."""
    known = _words().roles.values()
    rows = [
        {"name": each.name, "permissions": sorted(each.permissions), "about": each.about} for each in known
    ]
    _tell("Roles", ("name", "permissions", "about"), rows, as_json)


def schema() -> None:
    """A JSON Schema of this shop's flow files, with which an editor completes and explains them."""
    emit(flow_schema(_words()))


def rules(
    name: Annotated[str, Argument(help="Such as no-undo; without one, all of them.")] = "",
    markdown: Annotated[bool, Option("--markdown", help="The whole page of rules.")] = False,
    as_json: AsJson = False,
) -> None:
    """What `check` looks for: each rule with a wrong and a right example."""
    cases = rule_cases()
    if markdown:
        typer.echo(rules_page(cases), nl=False)
        return
    if name:
        _explain(name, cases, as_json)
        return
    _tell("Rules", ("rule", "about"), [_rule(case) for case in cases], as_json)


def _explain(name: str, cases: tuple[RuleCase, ...], as_json: bool) -> None:
    found = [case for case in cases if case.rule == name]
    if not found:
        raise NotFound(f"There is no rule {name}; `orders flow rules` lists them.")
    if as_json:
        emit([_rule(case) for case in found])
        return
    for case in found:
        typer.echo(plain(case.in_words()))


def _rule(case: RuleCase) -> Json:
    return {"rule": case.rule, "about": case.because, "wrong": case.wrong, "right": case.right}


def _words() -> Shop:
    with or_cannot_run():
        settings = settings_here()
        folder = settings.config
        return read_words(config_files(folder), actions_of(settings), notices(folder))


def register(app: typer.Typer) -> None:
    for command in (facts, actions, events, roles, schema, rules):
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
