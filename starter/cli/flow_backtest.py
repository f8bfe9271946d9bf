"""`orders flow backtest`: orders of the past, through a flow of today."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import track
from typer import Argument, BadParameter, Option

from domain.errors import NotFound, SettingsRefused
from flow.backtest.case import Case
from flow.backtest.past import Told, Where, play
from flow.backtest.report import Report, StepReport, changes, summed_up
from flow.model import Flow, Level, loads
from flow.shop import Shop
from starter.cases import cases_of_books, cases_of_file
from starter.cli.asking import read
from starter.cli.options import AsJson
from starter.cli.saying import counted, emit, say, screen, table
from starter.cli.shop import OpenShop
from starter.when import span

Json = dict[str, Any]


def backtest(
    name: Annotated[str, Argument(help="A flow of the config folder, such as standard.")],
    cases: Annotated[
        Path | None, Option(help="Orders with dated events, one JSON document a line.")
    ] = None,
    last: Annotated[
        int, Option(min=0, metavar="N", help="The shop's own orders, the last N that ended.")
    ] = 0,
    against: Annotated[
        str, Option(metavar="VERSION", help="Compare with this one; else with what new orders take.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """What would have become of orders of the past, and what would be different with this version."""
    if (cases is None) == (last == 0):
        raise BadParameter(
            "give either a file of cases or how many of the last orders", param_hint="--cases"
        )

    def work(shop: OpenShop) -> tuple[Shop, Report, list[str]]:
        flow = _flow(shop.config, name)
        if flow.level == Level.RETURN:
            raise NotFound(f"{name} is a flow of returns; cases are orders.")
        found = list(_cases(shop, cases, last))
        told = _play(found, shop.config, flow)
        other = _other(shop, flow, against)
        if other is None:
            return shop.config, summed_up(told), []
        then = shop.config.with_flow(other)
        differences = changes(_play(found, then, other), told, _titles(then, shop.config))
        return shop.config, summed_up(told), differences

    shop, report, differences = read(work)
    if as_json:
        emit(_json(report, differences))
        return
    _tell(name, shop, report, differences)


def _flow(shop: Shop, name: str) -> Flow:
    if name not in shop.flows:
        raise NotFound(f"There is no flow {name}; there are {', '.join(sorted(shop.flows))}.")
    return shop.flows[name]


def _cases(shop: OpenShop, file: Path | None, last: int) -> Iterator[Case]:
    if file is None:
        yield from cases_of_books(shop.book.finished(last))
        return
    try:
        with file.open(encoding="utf-8") as lines:
            yield from cases_of_file(str(file), lines, shop.config)
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise SettingsRefused(f"{file} cannot be read: {reason}.") from error


def _play(cases: Sequence[Case], shop: Shop, flow: Flow) -> list[Told]:
    console = screen(err=True)
    shown = track(cases, "Playing", console=console, transient=True, disable=not console.is_terminal)
    return [play(case, shop, flow) for case in shown]


def _other(shop: OpenShop, flow: Flow, against: str) -> Flow | None:
    """The version to compare with; None when there is none, or it is the same."""
    published = {each.sha256 for each in shop.shelf.versions() if each.name == flow.name}
    wanted = against or shop.shelf.current().get(flow.name, "")
    found = [sha256 for sha256 in published if wanted and sha256.startswith(wanted)]
    if against and len(found) != 1:
        raise NotFound(f"There is no version {against} of {flow.name}; `orders flow list` shows them.")
    if not found or found == [flow.sha256]:
        return None
    return loads(shop.shelf.definition(found[0]))


def _titles(*shops: Shop) -> Mapping[Where, str]:
    return {
        (flow.name, id): place.title
        for shop in shops
        for flow in shop.flows.values()
        for id, place in flow.by_id.items()
    }


def _tell(name: str, shop: Shop, report: Report, differences: Sequence[str]) -> None:
    place = {where: n for n, where in enumerate(_titles(shop))}
    columns = ("flow", "step", "orders", "waits", "missed", "late", "half within", "95 % within")
    rows = [_cells(step) for step in sorted(report.steps, key=lambda step: place.get(step.where, 0))]
    table(f"{counted(report.orders, 'order')} through {name}", columns, rows)
    for title, many in report.ends.items():
        say(f"{many} ended “{title}”")
    if report.open:
        say(f"{report.open} had not ended after more than a year", "yellow")
    say(f"{counted(report.expired, 'authorisation')} would have expired before the money was taken")
    late, never = counted(report.shipped_late, "order"), report.never_left
    say(f"{late} would have left after their ship-by date, {never} not at all")
    for what, many in report.left.items():
        say(f"{many}: {what}", "yellow")
    for line in differences:
        say(line, "bold")


def _cells(step: StepReport) -> tuple[str, ...]:
    flow, id = step.where
    waits = (str(step.waits), str(step.missed), str(step.late)) if step.waits else ("", "", "")
    return flow, id, str(step.orders), *waits, _length(step.p50), _length(step.p95)


def _length(found: timedelta | None) -> str:
    return "" if found is None else span(found)


def _json(report: Report, differences: Sequence[str]) -> Json:
    return {
        "orders": report.orders,
        "open": report.open,
        "ends": dict(report.ends),
        "expired": report.expired,
        "shipped_late": report.shipped_late,
        "never_left": report.never_left,
        "left": dict(report.left),
        "steps": [
            {
                "flow": step.where[0],
                "step": step.where[1],
                "orders": step.orders,
                "waits": step.waits,
                "missed": step.missed,
                "late": step.late,
                "p50_seconds": step.p50.total_seconds() if step.p50 else None,
                "p95_seconds": step.p95.total_seconds() if step.p95 else None,
            }
            for step in report.steps
        ],
        "changes": list(differences),
    }


def register(app: typer.Typer) -> None:
    app.command()(backtest)
