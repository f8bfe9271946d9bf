"""`orders stock`: what is there, what came in, what was counted, what the buyers set."""

from typing import Annotated

import typer
from typer import Argument, Option

from domain.stock_book import MovementRow, StockRow
from starter.cli import shapes, stock_import, stock_items
from starter.cli.asking import new_id, read
from starter.cli.options import AsJson, By
from starter.cli.saying import emit, say, table
from starter.clock import now
from starter.when import when

app = typer.Typer(help="Stock: levels, goods that came in, counts, movements.", no_args_is_help=True)

Sku = Annotated[str, Argument(help="The article's number.")]
Quantity = Annotated[str, Argument(help="Such as 3, or 1.5.")]
Location = Annotated[str, Option(help="Where it lies.")]
Why = Annotated[str, Option("--reason", help="Why; it stands beside the movement.")]
FormId = Annotated[str, Option("--id", metavar="FORM_ID", help="The same id twice is one movement.")]
# A minus before a figure is no option.
FIGURES = {"ignore_unknown_options": True}


@app.command("list")
def list_(
    sku: Annotated[str, Argument(help="This article alone.")] = "",
    low: Annotated[bool, Option("--low", help="Only what runs low, or is out.")] = False,
    as_json: AsJson = False,
) -> None:
    """Every article at every location."""
    rows = [
        row
        for row in read(lambda shop: shop.stock_room.list())
        if (not sku or row.sku == sku) and (not low or row.scarce)
    ]
    if as_json:
        emit([shapes.stock(row) for row in rows])
        return
    columns = ("sku", "title", "location", "on hand", "reserved", "safety", "available", "backordered")
    more = ("incoming", "")
    table("Stock", columns + more, [_cells(row) for row in rows], spare=("incoming", "safety"))


def _cells(row: StockRow) -> tuple[str, ...]:
    figures = (row.on_hand, row.reserved, row.safety, row.available, row.backordered)
    coming = f"{row.incoming:f}" + (f" on {row.incoming_on}" if row.incoming_on else "")
    state = "discontinued" if row.discontinued else row.scarce
    return row.sku, row.title, row.location, *(f"{figure:f}" for figure in figures), coming, state


@app.command(context_settings=FIGURES)
def receive(
    sku: Sku,
    quantity: Quantity,
    location: Location = "main",
    title: Annotated[str, Option(help="Name of the article; an unknown SKU becomes known.")] = "",
    by: By = "",
    id: FormId = "",
    as_json: AsJson = False,
) -> None:
    """Goods came in; whoever waits for them gets them first."""
    here, form = now(), id or new_id()
    filled = read(lambda shop: shop.stock_room.receive(sku, quantity, location, title, by, here, form))
    if as_json:
        emit({**_done(sku, form), "filled": list(filled)})
        return
    waited = f"; goes on: {', '.join(filled)}" if filled else ""
    say(f"done: {quantity} {sku} at {location}{waited}", "green")


@app.command(context_settings=FIGURES)
def adjust(
    sku: Sku,
    quantity: Annotated[str, Argument(help="What to add, or with a minus, to take away.")],
    reason: Why,
    location: Location = "main",
    by: By = "",
    id: FormId = "",
    as_json: AsJson = False,
) -> None:
    """Count again: add or take away."""
    here, form = now(), id or new_id()
    read(lambda shop: shop.stock_room.adjust(sku, quantity, location, reason, by, here, form))
    _tell(sku, form, as_json=as_json)


@app.command(context_settings=FIGURES)
def scrap(
    sku: Sku,
    quantity: Quantity,
    reason: Why,
    location: Location = "main",
    by: By = "",
    id: FormId = "",
    as_json: AsJson = False,
) -> None:
    """Write off what is broken, spoilt or gone."""
    here, form = now(), id or new_id()
    read(lambda shop: shop.stock_room.scrap(sku, quantity, location, reason, by, here, form))
    _tell(sku, form, as_json=as_json)


@app.command()
def movements(
    sku: Annotated[str, Argument(help="Of this article alone.")] = "",
    kind: Annotated[str, Option(help="Of this kind alone, such as scrap.")] = "",
    limit: Annotated[int, Option(min=1, max=1_000_000, help="So many at most.")] = 50,
    as_json: AsJson = False,
) -> None:
    """What moved, the newest first: on the shelf, and in promises."""
    rows = read(lambda shop: shop.stock_room.movements(sku, limit, kind))
    if as_json:
        emit([shapes.movement(row) for row in rows])
        return
    columns = ("when", "sku", "location", "on hand", "promised", "kind", "why", "order", "by")
    table("Movements", columns, [_moved(row) for row in rows], spare=("by",))


def _moved(row: MovementRow) -> tuple[str, ...]:
    figures = (f"{figure:+f}" if figure else "" for figure in (row.quantity, row.promised))
    here = now().astimezone()
    return when(row.at, here), row.sku, row.location, *figures, row.kind, row.why, row.order, row.by


@app.command()
def notices(
    limit: Annotated[int, Option(min=1, max=10_000, help="So many at most.")] = 50,
    as_json: AsJson = False,
) -> None:
    """What the buyers were told of articles that ran low, or out: the newest first."""
    rows = read(lambda shop: shop.stock_room.told(limit))
    if as_json:
        emit([shapes.scarce(row) for row in rows])
        return
    here = now().astimezone()
    cells = [
        (when(row.at, here), row.sku, row.title, row.kind, f"{row.available:f}", f"{row.waiting:f}", told)
        for row in rows
        for told in [when(row.told_at, here) if row.told_at else "not yet"]
    ]
    table("Notices", ("when", "sku", "title", "what", "available", "waited for", "mail"), cells)


def _done(sku: str, form: str) -> dict[str, str]:
    return {"sku": sku, "id": form, "outcome": "done"}


def _tell(sku: str, form: str, *, as_json: bool) -> None:
    if as_json:
        emit(_done(sku, form))
    else:
        say("done", "green")


stock_items.add_to(app)
stock_import.add_to(app)
