"""`orders stock` for the people who buy: limits, goods on the way, other shops' names, an end."""

from datetime import date
from typing import Annotated, Any

import typer
from typer import Argument, BadParameter, Option

from domain.stock_book import ItemChange
from starter.cli.asking import read
from starter.cli.options import AsJson, By
from starter.cli.saying import emit, say
from starter.clock import now

Sku = Annotated[str, Argument(help="The article's number.")]
Location = Annotated[str, Option(help="Where it lies.")]


def add_to(app: typer.Typer) -> None:
    for command in (set_, expect, map_, discontinue):
        app.command(command.__name__.rstrip("_"))(command)


def set_(
    sku: Sku,
    title: Annotated[str | None, Option(help="Its name.")] = None,
    low_at: Annotated[
        str | None, Option("--low-at", help="Tell the buyers at so few available; `never` stops that.")
    ] = None,
    safety: Annotated[str | None, Option(help="Never promise the last so many.")] = None,
    bin_: Annotated[str | None, Option("--bin", help="Where on the shelves it lies.")] = None,
    location: Annotated[str, Option(help="Where --safety and --bin are.")] = "main",
    backorder: Annotated[
        bool | None, Option("--backorder/--no-backorder", help="Whether orders may wait for it.")
    ] = None,
    back: Annotated[bool, Option("--on-sale", help="Take orders again for what was discontinued.")] = False,
    by: By = "",
    as_json: AsJson = False,
) -> None:
    """Set what the shop knows of an article; what is not named stays."""
    never = low_at is not None and low_at.strip().lower() == "never"
    change = ItemChange(
        title=title,
        low_at=None if never else low_at,
        never_low=never,
        backorderable=backorder,
        discontinued=False if back else None,
        safety=safety,
        location=location,
        bin=bin_,
    )
    if change == ItemChange(location=location):
        raise BadParameter("say what is to be set, such as --low-at 5")
    here = now()
    read(lambda shop: shop.stock_room.set_item(sku, change, by, here))
    _tell({"sku": sku}, "done", as_json=as_json)


def expect(
    sku: Sku,
    quantity: Annotated[str, Argument(help="All that is on its way; 0 for nothing.")],
    location: Location = "main",
    on: Annotated[str, Option(help="The day the next of it should come, such as 2026-12-01.")] = "",
    by: By = "",
    as_json: AsJson = False,
) -> None:
    """Say what is on its way; what comes in is taken off."""
    here, day = now(), _day(on)
    read(lambda shop: shop.stock_room.expect(sku, quantity, location, day, by, here))
    _tell({"sku": sku}, "done", as_json=as_json)


def map_(
    theirs: Annotated[str, Argument(help="The SKU that came with an order.")],
    ours: Annotated[str, Argument(help="Our article that it means.")],
    by: By = "",
    as_json: AsJson = False,
) -> None:
    """Say which article another shop's SKU means; then release the orders on hold for it."""
    here = now()
    read(lambda shop: shop.stock_room.map_sku(theirs, ours, by, here))
    _tell({"sku": ours, "also": theirs}, f"done: {theirs} means {ours}", as_json=as_json)


def discontinue(sku: Sku, by: By = "", as_json: AsJson = False) -> None:
    """Take no new orders for an article."""
    here = now()
    waiting = read(lambda shop: shop.stock_room.discontinue(sku, by, here))
    left = f"; open orders still wait for {waiting:f} of it" if waiting else ""
    _tell({"sku": sku, "backordered": f"{waiting:f}"}, f"done{left}", as_json=as_json)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise BadParameter(f"{text!r} is not a day such as 2026-12-01", param_hint="--on") from error


def _tell(told: dict[str, Any], words: str, *, as_json: bool) -> None:
    if as_json:
        emit({**told, "outcome": "done"})
    else:
        say(words, "green")
