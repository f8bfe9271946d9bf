"""Orders as they were placed, whole and exact, and the acts asked of them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import update
from sqlmodel import col, select

from adapters.database.audit_log import asked, tell
from adapters.database.flow.finished import finished_orders
from adapters.database.mail.notices import letter_of
from adapters.database.order.acts import act_record, keep_act, lock_order, settle_act, waiting_acts
from adapters.database.order.placed import insert_order, orders_of
from adapters.database.partner.hearing import hear_of
from adapters.database.payment.money_incidents import settle_money_incident
from adapters.database.returns.book import ReturnBook
from adapters.database.stock.aliases import our_skus
from adapters.database.tables.journal import ActRow, NoteRow
from adapters.database.tables.orders import OrderDocument, PlacedOrder
from adapters.database.tables.stock import StockItem
from domain.act import ActRecord, ActResult
from domain.audit import Deed, DeedKind
from domain.errors import NotFound, OrderConflict
from domain.finished import Finished
from domain.notice import Letter
from domain.order import Order
from domain.placement import Placement


class Orders(ReturnBook):
    """Every order and every act is a row here before anything else happens to it."""

    def place(self, order: Order, placement: Placement, at: datetime) -> bool:
        """
        Keep an order. False when this very order was placed before.

        :raises OrderConflict: the number is taken by another body.
        """
        with self.write() as session:
            if insert_order(session, order, placement, at):
                return True
            wanted = select(OrderDocument.body).where(OrderDocument.number == order.number)
            stands = session.exec(wanted).one()
        if stands != placement.body:
            raise OrderConflict(f"Order {order.number} was placed before, with other contents.")
        return False

    def placement(self, number: str) -> Placement:
        """:raises NotFound: no such order."""
        with self.read() as session:
            row, document = session.get(PlacedOrder, number), session.get(OrderDocument, number)
        if row is None or document is None:
            raise NotFound(f"There is no order {number}.")
        return Placement(
            flow=row.flow,
            flows=row.flows,
            holds=row.placed_holds,
            body=document.body,
            speed=row.speed,
            by=row.placed_by,
        )

    def unstarted(self, limit: int) -> Sequence[str]:
        """Numbers of orders kept whose workflow is not known to have started, oldest first."""
        wanted = (
            select(PlacedOrder.number)
            .where(col(PlacedOrder.started_at).is_(None))
            .order_by(col(PlacedOrder.kept_at), col(PlacedOrder.number))
            .limit(limit)
        )
        with self.read() as session:
            return session.exec(wanted).all()

    def started(self, number: str, at: datetime) -> None:
        """Its workflow exists; the first word on it stands."""
        unmarked = col(PlacedOrder.number) == number, col(PlacedOrder.started_at).is_(None)
        with self.read() as session:
            # Most often the workflow has said so itself by now: no need to wait for a turn to write.
            if session.exec(select(PlacedOrder.number).where(*unmarked)).first() is None:
                return
        with self.write() as session:
            session.connection().execute(update(PlacedOrder).where(*unmarked).values(started_at=at))

    def record(self, act: ActRecord) -> ActRecord:
        """
        Keep an act, or answer with the one already kept under its id, whoever asked.

        :raises NotFound: no such order.
        """
        with self.write() as session:
            known = session.get(ActRow, act.act.id) is not None
            kept = keep_act(session, act)
            if not known:
                hear_of(session, kept)
            return kept

    def act(self, id: str) -> ActRecord | None:
        with self.read() as session:
            row = session.get(ActRow, id)
        return None if row is None else act_record(row)

    def pending(self, limit: int) -> Sequence[ActRecord]:
        """Acts of started orders with no result yet, in the order they were asked for."""
        with self.read() as session:
            return [act_record(row) for row in session.exec(waiting_acts(limit))]

    def settle(self, act: str, result: ActResult, at: datetime) -> None:
        """Write an act's end; one already written stands."""
        unsettled = col(ActRow.id) == act, col(ActRow.outcome) == ""
        with self.read() as session:
            # Most often the journal has done it by now: no need to wait for a turn to write.
            if session.exec(select(ActRow.id).where(*unsettled)).first() is None:
                return
        with self.write() as session:
            settle_act(session, act, result, at)

    def finished(self, most: int) -> Sequence[Finished]:
        """The last that ended, the latest first."""
        with self.read() as session:
            return finished_orders(session, most)

    def note(self, number: str, text: str, by: str, at: datetime) -> None:
        """:raises NotFound: no such order."""
        with self.write() as session:
            lock_order(session, number)
            session.add(NoteRow(order=number, text=text, by=by, at=at))
            tell(session, Deed(at, DeedKind.NOTE, number, order=number, by=by, why=text))

    def dispute(self, number: str, said: Mapping[str, str], by: str, at: datetime) -> None:
        """
        The customer disputes a payment, or the bank has decided.

        :raises NotFound: no such order.
        :raises ActRefused: nothing was taken through a gateway, or not so much.
        """
        # The ledger reads orders through this module.
        from adapters.database.payment.disputes import written_down  # noqa: PLC0415

        with self.write() as session:
            written_down(session, number, said, by, at)

    def settle_money(self, incident: str, by: str, why: str, at: datetime) -> None:
        """
        Finance has seen to an incident that no step waits for.

        :raises NotFound: there is none.
        :raises ActRefused: it was settled before.
        """
        with self.write() as session:
            settle_money_incident(session, incident, by, why, at)

    def refused(self, act: ActRecord, why: str) -> None:
        """Somebody was told no at the door: for the audit log alone."""
        with self.write() as session:
            tell(session, replace(asked(act), kind=DeedKind.REFUSED, why=why))

    def letter(self, order: str, id: str) -> Letter:
        """:raises NotFound: the order has no message of this id."""
        with self.read() as session:
            return letter_of(session, order, id)

    def orders_before(self, email: str) -> int:
        """How many orders this customer placed before; nought for nobody in particular."""
        with self.read() as session:
            return orders_of(session, email)

    def unknown_skus(self, skus: Sequence[str]) -> Sequence[str]:
        """Those of `skus` that the stock does not know."""
        with self.read() as session:
            known = set(session.exec(select(StockItem.sku).where(col(StockItem.sku).in_(skus))))
            known |= our_skus(session, skus).keys()
        return [sku for sku in dict.fromkeys(skus) if sku not in known]

    def discontinued_skus(self, skus: Sequence[str]) -> Sequence[str]:
        """Those of `skus` that are discontinued, or stand for an item that is."""
        with self.read() as session:
            ours = our_skus(session, skus)
            named = col(StockItem.sku).in_({*skus, *ours.values()})
            gone = set(session.exec(select(StockItem.sku).where(named, col(StockItem.discontinued))))
        return [sku for sku in dict.fromkeys(skus) if ours.get(sku, sku) in gone]
