"""What is to be told to others, who has been, and what nobody took."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import update
from sqlmodel import Session, col, func, select

from adapters.database.audit_log import tell
from adapters.database.engine import Database
from adapters.database.tables.orders import PlacedOrder
from adapters.database.tables.shops import HookDeliveryRow, OrderEventRow
from adapters.database.upsert import insert_all, table_of
from domain.audit import Deed, DeedKind
from domain.errors import ActRefused, NotFound
from domain.order_event import Delivery, DeliveryState, OrderEvent, Wanted

# A worker that died while it told somebody leaves it to another after this; no round takes longer, also
# where nobody answers.
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
        """What is due, an order's events as they happened; no other worker gets it meanwhile."""
        due = select(HookDeliveryRow).where(col(HookDeliveryRow.next_at) <= now)
        with self.read() as session:
            if session.exec(due.limit(1)).first() is None:
                return ()
        oldest = due.order_by(col(HookDeliveryRow.next_at), col(HookDeliveryRow.at)).limit(limit)
        with self.write() as session:
            rows = session.exec(oldest.with_for_update(skip_locked=True)).all()
            for row in rows:
                row.next_at = now + LEASE
                session.add(row)
            return _deliveries(session, rows, by_event=True)

    def over(self, delivery: Delivery, state: DeliveryState, why: str, status: int, at: datetime) -> None:
        """It was taken, or is given up."""
        ends = {"state": state.value, "why": why, "status": status, "next_at": None, "done_at": at}
        self._change(delivery, {**ends, "tries": delivery.tries + 1})

    def again(self, delivery: Delivery, why: str, status: int, at: datetime) -> None:
        self._change(delivery, {"why": why, "status": status, "next_at": at, "tries": delivery.tries + 1})

    def given_up(self, limit: int, target: str = "") -> Sequence[Delivery]:
        """Of one who is told, or of all; the newest first."""
        dead = select(HookDeliveryRow).where(DEAD)
        dead = dead.where(HookDeliveryRow.target == target) if target else dead
        with self.read() as session:
            rows = session.exec(dead.order_by(col(HookDeliveryRow.at).desc()).limit(limit)).all()
            return _deliveries(session, rows)

    def count_given_up(self) -> Mapping[str, int]:
        """Who was to be told, by name -> how often that was given up."""
        target = col(HookDeliveryRow.target)
        with self.read() as session:
            return dict(session.exec(select(target, func.count()).where(DEAD).group_by(target)).all())

    def latest(self, limit: int, target: str = "") -> Sequence[Delivery]:
        """The newest first."""
        wanted = select(HookDeliveryRow).order_by(col(HookDeliveryRow.at).desc()).limit(limit)
        wanted = wanted.where(HookDeliveryRow.target == target) if target else wanted
        with self.read() as session:
            return _deliveries(session, session.exec(wanted).all())

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
        mine = (
            col(HookDeliveryRow.event) == delivery.event.id,
            col(HookDeliveryRow.target) == delivery.target,
            col(HookDeliveryRow.state) == WAITING,
        )
        with self.write() as session:
            session.connection().execute(update(table_of(HookDeliveryRow)).where(*mine).values(**values))


def _channels(session: Session, rows: Sequence[OrderEventRow]) -> dict[str, str]:
    named = col(PlacedOrder.number).in_({row.order for row in rows})
    return dict(session.exec(select(PlacedOrder.number, PlacedOrder.channel).where(named)).all())


def _delivery(event: OrderEvent, target: str, now: datetime) -> dict[str, Any]:
    waits = {"state": WAITING, "tries": 0, "status": 0, "why": "", "at": now, "next_at": now}
    return {"event": event.id, "target": target, **waits, "done_at": None}


def _deliveries(
    session: Session, rows: Sequence[HookDeliveryRow], *, by_event: bool = False
) -> list[Delivery]:
    named = col(OrderEventRow.id).in_({row.event for row in rows})
    events = {row.id: row for row in session.exec(select(OrderEventRow).where(named))}
    channels = _channels(session, list(events.values()))
    rows = sorted(rows, key=lambda row: events[row.event].n or 0) if by_event else rows
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
