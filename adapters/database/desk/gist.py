"""What a line of the list of orders says beyond the order's own row, for many orders at once."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func
from sqlalchemy import select as sql_select
from sqlmodel import Session, col, select

from adapters.database.desk.order_rows import OrderRows
from adapters.database.tables.journal import ActRow, IncidentRow, WaitRow
from adapters.database.tables.orders import FulfilmentRow, PlacedOrder
from adapters.database.tables.returns import ReturnRow
from domain.act import ActKind
from domain.money import Money
from domain.state import delivery_state, order_delivery_state
from domain.view import OrderRow

# How events begin that carriers tell.
CARRIERS = "carrier."


@dataclass(slots=True)
class Part:
    id: str
    state: str
    tracking: str


@dataclass(slots=True)
class Scan:
    """What the carrier said, of which parcel."""

    target: str
    lane: str
    tracking: str


@dataclass(slots=True)
class Gist:
    """One order's open waits, parts, carrier's events and incidents."""

    parts: list[Part] = field(default_factory=list)
    events: list[Scan] = field(default_factory=list)
    waits_for: list[str] = field(default_factory=list)
    since: datetime | None = None
    due: datetime | None = None
    incidents: int = 0
    returns: list[str] = field(default_factory=list)

    def line(self, order: PlacedOrder, now: datetime) -> OrderRow:
        """The order's line as it reads at `now`."""
        expired = order.payment_until is not None and order.payment_until <= now
        return OrderRow(
            number=order.number,
            channel=order.channel,
            state=order.state,
            payment="expired" if expired else order.payment,
            fulfilment=order.fulfilment,
            delivery=order_delivery_state([self._delivery(part) for part in self.parts]),
            total=Money(order.total_minor, order.currency),
            placed_at=order.placed_at,
            waiting_for=tuple(dict.fromkeys(self.waits_for)),
            due=self.due,
            incidents=self.incidents,
            customer=order.name,
            returns=tuple(self.returns),
            since=self.since,
        )

    def add_wait(self, role: str, event: str, since: datetime, due: datetime | None) -> None:
        """One more that is open; the oldest comes first."""
        if role or event:
            self.waits_for.append(role or event)
            self.since = self.since or since
        self.due = min(filter(None, (self.due, due)), default=None)

    def _delivery(self, part: Part) -> str:
        alone = len(self.parts) == 1
        mine = [e.target for e in self.events if alone or part.id == e.lane or part.tracking == e.tracking]
        return delivery_state(part.state, part.tracking, mine)


def gist_of(rows: OrderRows, incidents: int) -> Gist:
    """Of one order, whose rows are read already."""
    gist = Gist(
        parts=[Part(part.id, part.state.value, part.tracking) for part in rows.parts],
        events=[
            Scan(act.target, act.lane, act.tracking)
            for act in rows.acts.values()
            if act.kind == ActKind.EVENT and act.target.startswith(CARRIERS)
        ],
        incidents=incidents,
        returns=[each.state.value for each in rows.returns],
    )
    for wait in rows.waits:
        gist.add_wait(wait.role, wait.event, wait.since, wait.due or wait.late)
    return gist


def gists(session: Session, orders: Sequence[PlacedOrder]) -> dict[str, Gist]:
    """By order number; one query a kind of thing, however many orders."""
    numbers = [order.number for order in orders]
    found = {number: Gist() for number in numbers}
    if found:
        _add_parts(session, found, _among(FulfilmentRow.order, numbers))
        _add_events(session, found, _among(ActRow.order, numbers))
        _add_waits(session, found, _among(WaitRow.order, numbers))
        _add_incidents(session, found, _among(IncidentRow.order, numbers))
        _add_returns(session, found, _among(ReturnRow.order, numbers))
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
    told = ActRow.kind == ActKind.EVENT.value, col(ActRow.target).startswith(CARRIERS)
    columns = ActRow.order, ActRow.target, ActRow.lane, ActRow.tracking
    for order, *event in session.exec(select(*columns).where(mine, *told).order_by(col(ActRow.seq))):
        found[order].events.append(Scan(*event))


def _add_waits(session: Session, found: dict[str, Gist], mine: ColumnElement[bool]) -> None:
    nearest = func.coalesce(WaitRow.due, WaitRow.late)
    still = col(WaitRow.closed_at).is_(None)
    columns = (
        *(col(each) for each in (WaitRow.order, WaitRow.role, WaitRow.event, WaitRow.since)),
        nearest,
    )
    wanted = sql_select(*columns).where(mine, still).order_by(col(WaitRow.since), col(WaitRow.id))
    for order, role, event, since, due in session.execute(wanted):
        found[order].add_wait(role, event, since, due)


def _add_incidents(session: Session, found: dict[str, Gist], mine: ColumnElement[bool]) -> None:
    still = col(IncidentRow.closed_at).is_(None)
    wanted = select(IncidentRow.order, func.count()).where(mine, still).group_by(IncidentRow.order)
    for order, count in session.exec(wanted):
        found[order].incidents = count


def _add_returns(session: Session, found: dict[str, Gist], mine: ColumnElement[bool]) -> None:
    states = select(ReturnRow.order, ReturnRow.state).where(mine).order_by(col(ReturnRow.n))
    for order, state in session.exec(states):
        found[order].returns.append(state)
