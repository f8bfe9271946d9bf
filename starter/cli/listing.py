"""`orders list` and `orders show`: what support reads."""

import asyncio
from collections.abc import Sequence
from typing import Annotated, Any

from rich.text import Text
from typer import Argument, Option

from domain.view import OrderQuery, OrderRow, OrderView
from starter.cli import page, shapes
from starter.cli.asking import at_shop, read
from starter.cli.options import AsJson, length, one_of, since
from starter.cli.saying import emit, say, screen, table
from starter.cli.shop import OpenShop
from starter.clock import now
from starter.history import history_of
from starter.states import FULFILMENTS, PAYMENTS, STATES
from starter.when import when
from starter.words import answer_line

COLUMNS = ("number", "state", "payment", "fulfilment", "waits for", "due", "total", "placed", "customer")
A_SCREENFUL = 200
ALL = 1_000_000


def list_(
    state: Annotated[str, Option(help=", ".join(STATES))] = "",
    payment: Annotated[str, Option(help="Such as authorized, captured or refunded.")] = "",
    fulfilment: Annotated[str, Option(help="Such as unfulfilled, in_progress or fulfilled.")] = "",
    waiting_for: Annotated[str, Option(metavar="ROLE", help="A role, or an event.")] = "",
    placed_since: Annotated[str, Option(metavar="DATE", help="Placed on or after it.")] = "",
    older_than: Annotated[str, Option(metavar="LENGTH", help="Placed longer ago, such as 2d.")] = "",
    search: Annotated[str, Option(help="Number, e-mail, tracking number, or words.")] = "",
    limit: Annotated[
        int | None, Option(min=1, max=ALL, help="So many at most.", show_default=False)
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Orders, newest first."""
    here = now()
    most = limit or (ALL if as_json else A_SCREENFUL)
    query = OrderQuery(
        state=one_of(state, STATES, "--state"),
        payment=one_of(payment, PAYMENTS, "--payment"),
        fulfilment=one_of(fulfilment, FULFILMENTS, "--fulfilment"),
        waiting_for=waiting_for,
        placed_since=since(placed_since, "--placed-since") if placed_since else None,
        placed_before=here - length(older_than, "--older-than") if older_than else None,
        search=search,
        limit=most,
    )

    def look(shop: OpenShop) -> Sequence[OrderRow]:
        rows = shop.desk.list(query, here)
        if waiting_for and not rows:
            shop.check_known(waiting_for, "--waiting-for", events=True)
        return rows

    rows = read(look)
    if as_json:
        emit([shapes.order_row(row) for row in rows])
        return
    table("Orders", COLUMNS, [_cells(row) for row in rows], spare=("placed", "customer"))
    if limit is None and len(rows) == most:
        say(f"The newest {most}; --limit shows more.", "dim")


def _cells(row: OrderRow) -> tuple[str, ...]:
    here = now().astimezone()
    waits = ", ".join([*row.waiting_for, *(["incident"] if row.incidents else [])])
    due = when(row.due, here) if row.due else ""
    placed = when(row.placed_at, here)
    return (
        *(row.number, row.state, row.payment, row.fulfilment),
        *(waits, due, str(row.total), placed, row.customer),
    )


def show(
    number: Annotated[str, Argument(help="The order's number.")],
    history: Annotated[bool, Option("--history", help="With the engine's own events.")] = False,
    as_json: AsJson = False,
) -> None:
    """One order: what it waits for, its parcels, its money and its story."""

    async def look(shop: OpenShop) -> tuple[OrderView, list[dict[str, Any]]]:
        view = await asyncio.to_thread(shop.desk.show, number)
        return view, await history_of(shop.temporal(), number) if history else []

    view, events = at_shop(look, connected=history)
    here = now().astimezone()
    if as_json:
        told = shapes.order(view, answer_line(view, here))
        emit({**told, "history": events} if history else told)
        return
    screen().print(Text(answer_line(view, here), style="bold"))
    page.show(view, here)
    if history:
        page.history(events)
