"""The simulated gateway's own books, as they stand within one transaction."""

from datetime import datetime
from typing import TypeVar

from pydantic import TypeAdapter
from sqlalchemy import Update, update
from sqlmodel import Session, SQLModel, col, select

from adapters.database.tables.money import (
    SimAnswer,
    SimAuthorization,
    SimCapture,
    SimMisbehaviour,
    SimRefund,
)
from adapters.database.upsert import insert_new
from adapters.payment.gateway import Authorization, Capture, Fee, Made, Refund
from domain.money import Money

_MADE: TypeAdapter[Made] = TypeAdapter(Made)
Row = TypeVar("Row", bound=SQLModel)


def written(answer: Made) -> str:
    return _MADE.dump_json(answer).decode()


def read(answer: str) -> Made:
    return _MADE.validate_json(answer)


class Books:
    """Rows in and out; what may be done is decided in adapters/payment/simulated.py."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def claim(self, key: str, order: str, asked: str, at: datetime) -> SimAnswer | None:
        """
        Write down what is being asked under `key`; answers with what was kept there before.

        A second caller waits here until the first has its answer.
        """
        row = {"key": key, "order": order, "asked": asked, "error": "", "answer": "", "at": at}
        if insert_new(self._session, SimAnswer, row):
            return None
        return self._one(SimAnswer, key)

    def keep(self, key: str, error: str, answer: str) -> None:
        self._run(update(SimAnswer).where(col(SimAnswer.key) == key).values(error=error, answer=answer))

    def forget(self, key: str, before: datetime) -> None:
        """A key older than `before` is pruned."""
        row = self._one(SimAnswer, key)
        if row is not None and row.at <= before:
            self._session.delete(row)
            self._session.flush()

    def authorization(self, id: str, now: datetime) -> Authorization | None:
        row = self._one(SimAuthorization, id)
        return None if row is None else _authorization(row, now)

    def capture(self, id: str) -> Capture | None:
        row = self._one(SimCapture, id)
        return None if row is None else _capture(row)

    def made_under(self, order: str, key: str, now: datetime) -> Made | None:
        """What exists with this order and key in its metadata."""
        held = self._labelled(SimAuthorization, order, key)
        if held is not None:
            return _authorization(held, now)
        taken = self._labelled(SimCapture, order, key)
        if taken is not None:
            return _capture(taken)
        given = self._labelled(SimRefund, order, key)
        return None if given is None else _refund(given)

    def token(self, id: str) -> str:
        """The card behind an authorisation or a capture."""
        row = self._one(SimAuthorization, id) or self._one(SimCapture, id)
        return "" if row is None else row.token

    def add(self, made: Made, token: str = "") -> None:
        """Write down what was made; what exists under its id stays as it is."""
        row = {
            "id": made.id,
            "order": made.order,
            "key": made.key,
            "minor": made.amount.minor,
            "currency": made.amount.currency,
        }
        if isinstance(made, Authorization):
            row |= {"token": token, "captured": 0, "expires_at": made.expires_at}
            insert_new(self._session, SimAuthorization, row)
        elif isinstance(made, Capture):
            fee = made.fee.amount.minor if made.fee else 0
            row |= {"token": token, "refunded": 0, "authorization": made.authorization, "fee": fee}
            insert_new(self._session, SimCapture, row)
        else:
            insert_new(self._session, SimRefund, row | {"capture": made.capture})

    def take(self, authorization: str, amount: Money) -> bool:
        """Count `amount` as captured, if that much is left."""
        left = col(SimAuthorization.minor) - col(SimAuthorization.captured)
        change = update(SimAuthorization).where(
            col(SimAuthorization.id) == authorization,
            col(SimAuthorization.currency) == amount.currency,
            col(SimAuthorization.closed_at).is_(None),
            left >= amount.minor,
        )
        return self._run(change.values(captured=col(SimAuthorization.captured) + amount.minor)) == 1

    def close(self, authorization: str, at: datetime) -> None:
        change = update(SimAuthorization).where(col(SimAuthorization.id) == authorization)
        self._run(change.values(closed_at=at))

    def give_back(self, capture: str, amount: Money) -> bool:
        """Count `amount` as refunded, if that much of the capture is left."""
        left = col(SimCapture.minor) - col(SimCapture.refunded)
        change = update(SimCapture).where(
            col(SimCapture.id) == capture,
            col(SimCapture.currency) == amount.currency,
            left >= amount.minor,
        )
        return self._run(change.values(refunded=col(SimCapture.refunded) + amount.minor)) == 1

    def misbehave(self, order: str, op: str, how: str, left: int, until: datetime | None = None) -> None:
        self._session.add(SimMisbehaviour(order=order, op=op, how=how, left=left, until=until))
        self._session.flush()

    def misbehaviour(self, order: str, op: str) -> str:
        """How this call is to misbehave, empty for not at all; the call is counted."""
        row = self._session.exec(
            select(SimMisbehaviour)
            .where(SimMisbehaviour.order == order, SimMisbehaviour.op == op, SimMisbehaviour.left > 0)
            .order_by(col(SimMisbehaviour.id))
        ).first()
        if row is None:
            return ""
        row.left -= 1
        self._session.flush()
        return row.how

    def outage(self, order: str) -> datetime | None:
        """Until when the gateway is down for this order, if it is to be."""
        ends = select(SimMisbehaviour.until).where(SimMisbehaviour.order == order)
        return self._session.exec(ends.where(col(SimMisbehaviour.until).is_not(None))).first()

    def _one(self, model: type[Row], id: str) -> Row | None:
        return self._session.get(model, id, populate_existing=True)

    def _labelled(self, model: type[Row], order: str, key: str) -> Row | None:
        wanted = select(model).where(col(model.order) == order, col(model.key) == key)  # type: ignore[attr-defined]  # the three tables that carry metadata
        return self._session.exec(wanted, execution_options={"populate_existing": True}).first()

    def _run(self, change: Update) -> int:
        return self._session.connection().execute(change).rowcount


def _authorization(row: SimAuthorization, now: datetime) -> Authorization:
    over = row.closed_at is not None or row.expires_at <= now
    return Authorization(
        id=row.id,
        order=row.order,
        key=row.key,
        amount=Money(row.minor, row.currency),
        captured=Money(row.captured, row.currency),
        released=Money(row.minor - row.captured if over else 0, row.currency),
        expires_at=row.expires_at,
    )


def _capture(row: SimCapture) -> Capture:
    amount = Money(row.minor, row.currency)
    fee = Fee(row.id, row.id, Money(row.fee, row.currency)) if row.fee else None
    return Capture(row.id, row.order, row.key, amount, row.authorization, fee)


def _refund(row: SimRefund) -> Refund:
    return Refund(row.id, row.order, row.key, Money(row.minor, row.currency), row.capture)
