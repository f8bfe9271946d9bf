"""Flows drawn: one of the config folder, or that of an order with where it stands and how it came there."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from typer import Argument, Option

from domain.errors import NotFound, SettingsRefused
from domain.journal import EntryKind
from domain.returns import is_over
from domain.view import FulfilmentView, IncidentView, OrderView, ReturnView, WaitView
from flow.diagram.mermaid import mermaid
from flow.diagram.overlay import NOTHING, Overlay
from flow.diagram.passed import lanes_step, standing_at, way_taken
from flow.diagram.svg import svg
from flow.model import Flow, loads
from starter.cli.asking import read
from starter.cli.saying import say
from starter.cli.shop import OpenShop
from starter.clock import now

PART = re.compile(r"(.+)-[FR][1-9]\d*")
OVER = frozenset({"fulfilled", "cancelled"})


class Format(StrEnum):
    SVG = "svg"
    MERMAID = "mermaid"


Form = Annotated[Format, Option(help="A drawing, or Mermaid text.")]
Out = Annotated[Path | None, Option(metavar="FILE", help="Where to write it, else it is printed.")]


@dataclass(frozen=True, slots=True)
class Walker:
    """An order, or a parcel or return of it: which flow it follows, and where; `at` is a title."""

    id: str
    flow: str
    version: str  # the first letters of its hash
    at: str
    open: bool


def draw(flow: Flow, format: Format, out: Path | None, overlay: Overlay = NOTHING) -> None:
    """:raises SettingsRefused: the file cannot be written."""
    text = svg(flow, overlay) if format is Format.SVG else mermaid(flow)
    if out is None:
        typer.echo(text, nl=False)
        return
    try:
        out.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise SettingsRefused(f"{out} cannot be written: {error.strerror}.") from error
    say(f"{flow.title}: {out}")


def diagram(
    number: Annotated[
        str, Argument(help="An order's number; a parcel's or return's, as 1001-F1, shows its own.")
    ],
    out: Out = None,
) -> None:
    """The flow of an order: where it stands, and the way it took."""

    def look(shop: OpenShop) -> tuple[Flow, Overlay]:
        view = _order(shop, number)
        walker = walker_of(view, number)
        flow = _pinned(shop, walker)
        return flow, overlay_of(view, walker, flow, now())

    flow, overlay = read(look)
    draw(flow, Format.SVG, out, overlay)


def _order(shop: OpenShop, number: str) -> OrderView:
    """:raises NotFound: no such order, and it is no part of one."""
    try:
        return shop.desk.show(number)
    except NotFound:
        part = PART.fullmatch(number)
        if part is None:
            raise
        return shop.desk.show(part[1])


def walker_of(view: OrderView, id: str) -> Walker:
    """The order of the view itself, or the part of it with this id. :raises NotFound: it has none."""
    order = view.row.number
    if id == order:
        at = next((lane.title for lane in view.running if lane.lane == order), "")
        return Walker(order, view.flow, view.flow_version, view.end or at, not view.end)
    parts: list[FulfilmentView | ReturnView] = [*view.fulfilments, *view.returns]
    for part in parts:
        if part.id == id:
            return Walker(id, part.flow, part.flow_version, part.step, _is_open(part))
    raise NotFound(f"Order {order} has no part {id}.")


def _is_open(part: FulfilmentView | ReturnView) -> bool:
    return not is_over(part.state) if isinstance(part, ReturnView) else part.state not in OVER


def _pinned(shop: OpenShop, walker: Walker) -> Flow:
    """:raises NotFound: it follows no flow yet."""
    for version in shop.shelf.versions():
        if walker.version and version.name == walker.flow and version.sha256.startswith(walker.version):
            return loads(shop.shelf.definition(version.sha256))
    raise NotFound(f"{walker.id} follows no flow yet.")


def overlay_of(view: OrderView, walker: Walker, flow: Flow, at: datetime) -> Overlay:
    """What the books tell of one walker, as an overlay of its flow."""
    told = [
        entry.step
        for entry in view.timeline
        if entry.lane == walker.id and entry.step and entry.kind != EntryKind.UNDO
    ]
    way = way_taken(flow, told)
    here = {id: lanes for id, lanes in _here(view, walker, flow, way) if id in flow.by_id}
    late = {
        wait.step: 1 for wait in view.waiting_for if wait.lane == walker.id and wait.due and wait.due < at
    }
    way = way_taken(flow, (*way, *here)) if way else ()
    return replace(NOTHING, position=here, path=way, late=late)


def _here(
    view: OrderView, walker: Walker, flow: Flow, way: tuple[str, ...]
) -> Iterator[tuple[str, tuple[str, ...]]]:
    stays: list[WaitView | IncidentView] = [*view.waiting_for, *view.incidents]
    waiting = [each.step for each in stays if each.lane == walker.id]
    if waiting:
        yield from ((step, (walker.id,)) for step in waiting)
    elif walker.at:
        yield standing_at(flow, way, walker.at), (walker.id,)
    elif walker.open and (step := lanes_step(flow, way)):
        parts = tuple(part.id for part in view.fulfilments if _is_open(part))
        yield step, parts or (walker.id,)
