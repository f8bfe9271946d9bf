"""
What must be true of returns.

R1 no more of a line comes back than was shipped. R2 a return gives back no more than its goods come to by
its terms, and one that ended as paid back has been worked out. R3 an ended return waits for nothing.
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from sqlalchemy import case, func, literal, select
from sqlmodel import Session, col

from adapters.database.engine import Quantity
from adapters.database.payment.refunds import RefundState
from adapters.database.tables.journal import WaitRow
from adapters.database.tables.money import RefundRow
from adapters.database.tables.orders import FulfilmentLineRow
from adapters.database.tables.returns import ReturnLineRow, ReturnRow
from adapters.database.upsert import table_of
from domain.money import Money
from domain.reconcile import Difference
from domain.returns import ReturnState

RETURNS = table_of(ReturnRow).c
LINES = table_of(ReturnLineRow).c
SHIPPED = table_of(FulfilmentLineRow).c
REFUNDS = table_of(RefundRow).c
WAITS = table_of(WaitRow).c
NOUGHT = literal(Decimal(0), Quantity)
LOOK = "Look at the return's timeline; tell the developers."


def return_differences(session: Session) -> list[Difference]:
    """Everything that is wrong with returns; empty when nothing is."""
    checks = _beyond_the_parcel, _beyond_the_terms, _paid_for_nothing, _waits_for_ever
    return [found for check in checks for found in check(session)]


def _beyond_the_parcel(session: Session) -> Iterator[Difference]:
    used_up = case((LINES.accepted > LINES.received, LINES.accepted), else_=LINES.received)
    back = func.sum(case((RETURNS.ended_at.is_not(None), used_up), else_=LINES.quantity))
    same = (SHIPPED.fulfilment == LINES.fulfilment) & (SHIPPED.line == LINES.line)
    left = func.coalesce(SHIPPED.quantity, NOUGHT)
    columns = RETURNS.order, LINES.fulfilment, LINES.sku, left
    wanted: Any = (
        select(*columns, back)
        .join_from(LINES.sku.table, RETURNS.id.table, RETURNS.id == LINES.return_id)
        .join(SHIPPED.line.table, same, isouter=True)
        .group_by(RETURNS.order, LINES.fulfilment, LINES.line, LINES.sku, SHIPPED.quantity)
        .having(back > left)
    )
    for order, part, sku, *_ in session.execute(wanted):
        yield Difference("R1", order, f"More {sku} comes back from {part} than was shipped in it.", LOOK)


def _beyond_the_terms(session: Session) -> Iterator[Difference]:
    asked, due = func.sum(REFUNDS.minor), func.coalesce(RETURNS.refund_minor, 0)
    standing = REFUNDS.state.in_((RefundState.REQUESTED.value, RefundState.CONFIRMED.value))
    columns = RETURNS.id, RETURNS.currency, due
    wanted = (
        select(*columns, asked)
        .join_from(REFUNDS.key.table, RETURNS.id.table, RETURNS.id == REFUNDS.return_id)
        .where(standing)
        .group_by(RETURNS.id, RETURNS.currency, RETURNS.refund_minor)
        .having(asked > due)
    )
    for id, currency, worth, minor in session.execute(wanted):
        said = f"It comes to {Money(worth, currency)}, and {Money(int(minor), currency)} is given back."
        yield Difference("R2", id, said, "Ask the customer, or book the loss.")


def _paid_for_nothing(session: Session) -> Iterator[Difference]:
    ended = col(ReturnRow.state) == ReturnState.REFUNDED.value, RETURNS.refund_minor.is_(None)
    for (id,) in session.execute(select(RETURNS.id).where(*ended)):
        yield Difference("R2", id, "It ended as paid back, and no refund was asked for.", LOOK)


def _waits_for_ever(session: Session) -> Iterator[Difference]:
    wanted = (
        select(RETURNS.id, WAITS.title)
        .join_from(WAITS.id.table, RETURNS.id.table, RETURNS.id == WAITS.subject)
        .where(RETURNS.ended_at.is_not(None), WAITS.closed_at.is_(None), RETURNS.order == WAITS.order)
    )
    for id, title in session.execute(wanted):
        yield Difference("R3", id, f"It has ended, and still waits: {title}.", LOOK)
