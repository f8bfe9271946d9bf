"""Money in the shop's hands, and what of it was asked back: never more than there is."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Update, func, update
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from adapters.database.order.acts import lock_order
from adapters.database.payment.disputed import refuse_disputed
from adapters.database.tables.money import PostingRow, RefundRow, TakingRow
from adapters.database.tables.orders import FulfilmentRow
from adapters.database.upsert import insert_new
from domain.attempt import part_of
from domain.errors import DatabaseUnavailable
from domain.fulfilment import FulfilmentState
from domain.money import Money
from domain.posting import Account, Entry, Kind
from domain.step import Call

HAVE_LEFT = (FulfilmentState.SHIPPED.value, FulfilmentState.FULFILLED.value)


class RefundState(StrEnum):
    """A failed one waits for a person."""

    REQUESTED = "requested"
    CONFIRMED = "confirmed"
    FAILED = "failed"
    GIVEN_UP = "given_up"  # it failed, and was asked for another way since


@dataclass(frozen=True, slots=True)
class RefundRequest:
    """`taking` is the gateway's (or our own) name of the money that is given back."""

    key: str
    order: str
    fulfilment: str
    taking: str
    account: Account
    amount: Money
    state: RefundState


def keep_taking(session: Session, entry: Entry) -> None:
    """Count what an entry took as refundable, once: where it is, and for which fulfilment."""
    moved = {posting.account: posting.amount for posting in entry.postings}
    if entry.kind != Kind.CAPTURED:
        return
    if Account.SALES in moved:
        amount = Money(-moved[Account.SALES].minor, moved[Account.SALES].currency)
        if Account.AHEAD in moved:
            _assign(session, entry, amount)
        else:
            account = Account.GATEWAY if Account.GATEWAY in moved else Account.RECEIVABLE
            _add(session, entry, entry.object, account, amount)
        return
    if Account.RECEIVABLE in moved:
        owed = _of(entry.order, Account.RECEIVABLE)
        _run(session, owed.values(account=Account.BANK.value))
    if Account.AHEAD in moved:
        amount = Money(-moved[Account.AHEAD].minor, moved[Account.AHEAD].currency)
        came = Account.GATEWAY in moved
        account = Account.GATEWAY if came else _received_into(session, entry.object)
        _add(session, entry, entry.object, account, amount)


def ask_refunds(session: Session, call: Call, fulfilment: str) -> tuple[RefundRequest, ...]:
    """
    Claim all that a fulfilment, or the whole order, may be given back, each amount in one conditional
    update, and write the requests down.

    A call that asked before gets its own requests again; those that failed are asked for anew.
    """
    lock_order(session, call.order)
    if not asked_again(session, call):
        wanted = select(TakingRow).where(TakingRow.order == call.order)
        mine = wanted.where(TakingRow.fulfilment == fulfilment) if fulfilment else wanted
        for n, taking in enumerate(left_of(session, mine), 1):
            ask_part(session, call, n, taking, taking.minor - taking.asked)
    return requests_of(session, call)


def ask_ahead(session: Session, call: Call) -> tuple[RefundRequest, ...]:
    """As `ask_refunds`, of money paid ahead only; parcels that left keep what they have to be paid."""
    lock_order(session, call.order)
    if not asked_again(session, call):
        keep = _unpaid_parcels(session, call.order)
        for n, taking in enumerate(left_of(session, _ahead(call.order)), 1):
            left = taking.minor - taking.asked
            kept = min(keep, left)
            keep -= kept
            if left > kept:
                ask_part(session, call, n, taking, left - kept)
    return requests_of(session, call)


def requests_of(session: Session, call: Call) -> tuple[RefundRequest, ...]:
    """What the call has asked for, as it stands."""
    return tuple(map(_request, _requests(session, call)))


def confirm_refund(session: Session, key: str) -> None:
    change = update(RefundRow).where(col(RefundRow.key) == key)
    _run(session, change.values(state=RefundState.CONFIRMED.value))


def fail_refund(session: Session, request: RefundRequest) -> None:
    """The money stays with the shop, and may be asked for again."""
    change = update(RefundRow).where(
        col(RefundRow.key) == request.key, col(RefundRow.state) == RefundState.REQUESTED.value
    )
    if _run(session, change.values(state=RefundState.FAILED.value)):
        back = _taking(request.taking, request.fulfilment)
        _run(session, back.values(asked=col(TakingRow.asked) - request.amount.minor))


def fail_again(session: Session, key: str) -> None:
    """A refund that was confirmed has come back: the money may be asked for again."""
    row = session.get(RefundRow, key, populate_existing=True)
    if row is None or row.state == RefundState.FAILED:
        return
    row.state = RefundState.FAILED.value
    session.add(row)
    back = _taking(row.taking, row.fulfilment)
    _run(session, back.values(asked=col(TakingRow.asked) - row.minor))


def count_as_gone(session: Session, order: str, payment: str, minor: int) -> int:
    """
    Charged back by the bank: as much of the payment cannot be given back any more.

    Says how much that is: less than `minor`, when some had been given back.
    """
    counted = 0
    mine = select(TakingRow).where(TakingRow.order == order, TakingRow.gateway_object == payment)
    for taking in left_of(session, mine):
        gone = min(minor - counted, taking.minor - taking.asked)
        if take(session, taking.gateway_object, taking.fulfilment, gone):
            counted += gone
    return counted


