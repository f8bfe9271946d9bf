"""What a gateway tells of its fees after the payment itself: booked once, wherever it is heard from."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlmodel import Session, col, func, select

from adapters.database.engine import Database
from adapters.database.order.acts import lock_order
from adapters.database.payment.ledger import post
from adapters.database.tables.hooks import DisputeRow
from adapters.database.tables.money import PostingRow
from adapters.payment.gateway import Fee
from domain.posting import Account, Kind, Slip

# Names in one statement.
PAGE = 500


class Whose(NamedTuple):
    """What a fee is of: empty `fulfilment` for the whole order."""

    order: str
    fulfilment: str


class FeeBook(Database):
    def keep(self, fees: Sequence[Fee], now: datetime) -> int:
        """
        Book those of our own payments, refunds and disputes, each once; says how many were new.

        What is none of ours, or not yet, is left alone: it is told again.
        """
        made = 0
        for start in range(0, len(fees), PAGE):
            page = fees[start : start + PAGE]
            with self.read() as session:
                due = list(_due(session, page))
            made += sum(self._book(fee, whose, now) for fee, whose in due)
        return made

    def latest(self) -> datetime | None:
        """When the newest fee was booked."""
        wanted = select(func.max(PostingRow.at)).where(PostingRow.account == Account.FEES.value)
        with self.read() as session:
            return session.exec(wanted).one()

    def _book(self, fee: Fee, whose: Whose, now: datetime) -> bool:
        with self.write() as session:
            lock_order(session, whose.order)
            return post(session, Slip(whose.order, whose.fulfilment, fee.id, now).fee(fee.id, fee.amount))


def _due(session: Session, fees: Sequence[Fee]) -> Iterator[tuple[Fee, Whose]]:
    booked = select(PostingRow.gateway_object).where(
        col(PostingRow.gateway_object).in_([fee.id for fee in fees]), PostingRow.kind == Kind.FEE.value
    )
    known, ours = set(session.exec(booked)), whose_fees(session, fees)
    for fee in fees:
        if fee.id not in known and fee.about in ours:
            yield fee, ours[fee.about]


def whose_fees(session: Session, fees: Sequence[Fee]) -> Mapping[str, Whose]:
    """What is ours of that they are about; money taken for several parcels at once is the order's."""
    found: dict[str, Whose] = {}
    named = sorted({fee.about for fee in fees})
    for start in range(0, len(named), PAGE):
        page = named[start : start + PAGE]
        disputed = select(DisputeRow.id, DisputeRow.order).where(col(DisputeRow.id).in_(page))
        found |= {id: Whose(order, "") for id, order in session.exec(disputed)}
        moved = select(PostingRow.gateway_object, PostingRow.order, PostingRow.fulfilment).distinct()
        for object, order, part in session.exec(moved.where(col(PostingRow.gateway_object).in_(page))):
            whole = Whose(order, "")
            found[object] = whole if object in found else Whose(order, part)
    return found
