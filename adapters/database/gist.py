"""What a line of the list of orders says beyond the order's own row, for many orders at once."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func
from sqlmodel import Session, col, select

from adapters.database.ledger import figures
from adapters.database.tables.journal import ActRow, IncidentRow, WaitRow
from adapters.database.tables.money import AttemptRow
from adapters.database.tables.orders import FulfilmentRow, PlacedOrder
from adapters.database.tables.returns import ReturnRow
from domain.act import ActKind
from domain.money import Money
from domain.order import PaymentState
from domain.payment import Figures
from domain.state import delivery_state, fulfilment_state, order_delivery_state, payment_state
from domain.view import OrderRow


@dataclass(slots=True)
class Part:
    id: str
    state: str
    tracking: str


@dataclass(slots=True)
class Gist:
    """One order's open waits, parts, carrier's events, incidents and money."""

    money: Figures
    parts: list[Part] = field(default_factory=list)
    events: list[ActRow] = field(default_factory=list)
    waits_for: list[str] = field(default_factory=list)
    due: datetime | None = None
    incidents: int = 0
    returns: list[str] = field(default_factory=list)
    declined: bool = False

    def line(self, order: PlacedOrder, now: datetime) -> OrderRow:
        """The order's line as it reads at `now`."""
        total = Money(order.total_minor, order.currency)
        ended = order.ended_at is not None
        return OrderRow(
            number=order.number,
            channel=order.channel,
            state=order.state,
            payment=payment_state(
                self.money,
                total,
                now,
                ended=ended,
                declined=self.declined,
                came=PaymentState(order.payment_state),
            ),
            fulfilment=fulfilment_state(
                [part.state for part in self.parts],
                held=order.state == "on_hold",
                cancelled=order.state == "cancelled",
            ),
            delivery=order_delivery_state([self._delivery(part) for part in self.parts]),
            total=total,
            placed_at=order.placed_at,
            waiting_for=tuple(dict.fromkeys(self.waits_for)),
            due=self.due,
            incidents=self.incidents,
            customer=order.name,
            returns=tuple(self.returns),
        )

    def _delivery(self, part: Part) -> str:
        alone = len(self.parts) == 1
        mine = [e.target for e in self.events if alone or part.id == e.lane or part.tracking == e.tracking]
        return delivery_state(part.state, part.tracking, mine)


def gists(session: Session, orders: Sequence[PlacedOrder]) -> dict[str, Gist]:
    """By order number; one query a kind of thing, however many orders."""
    numbers = [order.number for order in orders]
    money = figures(session, numbers)
    found = {order.number: Gist(money.get(order.number, Figures.none(order.currency))) for order in orders}
    if found:
        _add_parts(session, found, _among(FulfilmentRow.order, numbers))
        _add_events(session, found, _among(ActRow.order, numbers))
        _add_waits(session, found, _among(WaitRow.order, numbers))
        _add_incidents(session, found, _among(IncidentRow.order, numbers))
        _add_returns(session, found, _among(ReturnRow.order, numbers))
        _add_declines(session, found)
    return found


def _among(column: Any, numbers: Sequence[str]) -> ColumnElement[bool]:
    return col(column).in_(numbers)


def _add_parts(session: Session, found: dict[str, Gist], mine: ColumnElement[bool]) -> None:
    columns = FulfilmentRow.order, FulfilmentRow.id, FulfilmentRow.state, FulfilmentRow.tracking
    for order, id, state, tracking in session.exec(
        select(*columns).where(mine).order_by(col(FulfilmentRow.n))
    ):
        found[order].parts.append(Part(id, state, tracking))


def _add_events(session: Session, found: dict[str, Gist], mine: ColumnElement[bool]) -> None:
    told = ActRow.kind == ActKind.EVENT.value, col(ActRow.target).startswith("carrier.")
    for act in session.exec(select(ActRow).where(mine, *told).order_by(col(ActRow.seq))):
        found[act.order].events.append(act)


def _add_waits(session: Session, found: dict[str, Gist], mine: ColumnElement[bool]) -> None:
    nearest = func.coalesce(WaitRow.due, WaitRow.late)
    still = col(WaitRow.closed_at).is_(None)
    wanted = select(WaitRow.order, WaitRow.role, WaitRow.event, nearest).where(mine, still)
    for order, role, event, due in session.exec(wanted.order_by(col(WaitRow.since), col(WaitRow.id))):
        gist = found[order]
        gist.waits_for += [role or event] if role or event else []
        gist.due = min(filter(None, (gist.due, due)), default=None)


def _add_incidents(session: Session, found: dict[str, Gist], mine: ColumnElement[bool]) -> None:
    still = col(IncidentRow.closed_at).is_(None)
    wanted = select(IncidentRow.order, func.count()).where(mine, still).group_by(IncidentRow.order)
    for order, count in session.exec(wanted):
        found[order].incidents = count


def _add_returns(session: Session, found: dict[str, Gist], mine: ColumnElement[bool]) -> None:
    states = select(ReturnRow.order, ReturnRow.state).where(mine).order_by(col(ReturnRow.n))
    for order, state in session.exec(states):
        found[order].returns.append(state)


def _add_declines(session: Session, found: dict[str, Gist]) -> None:
    """Only where nothing was booked does it matter that the bank said no."""
    unpaid = [
        number for number, gist in found.items() if gist.money == Figures.none(gist.money.captured.currency)
    ]
    if unpaid:
        refused = AttemptRow.state == "refused", col(AttemptRow.order).in_(unpaid)
        for number in session.exec(select(AttemptRow.order).where(*refused).distinct()):
            found[number].declined = True
