"""Our ledger against the simulated gateway's own books, object by object (M2, M4)."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, case, func, or_, select, true, union_all
from sqlmodel import Session

from adapters.database.payment.fees import whose_fees
from adapters.database.tables.money import AttemptRow, PostingRow, SimAuthorization, SimCapture, SimRefund
from adapters.database.tables.orders import PlacedOrder
from adapters.database.tables.returns import ReturnRow
from adapters.database.upsert import table_of
from adapters.payment.gateway import Authorization, Capture, Fee, Made, Refund
from domain.attempt import AttemptState, base_of
from domain.money import Money
from domain.posting import Account, Kind
from domain.reconcile import Difference

ORDERS = table_of(PlacedOrder).c
POSTINGS = table_of(PostingRow).c
ATTEMPTS = table_of(AttemptRow).c
HELD = table_of(SimAuthorization).c
CAPTURED = table_of(SimCapture).c
REFUNDED = table_of(SimRefund).c
RETURNS = table_of(ReturnRow).c
KEPT = "kept as a fee"
# As many ids as every database takes in one question.
AT_ONCE = 500
FEES_ARE_READ_WITHIN = timedelta(days=1)
UNCLEAR = (AttemptState.ASKED.value, AttemptState.UNKNOWN.value)


def gateway_differences(session: Session, now: datetime) -> Iterator[Difference]:
    """
    What the gateway and our ledger disagree on.

    What a running order, or a return of it, has asked and not heard of yet is left out: its step is
    tried again, or has become an incident.
    """
    came = _booked([Kind.CAPTURED, Kind.RECEIVED], Account.GATEWAY, 1)
    went = _booked([Kind.REFUNDED], Account.GATEWAY, -1)
    held = _booked(list(Kind), Account.HELD, 1)
    left = case((HELD.closed_at.is_not(None), 0), else_=HELD.minor - HELD.captured)
    # What has expired is held nowhere, whether or not our books have let it go yet.
    stands = or_(HELD.expires_at > now, HELD.expires_at.is_(None))
    yield from _compare(session, "captured", CAPTURED, CAPTURED.minor, came)
    yield from _compare(session, "refunded", REFUNDED, REFUNDED.minor, went)
    yield from _compare(session, "held", HELD, left, held, stands)
    yield from _compare(session, KEPT, CAPTURED, CAPTURED.fee, _booked([Kind.FEE], Account.FEES, 1))


def twice_or_for_nobody(session: Session) -> Iterator[Difference]:
    """One question may leave one object with the gateway, and it belongs to an order of ours."""
    made = union_all(*(select(c.order, c.key) for c in (HELD, CAPTURED, REFUNDED))).subquery()
    keys = session.execute(select(made.c.order, made.c.key).where(made.c.key != ""))
    bases = Counter((order, base_of(key)[0]) for order, key in keys)
    yield from _twice(bases)
    strangers = select(made.c.order).where(made.c.order.not_in(select(ORDERS.number))).distinct()
    yield from map(_stranger, session.scalars(strangers))


def _twice(bases: Mapping[tuple[str, str], int]) -> Iterator[Difference]:
    for (order, base), count in bases.items():
        if count > 1:
            said = f"The gateway did one thing {count} times ({base})."
            yield Difference("M4", order, said, "Void or refund all but one at the gateway.")


def _stranger(order: str) -> Difference:
    said = "The gateway has a payment for an order that is not here."
    return Difference("M4", order, said, "Find out which order it was meant for, or give it back.")


def record_differences(
    session: Session, made: Sequence[Made], since: datetime, now: datetime
) -> Iterator[Difference]:
    """As the two above, for a gateway whose books are elsewhere: `made` is all that it made since then."""
    asking = set(session.scalars(_still_asking()))
    kinds = [Kind.REFUNDED, Kind.REFUND_FAILED]
    for what, theirs, booked in (
        ("captured", _figures(made, Capture), _booked([Kind.CAPTURED, Kind.RECEIVED], Account.GATEWAY, 1)),
        ("refunded", _figures(made, Refund), _booked(kinds, Account.GATEWAY, -1)),
        ("held", _figures(made, Authorization, now), _booked(list(Kind), Account.HELD, 1)),
    ):
        ours = _ours(session, booked, theirs, since)
        for id, (order, has) in theirs.items():
            nothing = order, Money(0, has.currency)
            here = ours.pop(id, nothing)[1]
            if here != has and order not in asking:
                yield _apart(order, id, what, has, here)
        for id, (order, here) in ours.items():
            if here.minor and order not in asking and what != "held":
                yield _apart(order, id, what, Money(0, here.currency), here)
    yield from _twice(Counter((each.order, base_of(each.key)[0]) for each in made if each.key))
    known = set(session.scalars(select(ORDERS.number).where(ORDERS.number.in_([m.order for m in made]))))
    yield from map(_stranger, sorted({each.order for each in made} - known))


def fee_differences(
    session: Session, fees: Sequence[Fee], since: datetime, now: datetime
) -> Iterator[Difference]:
    """
    The same of all `fees` that it kept since then: what it kept for others is none of ours, and what it
    kept just now may not have been read yet.
    """
    whose = whose_fees(session, fees)
    booked = _ours(session, _booked([Kind.FEE], Account.FEES, 1), [fee.id for fee in fees], since)
    for fee in fees:
        order, here = booked.pop(fee.id, ("", Money(0, fee.amount.currency)))
        young = fee.at is not None and fee.at > now - FEES_ARE_READ_WITHIN
        if here != fee.amount and fee.about in whose and (order or not young):
            yield _apart(whose[fee.about].order, fee.id, KEPT, fee.amount, here)
    for id, (order, here) in booked.items():
        yield _apart(order, id, KEPT, Money(0, here.currency), here)


def _figures(
    made: Sequence[Made], kind: type[Made], now: datetime | None = None
) -> dict[str, tuple[str, Money]]:
    """Id -> its order, and what it comes to; of a refund once it is there, of a hold while it stands."""
    found: dict[str, tuple[str, Money]] = {}
    for each in made:
        if not isinstance(each, kind):
            continue
        if isinstance(each, Authorization):
            if now is not None and each.expires_at is not None and each.expires_at <= now:
                continue
            found[each.id] = each.order, each.left
        elif not isinstance(each, Refund) or each.state == "confirmed":
            found[each.id] = each.order, each.amount
    return found


def _ours(
    session: Session, booked: Subquery, named: Collection[str], since: datetime
) -> dict[str, tuple[str, Money]]:
    """What was booked of the objects named, and of others that may be no older than that."""
    wanted = select(booked.c.id, booked.c.order, booked.c.currency, booked.c.minor)
    first = select(POSTINGS.order).where(POSTINGS.at < since)
    rows = [*session.execute(wanted.where(booked.c.order.not_in(first)))]
    ids = sorted(named)
    for start in range(0, len(ids), AT_ONCE):
        some = ids[start : start + AT_ONCE]
        rows += session.execute(wanted.where(booked.c.id.in_(some)))
    return {id: (order, Money(int(minor), currency)) for id, order, currency, minor in rows}


def _booked(kinds: list[Kind], account: Account, sign: int) -> Subquery:
    """Our figure for each gateway object."""
    object = POSTINGS.hold if account == Account.HELD else POSTINGS.gateway_object
    total = func.sum(POSTINGS.minor) * sign
    names = [kind.value for kind in kinds]
    return (
        select(object.label("id"), POSTINGS.order, POSTINGS.currency, total.label("minor"))
        .where(POSTINGS.account == account.value, POSTINGS.kind.in_(names))
        .group_by(object, POSTINGS.order, POSTINGS.currency)
        .subquery()
    )


def _compare(
    session: Session,
    what: str,
    theirs: Any,
    has: ColumnElement[int],
    booked: Subquery,
    stands: ColumnElement[bool] | None = None,
) -> Iterator[Difference]:
    ours = booked.c
    same = (ours.id == theirs.id) & (ours.currency == theirs.currency)
    both = (
        select(theirs.order, theirs.currency, theirs.id, has, func.coalesce(ours.minor, 0))
        .join_from(theirs.id.table, booked, same, isouter=True)
        .where(has != func.coalesce(ours.minor, 0), theirs.order.not_in(_still_asking()))
        .where(true() if stands is None else stands)
    )
    only_ours = (
        select(ours.order, ours.currency, ours.id, theirs.minor, ours.minor)
        .join_from(booked, theirs.id.table, same, isouter=True)
        .where(theirs.id.is_(None), ours.minor != 0)
    )
    for query in (both, only_ours):
        for order, currency, id, there, here in session.execute(query):
            yield _apart(order, id, what, Money(there or 0, currency), Money(int(here), currency))


def _apart(order: str, id: str, what: str, there: Money, here: Money) -> Difference:
    said = f"{id}: the gateway has {there} {what}, our ledger {here}."
    return Difference("M2", order, said, "Finance compares the two and books the rest.")


def _still_asking() -> Select[Any]:
    """Running orders, and those with a return under way, with a question whose answer is not known."""
    running = select(ORDERS.number).where(ORDERS.ended_at.is_(None))
    returning = select(RETURNS.order).where(RETURNS.ended_at.is_(None))
    asks = ATTEMPTS.order.in_(running) | ATTEMPTS.order.in_(returning)
    return select(ATTEMPTS.order).where(ATTEMPTS.state.in_(UNCLEAR), asks)
