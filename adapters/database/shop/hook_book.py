"""What is to be told to others, who has been, and what nobody took."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, update
from sqlmodel import Session, col, func, select

from adapters.database.audit_log import tell
from adapters.database.engine import Database
from adapters.database.shop.hook_turns import events_of, take_turns
from adapters.database.tables.orders import PlacedOrder
from adapters.database.tables.shops import HookDeliveryRow, OrderEventRow
from adapters.database.upsert import insert_all, table_of
from domain.audit import Deed, DeedKind
from domain.errors import ActRefused, NotFound
from domain.order_event import Delivery, DeliveryState, OrderEvent, Wanted

# A worker that died while it told somebody leaves it to another after this. No round takes longer: it
# begins nothing after five minutes, and to tell a shop is some four questions of a minute at most.
LEASE = timedelta(minutes=10)
WAITING = DeliveryState.WAITING.value
DEAD = col(HookDeliveryRow.state) == DeliveryState.DEAD.value


class HookBook(Database):
    def fan_out(self, targets: Mapping[str, Wanted], now: datetime, limit: int) -> int:
        """Give each target what it wants of the events that nobody was given yet; says how many."""
        untold = select(OrderEventRow).where(col(OrderEventRow.told_at).is_(None))
        with self.read() as session:
            # Most often there is none: no need to wait for a turn to write.
            if session.exec(untold.limit(1)).first() is None:
                return 0
        oldest = untold.order_by(col(OrderEventRow.n)).limit(limit)
        with self.write() as session:
            rows = session.exec(oldest.with_for_update(skip_locked=True)).all()
            channels = _channels(session, rows)
            made = []
            for row in rows:
                row.at = row.told_at = now
                session.add(row)
                event = _event(row, channels[row.order])
                made += [_delivery(event, name, now) for name, wants in targets.items() if wants(event)]
            insert_all(session, HookDeliveryRow, made)
            return len(rows)

    def take(self, now: datetime, limit: int) -> Sequence[Delivery]:
        """
        What is due, an order's events as they happened; no other worker gets it meanwhile. What comes after
        one that was not taken waits as long as that.
        """
        due = select(HookDeliveryRow).where(col(HookDeliveryRow.next_at) <= now)
        with self.read() as session:
            if session.exec(due.limit(1)).first() is None:
                return ()
        oldest = due.order_by(col(HookDeliveryRow.next_at), col(HookDeliveryRow.at)).limit(limit)
        with self.write() as session:
            rows = session.exec(oldest.with_for_update(skip_locked=True)).all()
            return _deliveries(session, take_turns(session, rows, now, now + LEASE))

    def over(self, delivery: Delivery, state: DeliveryState, why: str, status: int, at: datetime) -> None:
        """It was taken, or is given up."""
        ends = {"state": state.value, "why": why, "status": status, "next_at": None, "done_at": at}
        self._change(delivery, {**ends, "tries": delivery.tries + 1})

    def again(self, delivery: Delivery, why: str, status: int, at: datetime) -> None:
        self._change(delivery, {"why": why, "status": status, "next_at": at, "tries": delivery.tries + 1})

    def put_off(self, due: Sequence[Delivery], at: datetime) -> None:
        """They were not tried, and are due then."""
        with self.write() as session:
            for delivery in due:
                change = update(table_of(HookDeliveryRow)).where(*_waiting(delivery))
                session.connection().execute(change.values(next_at=at))

    def given_up(self, limit: int, target: str = "", *, oldest_first: bool = False) -> Sequence[Delivery]:
        """Of one who is told, or of all; the newest first, or as they happened."""
        event = OrderEventRow, col(OrderEventRow.id) == col(HookDeliveryRow.event)
        order = col(OrderEventRow.n) if oldest_first else col(HookDeliveryRow.at).desc()
        dead = select(HookDeliveryRow).join(*event).where(DEAD, *_of(target)).order_by(order).limit(limit)
        with self.read() as session:
            return _deliveries(session, session.exec(dead).all())

    def how_many_given_up(self, target: str = "") -> int:
        """Of one who is told, or of all."""
        with self.read() as session:
            counted = select(func.count()).select_from(HookDeliveryRow).where(DEAD, *_of(target))
            return session.exec(counted).one()

    def count_given_up(self) -> Mapping[str, int]:
        """Who was to be told, by name -> how often that was given up."""
        target = col(HookDeliveryRow.target)
        with self.read() as session:
            return dict(session.exec(select(target, func.count()).where(DEAD).group_by(target)).all())

    def latest(self, limit: int, target: str = "") -> Sequence[Delivery]:
        """The newest first."""
        wanted = select(HookDeliveryRow).where(*_of(target)).order_by(col(HookDeliveryRow.at).desc())
        with self.read() as session:
            return _deliveries(session, session.exec(wanted.limit(limit)).all())

    def retry(self, event: str, target: str, by: str, now: datetime) -> None:
        """
        Tell it again.

        :raises NotFound: there is none such. :raises ActRefused: it is on its way already.
        """
        with self.write() as session:
            row = session.get(HookDeliveryRow, (event, target))
            if row is None:
                raise NotFound(f"{target} is not told of {event}.")
            if row.state == DeliveryState.WAITING:
                raise ActRefused(f"{event} is on its way to {target} already.")
            row.state, row.next_at, row.tries, row.done_at = WAITING, now, 0, None
            session.add(row)
            tell(session, Deed(now, DeedKind.REPAIR, event, f"told {target} again", by=by))

    def let_go(self, target: str, event: str, why: str, by: str, now: datetime) -> int:
        """
        It is not told any more, or with no `event` nothing that was given up of this one; it stays to be
        read. Says how many.

        :raises ActRefused: nothing of it was given up.
        """
        change = update(table_of(HookDeliveryRow)).where(DEAD, col(HookDeliveryRow.target) == target)
        change = change.where(col(HookDeliveryRow.event) == event) if event else change
        with self.write() as session:
            change = change.values(state=DeliveryState.LET_GO.value)
            many = session.connection().execute(change).rowcount
            if not many:
                raise ActRefused(f"Nothing of it was given up: {target} has been told, or it is let go.")
            what = f"{target} is not told" if event else f"{target} is not told of {many} events"
            tell(session, Deed(now, DeedKind.REPAIR, event or target, what, by=by, why=why))
            return many

    def _change(self, delivery: Delivery, values: Mapping[str, Any]) -> None:
        change = update(table_of(HookDeliveryRow)).where(*_waiting(delivery)).values(**values)
        with self.write() as session:
            session.connection().execute(change)


def _of(target: str) -> tuple[ColumnElement[bool], ...]:
    return (col(HookDeliveryRow.target) == target,) if target else ()


def _waiting(delivery: Delivery) -> tuple[ColumnElement[bool], ...]:
    return (
        col(HookDeliveryRow.event) == delivery.event.id,
        col(HookDeliveryRow.target) == delivery.target,
        col(HookDeliveryRow.state) == WAITING,
    )


def _channels(session: Session, rows: Sequence[OrderEventRow]) -> dict[str, str]:
    named = col(PlacedOrder.number).in_({row.order for row in rows})
    return dict(session.exec(select(PlacedOrder.number, PlacedOrder.channel).where(named)).all())


def _delivery(event: OrderEvent, target: str, now: datetime) -> dict[str, Any]:
    waits = {"state": WAITING, "tries": 0, "status": 0, "why": "", "at": now, "next_at": now}
    return {"event": event.id, "target": target, **waits, "done_at": None}


def _deliveries(session: Session, rows: Sequence[HookDeliveryRow]) -> list[Delivery]:
    events = events_of(session, rows)
    channels = _channels(session, list(events.values()))
    return [
        Delivery(
            event=_event(events[row.event], channels[events[row.event].order]),
            target=row.target,
            state=DeliveryState(row.state),
            tries=row.tries,
            status=row.status,
            why=row.why,
            at=row.at,
        )
        for row in rows
    ]


def _event(row: OrderEventRow, channel: str) -> OrderEvent:
    assert row.at is not None, "it was found to be told"
    return OrderEvent(row.id, row.order, row.kind, row.subject, row.data, row.at, channel)
