"""`orders flow impact` and `move`: open orders, and newer versions of the flows they follow."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any

import typer
from rich.progress import Progress
from typer import Argument, Option

from domain.act import ActResult, Outcome
from domain.errors import OrderError
from flow.model import Flow, loads
from starter.carrying import Person
from starter.cli.asking import at_shop, read, wording
from starter.cli.options import AsJson, By, Reason
from starter.cli.saying import counted, emit, plain, say, screen, table
from starter.cli.shop import OpenShop
from starter.clock import now
from starter.moving import Standing, Verdict, Where, by_step, reasons, verdicts
from starter.when import when

MOVES = "moves"
Json = dict[str, Any]


def impact(as_json: AsJson = False) -> None:
    """Before publishing: where open orders stand, which of them could move to the config folder's flows."""
    found = read(lambda shop: list(verdicts(shop.shelf, shop.config.flows)))
    groups = by_step(found)
    if as_json:
        emit([_group_json(*group) for group in groups.items()])
        return
    columns = ("flow", "version", "step", "open", "oldest since", "could move", "stay, and why")
    table("Open orders", columns, [_cells(*group) for group in groups.items()], spare=("stay, and why",))
    if not groups:
        say("Nothing is open.")


def _cells(where: Where, standing: Sequence[Standing]) -> tuple[str, ...]:
    flow, version, _ = where
    oldest = min(lane.since for _, lane in standing)
    can = sum(verdict.can_move for verdict, _ in standing)
    title = standing[0][1].title or where[2]
    same = sum(not verdict.changes for verdict, _ in standing)
    moving = f"{can}" if can or same < len(standing) else "has it"
    said = when(oldest, now().astimezone())
    return flow, version, title, str(len(standing)), said, moving, "; ".join(reasons(standing))


def _group_json(where: Where, standing: Sequence[Standing]) -> Json:
    flow, version, step = where
    return {
        "flow": flow,
        "version": version,
        "step": step,
        "open": len(standing),
        "oldest": min(lane.since for _, lane in standing).isoformat(),
        "could_move": sum(verdict.can_move for verdict, _ in standing),
        "has_it": sum(not verdict.changes for verdict, _ in standing),
        "stay": [
            {"subject": verdict.at.subject, "why": verdict.why} for verdict, _ in standing if verdict.why
        ],
    }


def move(
    reason: Reason,
    orders: Annotated[
        list[str] | None, Argument(help="Numbers of orders or returns; without any, everything open.")
    ] = None,
    go: Annotated[bool, Option("--go", help="Move them. Without it, only tell what would happen.")] = False,
    rate: Annotated[float, Option(min=0.1, max=100, help="Orders a second, at most.")] = 5.0,
    by: By = "",
    as_json: AsJson = False,
) -> None:
    """Let open orders go on under the published versions. Exit 1: some stayed that should have moved."""

    async def work(shop: OpenShop) -> list[tuple[Verdict, ActResult | None]]:
        found, current = await asyncio.to_thread(_look, shop, orders or ())
        if not go:
            return [(verdict, None) for verdict in found]
        return [each async for each in _move(shop, found, current, Person(by), reason, rate)]

    done = at_shop(work, connected=go)
    if as_json:
        emit([_json(verdict, result) for verdict, result in done])
    else:
        _tell(done, go=go)
    if any(_stayed(verdict, result) for verdict, result in done):
        raise typer.Exit(1)


def _look(shop: OpenShop, wanted: Sequence[str]) -> tuple[list[Verdict], Mapping[str, str]]:
    """:raises OrderError: one of those wanted is not open."""
    current = shop.shelf.current()
    versions: dict[str, Flow] = {
        name: loads(shop.shelf.definition(sha256)) for name, sha256 in current.items()
    }
    found = list(verdicts(shop.shelf, versions))
    if not wanted:
        return [verdict for verdict in found if verdict.changes], current
    by_subject = {verdict.at.subject: verdict for verdict in found}
    for number in wanted:
        if number not in by_subject:
            raise OrderError(f"{number} is not an open order or return.")
    return [by_subject[number] for number in dict.fromkeys(wanted)], current


async def _move(
    shop: OpenShop,
    found: Sequence[Verdict],
    current: Mapping[str, str],
    person: Person,
    reason: str,
    rate: float,
) -> AsyncIterator[tuple[Verdict, ActResult | None]]:
    """One after the other, never faster than `rate` a second."""
    clock = asyncio.get_running_loop()
    with Progress(console=screen(err=True), transient=True) as progress:
        bar = progress.add_task("Moving", total=len(found))
        for verdict in found:
            began = clock.time()
            moving = verdict.can_move
            result = await shop.orders.move(verdict.at, current, person, reason) if moving else None
            yield verdict, result
            progress.advance(bar)
            if moving:
                await asyncio.sleep(max(0.0, began + 1 / rate - clock.time()))


def _stayed(verdict: Verdict, result: ActResult | None) -> bool:
    return bool(verdict.why) or (result is not None and result.outcome == Outcome.REFUSED)


def _tell(done: Sequence[tuple[Verdict, ActResult | None]], *, go: bool) -> None:
    here: datetime = now().astimezone()
    columns = ("order", "stands at", "since", "verdict")
    rows = [(*_standing(verdict, here), _said(verdict, result)) for verdict, result in done]
    table("Moving open orders" if go else "What would move", columns, rows, spare=("verdict",))
    stay = sum(_stayed(verdict, result) for verdict, result in done)
    moved = sum(bool(verdict.changes) for verdict, _ in done) - stay
    if not done:
        say("Everything open follows the published versions.")
    elif go:
        say(f"{counted(moved, 'order')} moved, {stay} stayed", "green" if not stay else "yellow")
    else:
        say(f"{counted(moved, 'order')} would move, {stay} would stay; --go moves them")


def _standing(verdict: Verdict, here: datetime) -> tuple[str, str, str]:
    lanes = verdict.at.lanes[1:] or verdict.at.lanes
    titles = dict.fromkeys(lane.title or lane.step for lane in lanes)
    return verdict.at.subject, plain(", ".join(titles)), when(min(lane.since for lane in lanes), here)


def _said(verdict: Verdict, result: ActResult | None) -> str:
    if result is not None:
        return wording(result)
    if verdict.why:
        return f"stays: {verdict.why}"
    return f"{MOVES}: {', '.join(verdict.changes)}" if verdict.changes else "has them already"


def _json(verdict: Verdict, result: ActResult | None) -> Json:
    return {
        "order": verdict.at.order,
        "subject": verdict.at.subject,
        "flows": list(verdict.changes),
        "why_not": verdict.why,
        "outcome": result.outcome.value if result else "",
        "why": result.why if result else "",
    }


def register(app: typer.Typer) -> None:
    app.command()(impact)
    app.command()(move)
