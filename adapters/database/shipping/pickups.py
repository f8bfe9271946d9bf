"""Pickup codes: given once, told to the customer alone, and typed in at the counter."""

import hmac
import secrets
from collections.abc import Callable

from sqlmodel import Session, col, select

from adapters.database.engine import Database
from adapters.database.results import store_result, stored_result
from adapters.database.tables.journal import ActRow
from adapters.database.tables.pickup import PickupCodeRow
from adapters.database.upsert import insert_new
from domain.act import ActKind, Outcome
from domain.errors import WrongCode
from domain.step import Call, StepResult

DIGITS = 6
FIELD = "code"


def six_digits() -> str:
    return f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"


def pickup_code(session: Session, fulfilment: str) -> str:
    """The code of a fulfilment; empty when it has none."""
    row = session.get(PickupCodeRow, fulfilment)
    return row.code if row else ""


class Pickups(Database):
    """`dice` makes the codes."""

    def __init__(self, url: str, dice: Callable[[], str] = six_digits) -> None:
        super().__init__(url)
        self._dice = dice

    def code(self, call: Call) -> StepResult:
        """Give the fulfilment a code, once; one that it has stays."""
        with self.write() as session:
            row = {"fulfilment": call.lane, "code": self._dice(), "issued_at": call.now}
            insert_new(session, PickupCodeRow, row)
            return store_result(session, call.key, StepResult(said="A code was given out."))

    def check(self, call: Call) -> StepResult:
        """
        Compare the code that the counter typed in last with the one that the customer was given.

        :raises WrongCode: it is another, or there is none.
        """
        with self.read() as session:
            stands = stored_result(session, call.key)
            if stands is not None:
                return stands
            code, typed = pickup_code(session, call.lane), _typed(session, call)
        if not code or not hmac.compare_digest(code.encode(), typed.encode()):
            raise WrongCode(f"The code typed in for {call.lane} is not the customer's.")
        with self.write() as session:
            return store_result(session, call.key, StepResult(said="The code is right."))

    def shown(self, fulfilment: str) -> str:
        """What stands in the customer's mail; empty when no code was given out."""
        with self.read() as session:
            return pickup_code(session, fulfilment)


def _typed(session: Session, call: Call) -> str:
    """Of the last answer that was not refused."""
    wanted = (
        select(ActRow.texts)
        .where(ActRow.order == call.order, ActRow.kind == ActKind.ANSWER.value)
        .where(col(ActRow.target).startswith(f"{call.lane}.", autoescape=True))
        .where(ActRow.outcome != Outcome.REFUSED.value)
        .order_by(col(ActRow.seq).desc())
    )
    typed = (texts[FIELD] for texts in session.exec(wanted) if FIELD in texts)
    return "".join(next(typed, "").split())