def asked_again(session: Session, call: Call) -> bool:
    """Whether the call asked before; what failed of it is claimed anew, where it is still there."""
    mine = _requests(session, call)
    for row in mine:
        if row.state == RefundState.FAILED:
            refuse_disputed(session, call.order)
        if row.state == RefundState.FAILED and take(session, row.taking, row.fulfilment, row.minor):
            row.state = RefundState.REQUESTED.value
    session.flush()
    return bool(mine)


def ask_part(session: Session, call: Call, n: int, taking: TakingRow, minor: int) -> None:
    """Claim `minor` of a taking, as the `n`th request of the call; nothing where so much is not left."""
    refuse_disputed(session, call.order)
    if not take(session, taking.gateway_object, taking.fulfilment, minor):
        return
    row = {
        "key": call.key if n == 1 else part_of(call.key, str(n)),
        "call": call.key,
        "order": call.order,
        "return_id": call.returned,
        "fulfilment": taking.fulfilment,
        "taking": taking.gateway_object,
        "account": taking.account,
        "minor": minor,
        "currency": taking.currency,
        "state": RefundState.REQUESTED.value,
        "at": call.now,
    }
    insert_new(session, RefundRow, row)


def take(session: Session, taking: str, fulfilment: str, minor: int) -> bool:
    """Claim so much of a taking; False, and nothing is claimed, where it is not left."""
    enough = _taking(taking, fulfilment).where(col(TakingRow.minor) - col(TakingRow.asked) >= minor)
    return _run(session, enough.values(asked=col(TakingRow.asked) + minor)) == 1


def _assign(session: Session, entry: Entry, amount: Money) -> None:
    """Move money paid ahead to the entry's fulfilment."""
    due = amount.minor
    for taking in left_of(session, _ahead(entry.order)):
        part = min(due, taking.minor - taking.asked)
        enough = _taking(taking.gateway_object, "").where(
            col(TakingRow.minor) - col(TakingRow.asked) >= part
        )
        if _run(session, enough.values(minor=col(TakingRow.minor) - part)):
            money = Money(part, amount.currency)
            _add(session, entry, taking.gateway_object, Account(taking.account), money)
            due -= part
    if due:
        raise DatabaseUnavailable(f"The money of order {entry.order} is on the move; trying again.")


def _add(session: Session, entry: Entry, object: str, account: Account, amount: Money) -> None:
    row = {
        "gateway_object": object,
        "fulfilment": entry.fulfilment,
        "order": entry.order,
        "account": account.value,
        "minor": amount.minor,
        "asked": 0,
        "currency": amount.currency,
    }
    if not insert_new(session, TakingRow, row):
        more = _taking(object, entry.fulfilment)
        _run(session, more.values(minor=col(TakingRow.minor) + amount.minor))


def _ahead(order: str) -> SelectOfScalar[TakingRow]:
    return select(TakingRow).where(TakingRow.order == order, TakingRow.fulfilment == "")


def left_of(session: Session, wanted: SelectOfScalar[TakingRow]) -> list[TakingRow]:
    """Those with something left: what was taken last goes back first, so a voucher after the card."""
    some = wanted.where(TakingRow.minor > TakingRow.asked)
    ordered = some.order_by(col(TakingRow.fulfilment), col(TakingRow.gateway_object))
    rows = list(session.exec(ordered, execution_options={"populate_existing": True}))
    return sorted(rows, key=_last_first(session, rows)) if len(rows) > 1 else rows


def _last_first(session: Session, rows: Sequence[TakingRow]) -> Callable[[TakingRow], tuple[str, int]]:
    first = func.min(PostingRow.id)
    named = col(PostingRow.gateway_object).in_({row.gateway_object for row in rows})
    taken = select(PostingRow.gateway_object, first).where(named, PostingRow.kind == Kind.CAPTURED.value)
    at = dict(session.exec(taken.group_by(col(PostingRow.gateway_object))).all())
    return lambda row: (row.fulfilment, -(at.get(row.gateway_object) or 0))


def _unpaid_parcels(session: Session, order: str) -> int:
    """What parcels that have left were not captured for, in minor units."""
    left = select(FulfilmentRow).where(
        FulfilmentRow.order == order, col(FulfilmentRow.state).in_(HAVE_LEFT)
    )
    parcels = {row.id: row.total_minor for row in session.exec(left)}
    taken = select(func.sum(TakingRow.minor)).where(
        TakingRow.order == order, col(TakingRow.fulfilment).in_(parcels)
    )
    return max(sum(parcels.values()) - int(session.exec(taken).one() or 0), 0)


def _requests(session: Session, call: Call) -> list[RefundRow]:
    wanted = select(RefundRow).where(RefundRow.call == call.key).order_by(col(RefundRow.key))
    return list(session.exec(wanted, execution_options={"populate_existing": True}))


def _request(row: RefundRow) -> RefundRequest:
    amount, state = Money(row.minor, row.currency), RefundState(row.state)
    return RefundRequest(
        row.key, row.order, row.fulfilment, row.taking, Account(row.account), amount, state
    )


def _received_into(session: Session, object: str) -> Account:
    came = select(PostingRow.account).where(
        PostingRow.gateway_object == object,
        PostingRow.kind == Kind.RECEIVED.value,
        PostingRow.account != Account.CUSTOMER.value,
    )
    return Account(session.exec(came).one())


def _taking(object: str, fulfilment: str) -> Update:
    return update(TakingRow).where(
        col(TakingRow.gateway_object) == object, col(TakingRow.fulfilment) == fulfilment
    )


def _of(order: str, account: Account) -> Update:
    return update(TakingRow).where(col(TakingRow.order) == order, col(TakingRow.account) == account.value)


def _run(session: Session, change: Update) -> int:
    return session.connection().execute(change).rowcount
