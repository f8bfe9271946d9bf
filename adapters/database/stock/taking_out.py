"""Goods that a customer does not want any more, taken out of a parcel before it is picked."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from decimal import Decimal

from sqlalchemy import update
from sqlmodel import Session, col, select

from adapters.database.order.acts import keep_act
from adapters.database.order.document import load_order
from adapters.database.order.fulfilments import load_fulfilment, load_fulfilments, save_fulfilments
from adapters.database.order.parcels import Rules, leaves_by
from adapters.database.order.parcels import items as counted
from adapters.database.stock import backorders, letting_go, reservations
from adapters.database.tables.stock import Backorder, StockItem
from domain.act import Act, ActKind, ActRecord
from domain.errors import ActRefused
from domain.facts import fulfilment_facts
from domain.fulfilment import Fulfilment, FulfilmentLine, FulfilmentState, fulfilment_id
from domain.order import Order
from domain.shares import split_total
from domain.step import Call, StepResult
from domain.stock import set_apart

NONE = Decimal(0)
STANDING = (FulfilmentState.OPEN, FulfilmentState.BACKORDERED)


def concerned(session: Session, call: Call) -> Collection[str]:
    """All that the parcel holds, and what goes back may serve others."""
    return letting_go.concerned(session, call)


def take_out(session: Session, call: Call, _items: Mapping[str, StockItem], rules: Rules) -> StepResult:
    """:raises ActRefused: the parcel does not hold these goods, or would hold nothing else."""
    order, current = load_order(session, call.order), load_fulfilment(session, call.lane)
    if current.state not in STANDING:
        raise ActRefused(f"{current.id} is {current.state}: nothing can be taken out of it now.")
    staying, moving = set_apart(current, _goods(call))
    if not staying:
        raise ActRefused(f"Nothing would be left of {current.id}: cancel it.")
    for piece in moving:
        _let_go(session, call, piece)
    totals = split_total(order, current.total, [staying, moving])
    left = replace(current, lines=staying, total=totals[0])
    gone = replace(
        current,
        id=fulfilment_id(order.number, len(load_fulfilments(session, order.number)) + 1),
        lines=moving,
        total=totals[1],
        state=FulfilmentState.CANCELLED,
    )
    save_fulfilments(session, [left, gone])
    backorders.fill(session, {piece.sku for piece in moving}, call.now, rules.ship_by)
    _tell_if_here(session, call, order, left, rules)
    return _told(load_fulfilment(session, left.id), gone)


def _let_go(session: Session, call: Call, piece: FulfilmentLine) -> None:
    """What is still on order goes first, then what is promised; what others send or make has neither."""
    mine = (col(Backorder.fulfilment) == call.lane) & (col(Backorder.line) == piece.line)
    waiting = session.exec(select(col(Backorder.waiting)).where(mine)).first() or NONE
    fewer = min(waiting, piece.quantity)
    if fewer:
        session.connection().execute(update(Backorder).where(mine).values(waiting=waiting - fewer))
    if piece.quantity > fewer:
        reservations.release_part(session, call.lane, piece.line, piece.quantity - fewer, call.now)


def _tell_if_here(session: Session, call: Call, order: Order, left: Fulfilment, rules: Rules) -> None:
    """A parcel that waited only for what is taken out is complete now."""
    waits = sum(backorders.waiting_lines(session, call.order, left.id).values(), NONE)
    if load_fulfilment(session, left.id).state != FulfilmentState.BACKORDERED or waits:
        return
    ship_by = leaves_by(call, order, rules.ship_by)
    place = reservations.place_of(session, left.id) or left.location
    here = replace(left, state=FulfilmentState.OPEN, location=place, ship_by=ship_by)
    save_fulfilments(session, [here])
    act = Act(
        f"stock.arrived:{left.id}:1",
        ActKind.EVENT,
        "stock.arrived",
        lane=left.id,
        values={"location": place},
    )
    keep_act(session, ActRecord(act, call.order, by="stock", role="", reason="", at=call.now))


def _goods(call: Call) -> dict[str, Decimal]:
    goods: dict[str, Decimal] = {}
    for row in call.args["goods"]:
        goods[row["sku"]] = goods.get(row["sku"], NONE) + Decimal(str(row["quantity"]))
    return goods


def _told(left: Fulfilment, gone: Fulfilment) -> StepResult:
    units = sum((piece.quantity for piece in gone.lines), NONE)
    facts = fulfilment_facts(left)
    return StepResult(
        values={"taken_out": f"{units:f}"},
        fulfilment=facts,
        fulfilments=(facts, fulfilment_facts(gone)),
        said=f"{counted(units)} taken out.",
    )
