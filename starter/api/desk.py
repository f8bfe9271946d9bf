"""What the doors for programs need of the shop, and who stands before them."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from fastapi import HTTPException, Request

from domain.errors import BadInput
from flow.shop import Shop
from starter.api.once import KEY, KeyedAnswers
from starter.book import Desk, FlowShelf, OrderBook
from starter.exports.office import ExportOffice
from starter.formats.json_text import loads
from starter.orders import Orders
from starter.partner_book import PartnerBook
from starter.stock_book import StockRoom
from starter.tokens import Tokens
from starter.who import Who, who_is

MOST_BYTES = 1_000_000
LONGEST_KEY = 100
BEARER = "bearer "


@dataclass(frozen=True, slots=True)
class Counter:
    """`orders` is asked anew each time: until Temporal is there, it keeps what it is given."""

    tokens: Tokens
    book: OrderBook
    desk: Desk
    shelf: FlowShelf
    orders: Callable[[], Orders]
    shop: Callable[[], Shop]
    clock: Callable[[], datetime]
    partners: PartnerBook
    keyed: KeyedAnswers
    exports: ExportOffice
    stock_room: StockRoom
    speed: float = 1.0

    def permissions(self) -> Mapping[str, frozenset[str]]:
        """Role -> what it may do, by config/roles.yaml."""
        return {name: role.permissions for name, role in self.shop().roles.items()}


def counter_of(request: Request) -> Counter:
    return cast(Counter, request.app.state.counter)


async def admitted(request: Request, permission: str) -> Who:
    """:raises HTTPException: 401 with no token of ours, 403 where its account may not."""
    counter = counter_of(request)
    header = request.headers.get("authorization", "")
    token = header[len(BEARER) :].strip() if header.lower().startswith(BEARER) else ""
    account = await asyncio.to_thread(counter.tokens.bearer, token) if token else None
    if account is None:
        raise HTTPException(401, "A token of an account here is needed: Authorization: Bearer ...")
    who = who_is(account, counter.permissions())
    if not who.may(permission):
        raise HTTPException(403, f"This account may not; it takes one of: {who.who_may(permission)}.")
    return who


async def body(request: Request) -> bytes:
    """:raises HTTPException: 413 for too much, 415 for anything but plain JSON."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json" or "content-encoding" in request.headers:
        raise HTTPException(415, "Plain JSON is taken: content-type application/json.")
    taken = bytearray()
    async for piece in request.stream():
        taken += piece
        if len(taken) > MOST_BYTES:
            raise HTTPException(413, f"No more than {MOST_BYTES} bytes at once.")
    return bytes(taken)


async def fields(request: Request, *names: str) -> dict[str, Any]:
    """
    The members of a JSON object that has no others.

    :raises BadInput: it is none, or has others.
    """
    try:
        tree = loads((await body(request)).decode())
    except UnicodeDecodeError as error:
        raise BadInput(f"is not UTF-8 text (byte {error.start + 1})", "body") from error
    if not isinstance(tree, dict):
        raise BadInput("is not a JSON object", "body")
    for name in tree:
        if name not in names:
            raise BadInput(f"is unknown; there are {', '.join(names)}", name)
    return tree


def text(tree: Mapping[str, Any], name: str) -> str:
    """:raises BadInput: it is there, and is no text."""
    value = tree.get(name, "")
    if not isinstance(value, str):
        raise BadInput("is not a text", name)
    return value


def act_id(request: Request, who: Who) -> str:
    """
    The same key of one account twice is one act; without a key each is one of its own.

    :raises BadInput: the key is too long, or cannot be printed.
    """
    key = request.headers.get(KEY, "").strip()
    if not key:
        return ""
    if len(key) > LONGEST_KEY or not key.isascii() or not key.isprintable():
        raise BadInput(f"is not of up to {LONGEST_KEY} plain letters", KEY)
    return f"{who.name}:{key}"
