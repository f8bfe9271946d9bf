"""What a return gives back: its exact share, taken from the money of its parcels first, never twice."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from sqlalchemy import func, update
from sqlmodel import Session, col, select

from adapters.database.order.acts import lock_order
from adapters.database.order.document import load_order
from adapters.database.payment.refunds import (
    RefundRequest,
    RefundState,
    ask_part,
    asked_again,
    left_of,
    requests_of,
)
from adapters.database.returns.rows import change_return, load_return, load_returns, return_row
from adapters.database.tables.money import RefundRow, TakingRow
from adapters.database.tables.returns import ReturnRow
from adapters.database.upsert import table_of
from domain.errors import ActRefused, PaymentDeclined
from domain.money import Money, apportion
from domain.order import Order
from domain.return_shares import accepted_by_line, paid_per_line, refund_of
from domain.returns import Claim, Return, ReturnLine
from domain.step import Call

STANDING = (RefundState.REQUESTED.value, RefundState.CONFIRMED.value)


def ask_return(session: Session, call: Call) -> tuple[RefundRequest, ...]:
    """
    Claim what the return's accepted goods are worth by its terms, less what was asked for it before and
    did not fail; where less is left of the order's money, that.

    A call that asked before gets its own requests again; those that failed are asked for anew.

    :raises PaymentDeclined: of a goodwill, not all of it is left.
    """
    lock_order(session, call.order)
    if not asked_again(session, call):
        _give_up_failed(session, call.returned)
        _ask(session, call, _due(session, call.returned))
    return requests_of(session, call)


def refuse_beyond(session: Session, order: str, amount: Money) -> None:
    """:raises ActRefused: less is left of the order's money, after what other goodwills have asked for."""
    takings = left_of(session, select(TakingRow).where(TakingRow.order == order))
    left = sum(taking.minor - taking.asked for taking in takings) - _promised(session, order)
    if amount.minor > left:
        there = Money(max(left, 0), amount.currency)
        raise ActRefused(
            f"Order {order}: {there} of what was paid can still be given back; {amount} was asked for."
        )


def _promised(session: Session, order: str) -> int:
    """What open goodwills come to, and have not taken yet."""
    goodwill = ReturnRow.order == order, ReturnRow.claim == Claim.GOODWILL.value
    still_open = col(ReturnRow.ended_at).is_(None)
    return sum(_due(session, id) for id in session.exec(select(ReturnRow.id).where(*goodwill, still_open)))


def refunded_for(session: Session, returned: Return) -> Money:
    """What of it is confirmed."""
    done = RefundRow.return_id == returned.id, RefundRow.state == RefundState.CONFIRMED.value
    minor = session.exec(select(func.sum(RefundRow.minor)).where(*done)).one()
    return Money(int(minor or 0), returned.value.currency)


def _due(session: Session, id: str) -> int:
    """In minor units; what the return comes to is worked out once."""
    stands = return_row(session, id).refund_minor
    if stands is None:
        stands = _worth(session, load_return(session, id))
        change_return(session, id, refund_minor=stands)
    asked = select(func.sum(RefundRow.minor)).where(
        RefundRow.return_id == id, col(RefundRow.state).in_(STANDING)
    )
    return max(stands - int(session.exec(asked).one() or 0), 0)


def _worth(session: Session, returned: Return) -> int:
    known = select(ReturnRow.id).where(
        ReturnRow.order == returned.order, col(ReturnRow.refund_minor).is_not(None)
    )
    paid = set(session.exec(known))
    before = [each for each in load_returns(session, returned.order) if each.id in paid]
    earlier = accepted_by_line(line for each in before for line in each.lines)
    order = load_order(session, returned.order)
    whole = refund_of(order, accepted_by_line(returned.lines), earlier, returned.terms).minor
    return max(whole - _credit(session, returned.id), 0)


def _credit(session: Session, id: str) -> int:
    """What stays here to pay for the goods that go out instead."""
    row = return_row(session, id)
    return row.credit_minor if row.exchange_state == "sent" else 0


def _ask(session: Session, call: Call, due: int) -> None:
    takings = left_of(session, select(TakingRow).where(TakingRow.order == call.order))
    returned = load_return(session, call.returned)
    plan = _plan(takings, _shares(load_order(session, call.order), returned.lines, due), due)
    left = Money(sum(minor for _, minor in plan), returned.value.currency)
    if returned.claim == Claim.GOODWILL and left.minor < due:
        raise PaymentDeclined(f"Order {call.order}: only {left} of what was paid is left to give back.")
    for n, (taking, minor) in enumerate(plan, 1):
        ask_part(session, call, n, taking, minor)


def _shares(order: Order, lines: Sequence[ReturnLine], due: int) -> dict[str, int]:
    """Fulfilment -> how much of the refund its goods make, by what was paid for them."""
    paid = paid_per_line(order)
    parts: dict[str, Decimal] = {}
    for line in lines:
        if not line.accepted:
            continue
        worth = paid[line.line] * line.accepted / order.lines[line.line].quantity
        parts[line.fulfilment] = parts.get(line.fulfilment, Decimal(0)) + worth
    return dict(zip(parts, apportion(due, list(parts.values())), strict=True)) if parts else {}


def _plan(takings: Sequence[TakingRow], shares: Mapping[str, int], due: int) -> list[tuple[TakingRow, int]]:
    """Each parcel's own money first; what that does not cover comes from the rest of the order's."""
    left, taken = dict(shares), [0] * len(takings)
    for i, taking in enumerate(takings):
        taken[i] = min(left.get(taking.fulfilment, 0), taking.minor - taking.asked)
        left[taking.fulfilment] = left.get(taking.fulfilment, 0) - taken[i]
    missing = due - sum(taken)
    for i, taking in enumerate(takings):
        more = min(missing, taking.minor - taking.asked - taken[i])
        taken[i], missing = taken[i] + more, missing - more
    return [(taking, minor) for taking, minor in zip(takings, taken, strict=True) if minor]


def _give_up_failed(session: Session, id: str) -> None:
    """They are asked for another way now."""
    mine = col(RefundRow.return_id) == id, col(RefundRow.state) == RefundState.FAILED.value
    change = update(table_of(RefundRow)).where(*mine)
    session.connection().execute(change.values(state=RefundState.GIVEN_UP.value))
