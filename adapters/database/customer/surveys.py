"""What customers answered after delivery, as rows."""

from datetime import datetime

from adapters.database.engine import Database
from adapters.database.order.acts import lock_order
from adapters.database.tables.survey import SurveyRow
from domain.errors import ActRefused
from domain.survey import Survey


class Surveys(Database):
    def given(self, order: str) -> Survey | None:
        """What its customer answered; None for nothing yet."""
        with self.read() as session:
            row = session.get(SurveyRow, order)
        return None if row is None else _survey(row)

    def give(self, order: str, score: int, words: str, now: datetime) -> None:
        """
        Keep an answer, or write it over the one of before.

        :raises NotFound: no such order.
        :raises ActRefused: the one of before is no longer to be changed.
        """
        with self.write() as session:
            lock_order(session, order)
            row = session.get(SurveyRow, order)
            if row is None:
                row = SurveyRow(order=order, score=score, words=words, at=now, changed_at=now)
            elif not _survey(row).is_open(now):
                raise ActRefused(f"Order {order}: the answer of its customer stands.")
            row.score, row.words, row.changed_at = score, words, now
            session.add(row)


def _survey(row: SurveyRow) -> Survey:
    return Survey(row.order, row.score, row.words, row.at, row.changed_at)
