"""The tax in each movement of sales: worked out from the ledger, the same for the journal and for bills."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlmodel import Session, col, select

from adapters.database.order.document import load_orders
from adapters.database.order.fulfilments import fulfilments_of
from adapters.database.tables.money import PostingRow, RefundRow
from adapters.database.tables.returns import ReturnLineRow, ReturnRow
from domain.attempt import base_of
from domain.order import Order
from domain.posting import Account, Kind
from domain.sales_tax import Moved, SalesTax, Taxed
from domain.tax import Mix, mix_of, mix_of_part, mix_of_return


@dataclass(frozen=True, slots=True)
class Back:
    """What came back of a return: line -> how much, by the parcel it left in."""

    by_parcel: Mapping[str, Mapping[int, Decimal]]
    shipping: bool

    def of(self, parcel: str) -> Mapping[int, Decimal]:
        """The parcel's own; where its money pays for the goods of others, all that came back."""
        if parcel in self.by_parcel:
            return self.by_parcel[parcel]
        together: dict[int, Decimal] = {}
        for lines in self.by_parcel.values():
            for line, quantity in lines.items():
                together[line] = together.get(line, Decimal(0)) + quantity
        return together


@dataclass(frozen=True, slots=True)
class Sold:
    """What the tax of some orders' sales follows from."""

    orders: Mapping[str, Order]
    mixes: Mapping[str, Mix]  # by parcel, and for what is of none, by order
    returned: Mapping[str, Back]  # by refund

    def moved(self, meter: SalesTax, row: PostingRow) -> Mapping[str, Moved]:
        minor = -row.minor
        if row.kind == Kind.REFUND_FAILED.value:
            return meter.undo(minor, row.gateway_object)
        if minor >= 0:
            return meter.take(minor)
        return meter.give_back(-minor, self._mix_of_refund(row), row.gateway_object)

    def _mix_of_refund(self, row: PostingRow) -> Mix | None:
        """Of the goods that came back; None where it is for none, or for a parcel that was called off."""
        back = self.returned.get(_refund(row))
        if back is None:
            return None
        return mix_of_return(self.orders[row.order], back.of(row.fulfilment), shipping=back.shipping)


def tax_of_sales(session: Session, orders: Sequence[str]) -> Taxed:
    """
    Of every movement of these orders' sales, in the order in which they were written down: what comes
    later changes nothing of what stands there.
    """
    history = _history(session, orders)
    sold = _sold(session, history)
    meters: dict[str, SalesTax] = {}
    found: dict[tuple[str, str], Mapping[str, Moved]] = {}
    for row in history:
        parcel = row.fulfilment or row.order
        meter = meters.setdefault(parcel, SalesTax(sold.mixes[parcel]))
        found[row.gateway_object, row.kind] = sold.moved(meter, row)
    return found


def _history(session: Session, orders: Sequence[str]) -> Sequence[PostingRow]:
    wanted = select(PostingRow).where(
        col(PostingRow.order).in_(orders), PostingRow.account == Account.SALES.value
    )
    return session.exec(wanted.order_by(col(PostingRow.id))).all()


def _sold(session: Session, history: Sequence[PostingRow]) -> Sold:
    orders = load_orders(session, sorted({row.order for row in history}))
    mixes = {number: mix_of(order) for number, order in orders.items()}
    parts = fulfilments_of(session, list(orders))
    mixes |= {part.id: mix_of_part(orders[part.order], part) for part in parts}
    return Sold(orders, mixes, _returned(session, history))


def _returned(session: Session, history: Sequence[PostingRow]) -> Mapping[str, Back]:
    """What nothing came back for, such as a goodwill, is not in it."""
    keys = {_refund(row) for row in history if row.kind == Kind.REFUNDED.value}
    if not keys:
        return {}
    accepted = col(ReturnLineRow.return_id) == col(ReturnRow.id), col(ReturnLineRow.accepted) > Decimal(0)
    asked = select(RefundRow.key, ReturnRow.shipping, ReturnLineRow).where(
        col(RefundRow.key).in_(keys), col(ReturnRow.id) == col(RefundRow.return_id), *accepted
    )
    parcels: dict[str, dict[str, dict[int, Decimal]]] = {}
    with_shipping: dict[str, bool] = {}
    for key, shipping, line in session.exec(asked):
        with_shipping[key] = shipping
        parcels.setdefault(key, {}).setdefault(line.fulfilment, {})[line.line] = line.accepted
    return {key: Back(by_parcel, with_shipping[key]) for key, by_parcel in parcels.items()}


def _refund(row: PostingRow) -> str:
    return base_of(row.key)[0]
