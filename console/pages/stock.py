"""The shop's stock: what there is, what runs low, what moved, and what is booked by hand."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime

from fastapi import Request
from starlette.responses import Response

from console.forms import form_id, text
from console.gate import form_of
from console.house import House, house_of, who_of
from console.pages.told import Told, back_to
from console.paper import page
from domain.errors import NotFound, Refused
from domain.stock_book import StockRow
from starter.stock_book import StockRoom

Booking = Callable[[str, str, str, str, str, datetime, str], object]

A_SCREENFUL = 300
MOVES = 50
LONGEST = 200


def stock(request: Request, q: str = "", show: str = "") -> Response:
    """`show` is `low` for what is scarce, or `waited` for what orders wait for."""
    house = house_of(request)
    typed = "".join(letter for letter in q.strip()[:LONGEST] if letter.isprintable())
    rows = house.stock_room.list()
    found = [row for row in rows if _is_meant(row, typed.casefold()) and KEEP.get(show, _all)(row)]
    return page(
        request,
        "stock.html",
        rows=found[:A_SCREENFUL],
        many=len(found),
        q=typed,
        show=show if show in KEEP else "",
        low=sum(bool(row.scarce) for row in rows),
        waited=sum(row.backordered > 0 for row in rows),
    )


def item(request: Request, sku: str, done: str = "") -> Response:
    """:raises NotFound: no such item."""
    return _item(request, sku, told=Told(SAID[done], "good") if done in SAID else None)


async def receive(request: Request) -> Response:
    return await _book(request, "received", lambda room: room.receive)


async def adjust(request: Request) -> Response:
    return await _book(request, "adjusted", lambda room: room.adjust)


async def scrap(request: Request) -> Response:
    return await _book(request, "scrapped", lambda room: room.scrap)


async def _book(request: Request, done: str, named: Callable[[StockRoom], Booking]) -> Response:
    """
    One item's booking by hand. Goods that come in are of items we know, so nothing is said of them: a new
    one takes a title at `orders stock receive`.
    """
    house, who, sent = house_of(request), who_of(request), await form_of(request)
    sku, quantity, location, reason = (
        text(sent, name) for name in ("sku", "quantity", "location", "reason")
    )
    await asyncio.to_thread(_levels, house, sku)
    try:
        words = "" if done == "received" else reason
        work, form = named(house.stock_room), form_id(sent)
        await asyncio.to_thread(work, sku, quantity, location, words, who.name, house.clock(), form)
    except Refused as error:
        return await asyncio.to_thread(_item, request, sku, error=str(error))
    return back_to("/stock/item", sku=sku, done=done)


def _levels(house: House, sku: str) -> Sequence[StockRow]:
    """:raises NotFound: no such item."""
    rows = [row for row in house.stock_room.list() if row.sku == sku]
    if not rows:
        raise NotFound(f"There is no item {sku}.")
    return rows


def _item(request: Request, sku: str, *, error: str = "", told: Told | None = None) -> Response:
    house = house_of(request)
    rows = _levels(house, sku)
    return page(
        request,
        "item.html",
        status=409 if error else 200,
        rows=rows,
        item=rows[0],
        moves=house.stock_room.movements(sku, MOVES),
        error=error,
        told=told,
    )


def _is_meant(row: StockRow, typed: str) -> bool:
    return typed in row.sku.casefold() or typed in row.title.casefold()


def _all(_row: StockRow) -> bool:
    return True


KEEP: dict[str, Callable[[StockRow], bool]] = {
    "low": lambda row: bool(row.scarce),
    "waited": lambda row: row.backordered > 0,
}
SAID = {
    "received": "Booked in. Orders that wait for it go on, the oldest first.",
    "adjusted": "The count stands corrected.",
    "scrapped": "Written off.",
}
