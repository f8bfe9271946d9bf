"""How promised goods leave an order: back to the shelf, or out of the house."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from sqlmodel import Session

from adapters.database.order.document import load_order
from adapters.database.order.fulfilments import load_fulfilment, load_fulfilments, save_fulfilments
from adapters.database.order.parcels import Rules, items
from adapters.database.stock import backorders, reservations
from adapters.database.stock.reservations import Promise
from adapters.database.stock.shelves import Booking
from adapters.database.tables.stock import StockItem
from domain.errors import ActRefused
from domain.facts import fulfilment_facts
from domain.fulfilment import Fulfilment, FulfilmentState
from domain.step import Call, StepResult
from domain.stock import needs_stock, quantities

NONE = Decimal(0)
GONE = (FulfilmentState.SHIPPED, FulfilmentState.FULFILLED)
STANDING = (FulfilmentState.OPEN, FulfilmentState.BACKORDERED)


def concerned(session: Session, call: Call) -> Collection[str]:
    """The SKUs a fulfilment, or the whole order, is promised or waits for."""
    promised = {held.sku for held in reservations.active(session, call.order, call.fulfilment)}
    return promised | backorders.waiting_lines(session, call.order, call.fulfilment).keys()


def release(session: Session, call: Call, _items: Mapping[str, StockItem], rules: Rules) -> StepResult:
    """Freed goods go at once to those who wait for them."""
    promised = reservations.active(session, call.order, call.fulfilment)
    waiting = sum(backorders.waiting_lines(session, call.order, call.fulfilment).values(), NONE)
    for held in promised:
        reservations.release(session, held, call.now)
    backorders.forget(session, call.order, call.fulfilment)
    backorders.fill(session, {held.sku for held in promised}, call.now, rules.ship_by)
    released = _units(promised)
    cancelled = _call_off(session, call)
    return StepResult(
        values={"released": f"{released:f}"},
        fulfilment=fulfilment_facts(cancelled[0]) if call.fulfilment and cancelled else {},
        fulfilments=() if call.fulfilment else tuple(fulfilment_facts(part) for part in cancelled),
        said=_said(released, waiting),
    )


def _call_off(session: Session, call: Call) -> Sequence[Fulfilment]:
    # Written last: whoever holds the order's lock may be waiting for these rows.
    parts = (
        (load_fulfilment(session, call.lane),) if call.fulfilment else load_fulfilments(session, call.order)
    )
    cancelled = [replace(p, state=FulfilmentState.CANCELLED) for p in parts if p.state in STANDING]
    save_fulfilments(session, cancelled)
    return cancelled


def _said(released: Decimal, waiting: Decimal) -> str:
    said = []
    if released:
        said.append(f"{items(released)} put back")
    if waiting:
        said.append(f"{items(waiting)} no longer on order")
    return f"{', '.join(said) or 'Nothing was promised'}."


def commit(session: Session, call: Call, _items: Mapping[str, StockItem], _rules: Rules) -> StepResult:
    fulfilment = load_fulfilment(session, call.lane)
    promised = reservations.active(session, call.order, call.lane)
    if fulfilment.state not in GONE:
        _refuse_unpromised(session, fulfilment, promised)
        save_fulfilments(session, [replace(fulfilment, state=FulfilmentState.SHIPPED)])
    booking = Booking("ship", call.now, f"Left in {call.lane}", order=call.order, fulfilment=call.lane)
    for held in promised:
        reservations.commit(session, held, booking)
    committed = _units(promised)
    return StepResult(
        values={"committed": f"{committed:f}"},
        fulfilment={"state": FulfilmentState.SHIPPED.value} if fulfilment.state not in GONE else {},
        said=f"{items(committed)} booked out." if committed else "Nothing to book out here.",
    )


def _refuse_unpromised(session: Session, fulfilment: Fulfilment, promised: Sequence[Promise]) -> None:
    lines = load_order(session, fulfilment.order).lines
    stocked = quantities([piece for piece in fulfilment.lines if needs_stock(lines[piece.line])])
    for sku, quantity in stocked.items():
        there = _units([held for held in promised if held.sku == sku])
        if there != quantity:
            raise ActRefused(
                f"{fulfilment.id} cannot be booked out: {there:f} of its {quantity:f} {sku} are promised."
            )


def _units(promised: Sequence[Promise]) -> Decimal:
    return sum((held.quantity for held in promised), NONE)
