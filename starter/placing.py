"""What is decided once, when an order is placed: its flow, every flow pinned, holds from the start."""

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from pydantic import TypeAdapter

from domain.act import HoldKind
from domain.errors import BadInput, FlowRefused
from domain.facts import Facts, order_facts
from domain.order import Buyer, Line, Order
from domain.placement import Placement

_ORDER: TypeAdapter[Order] = TypeAdapter(Order)


class Routes(Protocol):
    """The shop's rules of which order takes which flow."""

    def route_order(self, facts: Facts) -> str: ...


class Shelf(Protocol):
    """The flows that new orders take."""

    def current(self) -> dict[str, str]: ...


class Ledgers(Protocol):
    """What our own books know of the customer and the goods."""

    def orders_before(self, email: str) -> int: ...

    def unknown_skus(self, skus: Sequence[str]) -> Sequence[str]: ...

    def discontinued_skus(self, skus: Sequence[str]) -> Sequence[str]: ...


def prepare(
    order: Order,
    books: Ledgers,
    shelf: Shelf,
    routes: Routes,
    *,
    imported: bool,
    by: str = "",
    speed: float = 1.0,
) -> Placement:
    """
    What is stored beside `order`. An imported one with a SKU nobody knows is kept, on hold.

    :raises BadInput: in our own format, a SKU that is unknown or discontinued, by its line.
    :raises FlowRefused: the flow it should take is not published.
    """
    unknown = books.unknown_skus(_shelved(order.lines))
    holds: dict[str, str] = {}
    if imported and unknown:
        holds[HoldKind.OTHER.value] = _unknown(unknown)
    if not imported:
        _refuse(order.lines, unknown, "is not an article this shop knows")
        gone = books.discontinued_skus([line.sku for line in order.lines])
        _refuse(order.lines, gone, "is discontinued: it is no longer sold")
    flows = shelf.current()
    facts = order_facts(order, Buyer(books.orders_before(order.customer.email)))
    return Placement(
        flow=_published(routes.route_order(facts), flows),
        flows=flows,
        holds=holds,
        body=canonical(order),
        speed=speed,
        by=by,
    )


def canonical(order: Order) -> str:
    """
    What was placed, as one text: an order placed twice is the same order when these are equal.

    The shop's own JSON is left out: it changes with every look at it.
    """
    tree = _ORDER.dump_python(replace(order, source=""), mode="json")
    return json.dumps(tree, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _shelved(lines: Sequence[Line]) -> list[str]:
    """What has to be in our stock: neither made to order nor a supplier's."""
    return [line.sku for line in lines if not line.made_to_order and not line.supplier]


def _unknown(skus: Sequence[str]) -> str:
    verb, them = ("is", "it") if len(skus) == 1 else ("are", "them")
    return f"SKU {', '.join(skus)} {verb} not known here: map {them} or receive {them}, then release"


def _refuse(lines: Sequence[Line], skus: Sequence[str], why: str) -> None:
    for n, line in enumerate(lines):
        if line.sku in skus:
            raise BadInput(f"{line.sku} {why}", f"lines[{n}].sku")


def _published(flow: str, flows: dict[str, str]) -> str:
    if flow not in flows:
        raise FlowRefused(f"The flow {flow} is not published here; `orders flow publish` does it.")
    return flow
