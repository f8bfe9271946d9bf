"""The `v{n}` of each gateway key: which one may be asked under now, and what is known of it."""

from datetime import datetime

from sqlalchemy import update
from sqlmodel import Session, col, select

from adapters.database.order.listed import changed
from adapters.database.tables.money import AttemptRow
from adapters.database.upsert import insert_new
from domain.attempt import Attempt, AttemptState, base_of, seq_of
from domain.money import Money


def latest_attempt(
    session: Session, order: str, base: str, target: str, amount: Money, now: datetime
) -> Attempt:
    """
    The attempt to go on with: the last one, as it was asked, unless that is over; else a new one.

    Writing it down before the gateway is asked is what makes a second try use the same key and amount.
    """
    last = _last(session, base)
    if last is not None and not AttemptState(last.state).is_over:
        return _attempt(last)
    row = {
        "base": base,
        "n": 1 if last is None else last.n + 1,
        "order": order,
        "state": AttemptState.ASKED.value,
        "target": target,
        "minor": amount.minor,
        "currency": amount.currency,
        "gateway_object": "",
        "at": now,
    }
    insert_new(session, AttemptRow, row)
    made = _last(session, base)
    assert made is not None
    return _attempt(made)


def open_attempt(session: Session, base: str) -> Attempt | None:
    """What was asked under `base` and may have been done."""
    last = _last(session, base)
    return None if last is None or AttemptState(last.state).is_over else _attempt(last)


def unsettled_attempts(session: Session, order: str, seq: str) -> tuple[Attempt, ...]:
    """What was asked by calls of `seq` (`O` for the order, `F1`) and never answered, oldest first."""
    open_ = (AttemptState.ASKED.value, AttemptState.UNKNOWN.value)
    wanted = select(AttemptRow).where(AttemptRow.order == order, col(AttemptRow.state).in_(open_))
    rows = session.exec(wanted.order_by(col(AttemptRow.at), col(AttemptRow.base)))
    return tuple(_attempt(row) for row in rows if seq_of(row.base) == seq)


def attempts_of(session: Session, order: str) -> tuple[Attempt, ...]:
    """Everything the order's calls asked of a gateway, oldest first."""
    wanted = select(AttemptRow).where(AttemptRow.order == order)
    rows = session.exec(wanted.order_by(col(AttemptRow.at), col(AttemptRow.base), col(AttemptRow.n)))
    return tuple(_attempt(row) for row in rows)


def mark_attempt(session: Session, attempt: Attempt, state: AttemptState) -> None:
    """Write down what is known of it; one that is done stays done."""
    change = update(AttemptRow).where(
        col(AttemptRow.base) == attempt.base,
        col(AttemptRow.n) == attempt.n,
        col(AttemptRow.state) != AttemptState.DONE.value,
    )
    asked = change.values(state=state.value).returning(col(AttemptRow.order))
    for order in session.connection().execute(asked).scalars():
        changed(session, order)


def attempt_done(session: Session, key: str, gateway_object: str) -> None:
    """`gateway_object` came of the attempt with this key, if there was one."""
    base, n = base_of(key)
    change = update(AttemptRow).where(col(AttemptRow.base) == base, col(AttemptRow.n) == n)
    session.connection().execute(
        change.values(state=AttemptState.DONE.value, gateway_object=gateway_object)
    )


def _last(session: Session, base: str) -> AttemptRow | None:
    wanted = select(AttemptRow).where(AttemptRow.base == base).order_by(col(AttemptRow.n).desc())
    return session.exec(wanted.limit(1), execution_options={"populate_existing": True}).first()


def _attempt(row: AttemptRow) -> Attempt:
    amount = Money(row.minor, row.currency)
    return Attempt(row.base, row.n, AttemptState(row.state), row.target, amount, row.at)
