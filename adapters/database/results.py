"""What steps answered the first time, so that a second try answers alike."""

from collections.abc import Callable

from pydantic import TypeAdapter
from sqlmodel import Session

from adapters.database.engine import Database
from adapters.database.tables.journal import StepResultRow
from adapters.database.upsert import insert_new
from domain.step import Call, StepResult

_RESULT: TypeAdapter[StepResult] = TypeAdapter(StepResult)


def stored_result(session: Session, key: str) -> StepResult | None:
    """The answer that stands under this key."""
    row = session.get(StepResultRow, key)
    return None if row is None else _RESULT.validate_json(row.answer)


def store_result(session: Session, key: str, result: StepResult) -> StepResult:
    """Keep an answer under its key, and give back the one that stands: an earlier writer's wins."""
    answer = _RESULT.dump_json(result).decode()
    if insert_new(session, StepResultRow, {"key": key, "answer": answer}):
        return _RESULT.validate_json(answer)
    stands = stored_result(session, key)
    assert stands is not None
    return stands


class Results(Database):
    """Answers of steps that have no table of their own."""

    def first(self, call: Call, work: Callable[[], StepResult]) -> StepResult:
        """The stored answer to this call, or that of `work`, which is then stored."""
        with self.read() as session:
            stands = stored_result(session, call.key)
        if stands is not None:
            return stands
        result = work()
        with self.write() as session:
            return store_result(session, call.key, result)
