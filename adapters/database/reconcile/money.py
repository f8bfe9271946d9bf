"""
What must be true of the money of all orders, checked against the ledger and the gateway.

M1 every entry balances. M2 the gateway's captures, refunds, holds and fees are the ledger's. M3 nothing is
taken beyond what was held, nor given back beyond what was taken. M4 one gateway object a question, and
none without an order. M5 an ended order holds no money, and every refund asked for is known to be done.
M6 a cancelled order or fulfilment keeps none. M7 what has left is paid, once.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Select, case, func, or_, select
from sqlmodel import Session

from adapters.database.payment.refunds import HAVE_LEFT, RefundState
from adapters.database.reconcile.gateway import ORDERS, POSTINGS, gateway_differences, twice_or_for_nobody
from adapters.database.tables.journal import LaneRow
from adapters.database.tables.money import RefundRow, TakingRow
from adapters.database.tables.orders import FulfilmentRow
from adapters.database.tables.returns import ReturnRow
from adapters.database.upsert import table_of
from domain.fulfilment import FulfilmentState
from domain.money import Money
from domain.posting import Account, Kind
from domain.reconcile import Difference

REFUNDS = table_of(RefundRow).c
TAKINGS = table_of(TakingRow).c
RETURNS = table_of(ReturnRow).c
PARTS = table_of(FulfilmentRow).c
LANES = table_of(LaneRow).c
EARNED = (Account.SALES.value, Account.AHEAD.value)
GONE = [kind.value for kind in (Kind.REFUNDED, Kind.REFUND_FAILED, Kind.CHARGED_BACK)]


def money_differences(session: Session, now: datetime, *, simulated: bool = True) -> list[Difference]:
    """
    Everything that is wrong with the money; empty when nothing is.

    Only the simulated gateway keeps its books here: `simulated` says whether they are to be compared.
    """
    return [
        *_unbalanced(session),
        *(gateway_differences(session, now) if simulated else ()),
        *_beyond(session),
        *_miscounted(session),
        *(twice_or_for_nobody(session) if simulated else ()),
        *_stranded(session, now),
        *_kept_though_cancelled(session),
        *_left_unpaid(session),
    ]


def _unbalanced(session: Session) -> Iterator[Difference]:
    total = func.sum(POSTINGS.minor)
    wanted = select(POSTINGS.order, POSTINGS.currency, POSTINGS.entry, total)
    grouped = wanted.group_by(POSTINGS.order, POSTINGS.currency, POSTINGS.entry).having(total != 0)
    for order, currency, entry, minor in session.execute(grouped):
        said = f"Its ledger entry {entry} is off by {Money(int(minor), currency)}."
        yield Difference("M1", order, said, "The ledger was changed by hand: restore the entry.")


def _beyond(session: Session) -> Iterator[Difference]:
    total = func.sum(POSTINGS.minor)
    held = _sums(POSTINGS.hold, total).where(POSTINGS.account == Account.HELD.value).having(total < 0)
    for order, currency, hold, minor in session.execute(held):
        said = f"{Money(-int(minor), currency)} more was taken or let go than {hold} held."
        yield Difference("M3", order, said, "Refund the rest, or authorise it.")
    earned = _sums(POSTINGS.order, total).where(POSTINGS.account.in_(EARNED)).having(total > 0)
    for order, currency, _, minor in session.execute(earned):
        said = f"{Money(int(minor), currency)} more was given back than was taken."
        yield Difference("M3", order, said, "Ask the customer, or book the loss.")


def _miscounted(session: Session) -> Iterator[Difference]:
    """What guards the next refund has to be what the ledger says."""
    booked = (
        select(
            POSTINGS.order,
            _where(POSTINGS.kind == Kind.CAPTURED.value, -POSTINGS.minor).label("taken"),
            _where(POSTINGS.kind.in_(GONE), POSTINGS.minor).label("given"),
        )
        .where(POSTINGS.account.in_((*EARNED, Account.LOST.value)))
        .group_by(POSTINGS.order)
    ).subquery()
    asking = _where(REFUNDS.state == RefundState.REQUESTED.value, REFUNDS.minor).label("minor")
    asked = select(REFUNDS.order, asking).group_by(REFUNDS.order).subquery()
    taken, given = func.sum(TAKINGS.minor), func.sum(TAKINGS.asked)
    told = func.coalesce(booked.c.given, 0) + func.coalesce(asked.c.minor, 0)
    wanted = (
        select(TAKINGS.order)
        .join_from(TAKINGS.order.table, booked, booked.c.order == TAKINGS.order, isouter=True)
        .join(asked, asked.c.order == TAKINGS.order, isouter=True)
        .group_by(TAKINGS.order, booked.c.taken, told)
        .having(or_(taken != func.coalesce(booked.c.taken, 0), given != told))
    )
    for (order,) in session.execute(wanted):
        said = "What may still be given back is not what the ledger says."
        yield Difference("M3", order, said, "The tables were changed by hand: restore them.")


def _stranded(session: Session, now: datetime) -> Iterator[Difference]:
    left, ends = func.sum(POSTINGS.minor), func.max(POSTINGS.expires_at)
    held = (
        _sums(POSTINGS.hold, left)
        .join(ORDERS.number.table, ORDERS.number == POSTINGS.order)
        .where(POSTINGS.account == Account.HELD.value, ORDERS.ended_at.is_not(None))
        .having(left > 0, or_(ends.is_(None), ends > now))
    )
    for order, currency, hold, minor in session.execute(held):
        said = f"It has ended, and {Money(int(minor), currency)} of the customer's is still held ({hold})."
        yield Difference("M5", order, said, "Void the authorisation.")
    asked = (
        select(REFUNDS.order, REFUNDS.currency, REFUNDS.minor)
        .join_from(REFUNDS.order.table, ORDERS.number.table, ORDERS.number == REFUNDS.order)
        .join(RETURNS.id.table, RETURNS.id == REFUNDS.return_id, isouter=True)
        .where(REFUNDS.state.in_((RefundState.REQUESTED.value, RefundState.FAILED.value)))
        .where(ORDERS.ended_at.is_not(None), or_(REFUNDS.return_id == "", RETURNS.ended_at.is_not(None)))
    )
    for order, currency, minor in session.execute(asked):
        said = f"It has ended, and its refund of {Money(minor, currency)} is not confirmed."
        yield Difference("M5", order, said, "Pay it back another way and book it.")


def _kept_though_cancelled(session: Session) -> Iterator[Difference]:
    kept = -func.sum(POSTINGS.minor)
    whole = (
        _sums(POSTINGS.order, kept)
        .join(ORDERS.number.table, ORDERS.number == POSTINGS.order)
        .where(ORDERS.state == "cancelled", POSTINGS.account.in_((*EARNED, Account.LOST.value)))
        .having(kept != 0)
    )
    part = (
        _sums(POSTINGS.fulfilment, kept)
        .join(PARTS.id.table, PARTS.id == POSTINGS.fulfilment)
        .join(ORDERS.number.table, ORDERS.number == POSTINGS.order)
        .join(LANES.id.table, LANES.id == POSTINGS.fulfilment, isouter=True)
        .where(PARTS.state == FulfilmentState.CANCELLED.value, POSTINGS.account.in_(EARNED))
        .where(ORDERS.state != "cancelled", or_(LANES.phase == "ended", ORDERS.ended_at.is_not(None)))
        .having(kept != 0)
    )
    for query in (whole, part):
        for order, currency, what, minor in session.execute(query):
            said = f"{what} is cancelled, and {Money(int(minor), currency)} of its money was kept."
            yield Difference("M6", order, said, "Refund it.")


def _left_unpaid(session: Session) -> Iterator[Difference]:
    """Money that came ahead for the whole order pays every parcel, whatever its flow captured."""
    paid = (
        select(POSTINGS.fulfilment, (-func.sum(POSTINGS.minor)).label("minor"))
        .where(POSTINGS.kind == Kind.CAPTURED.value, POSTINGS.account == Account.SALES.value)
        .group_by(POSTINGS.fulfilment)
    ).subquery()
    ahead = select(POSTINGS.order).where(POSTINGS.kind == Kind.RECEIVED.value)
    taken = func.coalesce(paid.c.minor, 0)
    left = (PARTS.state.in_(HAVE_LEFT)) & or_(LANES.phase == "ended", ORDERS.ended_at.is_not(None))
    wanted = (
        select(PARTS.order, PARTS.currency, PARTS.id, PARTS.total_minor, taken)
        .join_from(PARTS.id.table, ORDERS.number.table, ORDERS.number == PARTS.order)
        .join(paid, paid.c.fulfilment == PARTS.id, isouter=True)
        .join(LANES.id.table, LANES.id == PARTS.id, isouter=True)
        .where(
            or_(taken > PARTS.total_minor, left & (taken < PARTS.total_minor) & PARTS.order.not_in(ahead))
        )
    )
    for order, currency, part, due, minor in session.execute(wanted):
        costs, got = Money(due, currency), Money(int(minor), currency)
        if got > costs:
            yield Difference("M7", order, f"{part} costs {costs}, and {got} was taken.", "Refund the rest.")
        else:
            said = f"{part} has left; it costs {costs}, and {got} was taken."
            yield Difference("M7", order, said, "Take the rest, unless its flow means it so.")


def _sums(of: Any, total: Any) -> Select[Any]:
    columns = POSTINGS.order, POSTINGS.currency, of
    return select(*columns, total).group_by(*columns)


def _where(condition: Any, minor: Any) -> Any:
    return func.sum(case((condition, minor), else_=0))
