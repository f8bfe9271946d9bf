"""What programs were answered under keys of their own, so that asking again is asking once."""

from datetime import datetime
from typing import Any

from sqlalchemy import delete, update
from sqlmodel import col

from adapters.database.engine import Database
from adapters.database.tables.shops import KeyedAnswerRow
from adapters.database.upsert import insert_new, table_of
from domain.keyed import Keyed


class KeyedAnswers(Database):
    def claim(self, key: str, digest: str, now: datetime) -> Keyed:
        """What stands under the key: a question of this digest, from now on, or the one asked before."""
        row = {"key": key, "digest": digest, "status": 0, "answer": {}, "at": now}
        with self.write() as session:
            if insert_new(session, KeyedAnswerRow, row):
                return Keyed(digest)
            stands = session.get_one(KeyedAnswerRow, key)
            return Keyed(stands.digest, stands.status, stands.answer)

    def answered(self, key: str, status: int, answer: dict[str, Any]) -> None:
        """The first answer stands."""
        mine = col(KeyedAnswerRow.key) == key, col(KeyedAnswerRow.status) == 0
        change = update(table_of(KeyedAnswerRow)).where(*mine).values(status=status, answer=answer)
        with self.write() as session:
            session.connection().execute(change)

    def give_up(self, key: str) -> None:
        """Nothing came of it: the key may be used for something else."""
        mine = col(KeyedAnswerRow.key) == key, col(KeyedAnswerRow.status) == 0
        with self.write() as session:
            session.connection().execute(delete(table_of(KeyedAnswerRow)).where(*mine))
