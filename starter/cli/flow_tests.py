"""`orders flow test`: the scenarios beside the flows, and the branches that none of them takes."""

import time
from typing import Annotated, Any

import typer
from typer import Argument, Option

from domain.errors import FlowRefused, NotFound, OrderError
from flow.scenario import Place
from flow.scenario_run import Failure, Played
from flow.scenario_suite import Coverage, Report
from starter.cli.options import AsJson
from starter.cli.saying import complain, counted, emit, plain, say
from starter.cli.shop import settings_here, workshop_of

CANNOT_RUN = 2
# Of a story that went wrong: enough to see what led there.
LAST = 8
MARGIN = "      "

Json = dict[str, Any]


def play_all(
    name: Annotated[str, Argument(help="One flow's scenarios; without it, all.")] = "",
    as_json: AsJson = False,
    require_coverage: Annotated[
        bool, Option("--require-coverage", help="A branch that no scenario takes fails, too.")
    ] = False,
) -> None:
    """Play the scenarios on a virtual clock. Exit 0: all went well. Exit 1: not. Exit 2: cannot run."""
    began = time.perf_counter()
    try:
        report = _run_here(name)
    except OrderError as error:
        _refuse(error)
        raise typer.Exit(CANNOT_RUN) from error
    if as_json:
        emit(_json(report))
    else:
        _tell(report, time.perf_counter() - began)
    if report.failed or (require_coverage and not report.whole):
        raise typer.Exit(1)


def _run_here(name: str) -> Report:
    """:raises OrderError: a flow, or a file of scenarios, has findings."""
    workshop = workshop_of(settings_here())
    flows = workshop.shop().flows if name else {name: None}
    if name not in flows:
        raise NotFound(f"There is no flow {name}; there are {', '.join(sorted(flows))}.")
    return workshop.rehearse(name).report


def _refuse(error: OrderError) -> None:
    """Every finding on a line of its own: here they are the answer."""
    for line in str(error).split("\n") if isinstance(error, FlowRefused) else [str(error)]:
        complain(line)


def _tell(report: Report, seconds: float) -> None:
    for each in report.played:
        tell_one(each)
    for coverage in report.coverage:
        _tell_coverage(coverage)
    failed = f", {report.failed} failed" if report.failed else ""
    style = "red" if report.failed else "green"
    say(f"{counted(len(report.played), 'scenario')} in {seconds:.2f} s{failed}", style)


def tell_one(played: Played) -> None:
    """A line, and for one that failed what was expected, what happened and how it came to that."""
    failed = bool(played.failures)
    say(f"{'FAIL' if failed else 'ok  '}  {played.scenario.flow}: {played.scenario.title}", "red" * failed)
    for failure in played.failures:
        typer.echo(plain(f"{MARGIN}{failure.place}: expected {failure.expected}"))
        typer.echo(plain(f"{MARGIN}what happened: {failure.happened}"))
    if failed:
        typer.echo(f"{MARGIN}the last of its story:")
        for line in played.story[-LAST:]:
            typer.echo(plain(f"{MARGIN}  {line}"))


def _tell_coverage(coverage: Coverage) -> None:
    told = f"{coverage.flow}: {coverage.taken} of {coverage.branches} branches taken"
    say(told if not coverage.missing else f"{told}; never:", "yellow" if coverage.missing else "")
    for branch, place in coverage.missing:
        typer.echo(plain(f"{MARGIN}{place}: {branch}"))


def _json(report: Report) -> Json:
    return {
        "scenarios": [_played(each) for each in report.played],
        "coverage": [
            {
                "flow": each.flow,
                "branches": each.branches,
                "taken": each.taken,
                "missing": [
                    {**_place(place), "step": branch.step, "branch": branch.name}
                    for branch, place in each.missing
                ],
            }
            for each in report.coverage
        ],
    }


def _played(each: Played) -> Json:
    return {
        "flow": each.scenario.flow,
        "scenario": each.scenario.title,
        **_place(each.scenario.place),
        "passed": not each.failures,
        "failures": [_failure(failure) for failure in each.failures],
        "story": list(each.story),
    }


def _failure(failure: Failure) -> Json:
    return {**_place(failure.place), "expected": failure.expected, "happened": failure.happened}


def _place(place: Place) -> Json:
    return {"file": place.file, "line": place.line, "column": place.column}


def register(app: typer.Typer) -> None:
    app.command("test")(play_all)
