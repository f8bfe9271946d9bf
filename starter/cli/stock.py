"""`orders stock`: what is there, what came in, what was counted."""

from typing import Annotated

import typer
from typer import Argument, Option

from domain.view import StockRow
from starter.cli import shapes
from starter.cli.asking import read
from starter.cli.options import AsJson, By
from starter.cli.saying import emit, say, table
from starter.clock import now
from starter.when import when

app = typer.Typer(help="Stock: levels, goods that came in, counts, movements.", no_args_is_help=True)

Sku = Annotated[str, Argument(help="The article's number.")]
Quantity = Annotated[str, Argument(help="Such as 3, or 1.5.")]
Location = Annotated[str, Option(help="Where it lies.")]


@app.command("list")
def list_(as_json: AsJson = False) -> None:
    """Every article at every location."""
    rows = read(lambda shop: shop.stock_room.list())
    if as_json:
        emit([shapes.stock(row) for row in rows])
        return
    columns = ("sku", "title", "location", "on hand", "reserved", "safety", "available", "backordered", "")
    table("Stock", columns, [_cells(row) for row in rows])


def _cells(row: StockRow) -> tuple[str, ...]:
    figures = (row.on_hand, row.reserved, row.safety, row.available, row.backordered)
    gone = "discontinued" if row.discontinued else ""
    return row.sku, row.title, row.location, *(f"{figure:f}" for figure in figures), gone


@app.command(context_settings={"ignore_unknown_options": True})
def receive(
    sku: Sku,
    quantity: Quantity,
    location: Location = "main",
    title: Annotated[str, Option(help="Name of the article; an unknown SKU becomes known.")] = "",
    by: By = "",
    as_json: AsJson = False,
) -> None:
    """Goods came in; whoever waits for them gets them first."""
    here = now()
    filled = read(lambda shop: shop.stock_room.receive(sku, quantity, location, title, by, here))
    if as_json:
        emit({"sku": sku, "outcome": "done", "filled": list(filled)})
        return
    waited = f"; goes on: {', '.join(filled)}" if filled else ""
    say(f"done: {quantity} {sku} at {location}{waited}", "green")


@app.command(context_settings={"ignore_unknown_options": True})
def adjust(
    sku: Sku,
    quantity: Annotated[str, Argument(help="What to add, or with a minus, to take away.")],
    reason: Annotated[str, Option("--reason", help="Why; it stands beside the movement.")],
    location: Location = "main",
    by: By = "",
) -> None:
    """Count again: add or take away."""
    here = now()
    read(lambda shop: shop.stock_room.adjust(sku, quantity, location, reason, by, here))
    say("done", "green")


@app.command()
def discontinue(sku: Sku) -> None:
    """Take no new orders for an article."""
    read(lambda shop: shop.stock_room.discontinue(sku))
    say("done", "green")


@app.command()
def movements(
    sku: Annotated[str, Argument(help="Of this article alone.")] = "",
    limit: Annotated[int, Option(min=1, max=1_000_000, help="So many at most.")] = 50,
    as_json: AsJson = False,
) -> None:
    """What moved, the newest first."""
    rows = read(lambda shop: shop.stock_room.movements(sku, limit))
    if as_json:
        emit([shapes.movement(row) for row in rows])
        return
    here = now().astimezone()
    cells = [
        (when(row.at, here), row.sku, row.location, f"{row.quantity:+f}", row.kind, row.why, row.order)
        for row in rows
    ]
    table("Movements", ("when", "sku", "location", "quantity", "kind", "why", "order"), cells)
