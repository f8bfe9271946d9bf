"""Money that a web shop gave back itself: booked once, so that nobody gives it back a second time."""

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum

from sqlmodel import Session, col, func, select

from adapters.database.order.acts import lock_order
from adapters.database.payment.money_incidents import open_money_incident
from adapters.database.payment.refunds import RefundState, left_of, take
from adapters.database.tables.journal import NoteRow
from adapters.database.tables.money import PostingRow, RefundRow, TakingRow
from adapters.database.tables.orders import PlacedOrder
from adapters.database.tables.shops import ShopRefundRow
from adapters.database.upsert import insert_new
from domain.attempt import part_of
from domain.money import Money
from domain.order import PaymentState
from domain.posting import Account, Entry, Kind, Slip
from domain.web_shop import ShopRefund

SHOP = "shop"
Post = Callable[[Session, Entry], bool]


class Booked(StrEnum):
    WAITING = "waiting"  # the order's own payment is not in the books yet
    BOOKED = "booked"
    TOLD = "told"  # it cannot be booked: finance has it


def given_back(
    session: Session, post: Post, shop: str, number: str, refund: ShopRefund, now: datetime
) -> str:
    """
    Book what `shop` gave back of an order, or tell finance why it cannot be. Says what came of it.

    :raises NotFound: no such order.
    """
    lock_order(session, number)
    row = ShopRefundRow(
        id=f"{number}:{shop}:{refund.id}",
        order=number,
        minor=refund.amount.minor,
        currency=refund.amount.currency,
        state=Booked.WAITING.value,
        at=now,
    )
    if not insert_new(session, ShopRefundRow, row.model_dump()):
        return "known"
    if _comes_later(session, number):
        return "waits until the order's own payment is in the books"
    return _book(session, post, row.id, now)


def book_waiting(session: Session, post: Post, number: str, now: datetime) -> None:
    """The order's payment is in the books now: what the shop gave back of it before is booked with it."""
    waiting = select(ShopRefundRow.id).where(
        ShopRefundRow.order == number, ShopRefundRow.state == Booked.WAITING.value
    )
    for id in session.exec(waiting.order_by(col(ShopRefundRow.at))).all():
        _book(session, post, id, now)


def _book(session: Session, post: Post, id: str, now: datetime) -> str:
    row = session.get_one(ShopRefundRow, id)
    amount = Money(row.minor, row.currency)
    takings = left_of(session, select(TakingRow).where(TakingRow.order == row.order))
    there = sum(each.minor - each.asked for each in takings if each.currency == row.currency)
    if there < row.minor:
        row.state = Booked.TOLD.value
        _tell_finance(session, row, now)
        return "told finance"
    due = row.minor
    for n, taking in enumerate(takings, 1):
        part = min(due, taking.minor - taking.asked)
        if part:
            _move(session, post, row, n, taking, part, now)
            due -= part
    row.state = Booked.BOOKED.value
    session.add(row)
    session.add(NoteRow(order=row.order, text=f"The shop itself gave back {amount}.", by=SHOP, at=now))
    return "booked"


def _move(
    session: Session, post: Post, row: ShopRefundRow, n: int, taking: TakingRow, minor: int, now: datetime
) -> None:
    """Claim a part of a taking, and write down that it has left on the shop's own way."""
    claimed = take(session, taking.gateway_object, taking.fulfilment, minor)
    assert claimed, "the order is locked"
    key = row.id if n == 1 else part_of(row.id, str(n))
    request = {
        "key": key,
        "call": row.id,
        "order": row.order,
        "return_id": "",
        "fulfilment": taking.fulfilment,
        "taking": taking.gateway_object,
        "account": taking.account,
        "minor": minor,
        "currency": taking.currency,
        "state": RefundState.CONFIRMED.value,
        "at": now,
    }
    insert_new(session, RefundRow, request)
    owed = taking.account == Account.RECEIVABLE
    slip = Slip(row.order, taking.fulfilment, key, now)
    out_of = Account.RECEIVABLE if owed else Account.SHOP
    post(session, slip.refunded(key, Money(minor, taking.currency), out_of))


def _comes_later(session: Session, number: str) -> bool:
    """Whether the order came paid, and that payment has not been taken over by its flow yet."""
    came = select(PlacedOrder.payment_state).where(PlacedOrder.number == number)
    if session.exec(came).one() != PaymentState.PAID:
        return False
    received = PostingRow.order == number, PostingRow.kind == Kind.RECEIVED.value
    return not session.exec(select(func.count()).select_from(PostingRow).where(*received)).one()


def _tell_finance(session: Session, row: ShopRefundRow, now: datetime) -> None:
    session.add(row)
    said = (
        f"The shop itself gave back {Money(row.minor, row.currency)}, and so much is not there to be given "
        "back: it may have been given back twice, or taken by the shop alone. Compare both books."
    )
    open_money_incident(
        session, row.order, f"refund.{row.id}", "A refund made in the shop", said, now, by=SHOP
    )
