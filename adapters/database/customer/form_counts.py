"""How many forms customers send, counted by all processes together."""

from datetime import datetime, timedelta

from sqlalchemy import Insert, case, delete
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import col, select

from adapters.database.engine import Database
from adapters.database.tables.counted import FormCountRow
from adapters.database.upsert import table_of


class FormCounts(Database):
    def count(self, order: str, at: datetime, window: timedelta) -> int:
        """
        One more; the how manyth it is of those within a `window` that begins with the first of them. What
        was counted before is forgotten.
        """
        with self.write() as session:
            times: int = session.connection().execute(self._one_more(order, at, at - window)).scalar_one()
            if times == 1:
                # Those that another process is at are left to it.
                over = select(FormCountRow.order).where(col(FormCountRow.since) <= at - window)
                old = session.exec(over.with_for_update(skip_locked=True)).all()
                session.connection().execute(delete(FormCountRow).where(col(FormCountRow.order).in_(old)))
            return times

    def _one_more(self, order: str, at: datetime, over: datetime) -> Insert:
        of = postgresql.insert if self.engine.dialect.name == "postgresql" else sqlite.insert
        stands, row = table_of(FormCountRow).c, {"order": order, "since": at, "times": 1}
        anew = stands.since <= over
        one_more = {
            "since": case((anew, at), else_=stands.since),
            "times": case((anew, 1), else_=stands.times + 1),
        }
        told = of(table_of(FormCountRow)).values(row)
        return told.on_conflict_do_update(index_elements=["order"], set_=one_more).returning(stands.times)
