"""Making the fulfilments of an order: routed, priced, promised or put on order."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from sqlmodel import Session

from adapters.database.order.fulfilments import save_fulfilments
from adapters.database.stock.backorders import wait_for_goods
from adapters.database.stock.reservations import Promise, hold
from domain.dispatch import ShipBy
from domain.errors import NotFound
from domain.facts import Facts, fulfilment_facts
from domain.fulfilment import Fulfilment, FulfilmentState, fulfilment_id
from domain.money import Money
from domain.order import DeliveryMethod, Order, fold
from domain.step import Call
from domain.stock import Part, Source

Route = Callable[[Facts, Facts], str]
"""The flow of a fulfilment, from the order's facts and the fulfilment's."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What the shop says of new fulfilments: the flow of each, and until when it has to leave."""

    route: Route
    ship_by: ShipBy


def in_order(order: Order, places: Sequence[str]) -> tuple[str, ...]:
    """
    Where an order's goods may come from: what is picked up, or brought round in town, from one place.

    :raises NotFound: the customer is to come to a place that this shop does not have.
    """
    delivery = order.delivery
    if delivery.method == DeliveryMethod.SHIP:
        return tuple(places)
    named = [place for place in places if fold(place) == fold(delivery.pickup_location)]
    if delivery.method == DeliveryMethod.PICKUP and delivery.pickup_location and not named:
        asked = delivery.pickup_location
        raise NotFound(f"Order {order.number} is to be picked up at {asked}, and no goods are kept there.")
    return (named[0] if named else places[0],)


def make(
    session: Session,
    call: Call,
    order: Order,
    priced: Sequence[tuple[Part, Money]],
    rules: Rules,
    first: int,
) -> tuple[Fulfilment, ...]:
    """New fulfilments, numbered from `first`, with their goods promised or on order."""
    made = tuple(
        _route(_fulfilment(call, order, part, total, n, rules.ship_by), call, rules.route)
        for n, (part, total) in enumerate(priced, first)
    )
    save_fulfilments(session, made)
    for (part, _), fulfilment in zip(priced, made, strict=True):
        if part.source == Source.SHELF:
            _promise(session, order, fulfilment, call.now)
        elif part.source == Source.INCOMING:
            wait_for_goods(session, order, fulfilment)
    return made


def leaves_by(call: Call, order: Order, ship_by: ShipBy) -> datetime:
    """By the order's clock."""
    return call.after(ship_by(call.now, order.delivery.express) - call.now)


def words(parts: Sequence[Part]) -> str:
    """Where the goods come from, for the timeline: 2 items promised from main, 1 on order."""
    said: list[str] = []
    for part in parts:
        amount = sum((piece.quantity for piece in part.lines), Decimal(0))
        count = f"{amount:f}" if said else items(amount)
        said.append(f"{count} {SAID[part.source].format(part=part)}")
    return ", ".join(said)


def items(amount: Decimal) -> str:
    return f"{amount:f} item" if amount == 1 else f"{amount:f} items"


SAID = {
    Source.SHELF: "promised from {part.location}",
    Source.INCOMING: "on order",
    Source.WORKSHOP: "to be made",
    Source.SUPPLIER: "from the supplier {part.supplier}",
}


def _fulfilment(call: Call, order: Order, part: Part, total: Money, n: int, ship_by: ShipBy) -> Fulfilment:
    incoming = part.source == Source.INCOMING
    # What is not kept on a shelf is sent to the customer's door, whatever becomes of the rest.
    kept = part.source in (Source.SHELF, Source.INCOMING)
    return Fulfilment(
        id=fulfilment_id(order.number, n),
        order=order.number,
        method=order.delivery.method if kept else DeliveryMethod.SHIP,
        location=part.location,
        flow="",
        lines=part.lines,
        total=total,
        state=FulfilmentState.BACKORDERED if incoming else FulfilmentState.OPEN,
        supplier=part.supplier,
        made_to_order=part.source == Source.WORKSHOP,
        ship_by=None if incoming else leaves_by(call, order, ship_by),
    )


def _route(fulfilment: Fulfilment, call: Call, route: Route) -> Fulfilment:
    return replace(fulfilment, flow=route(call.facts["order"], fulfilment_facts(fulfilment)))


def _promise(session: Session, order: Order, fulfilment: Fulfilment, at: datetime) -> None:
    for piece in fulfilment.lines:
        ordered = order.lines[piece.line].quantity
        hold(
            session,
            Promise(
                fulfilment.id,
                piece.line,
                order.number,
                piece.sku,
                fulfilment.location,
                piece.quantity,
                ordered,
            ),
            at,
        )
