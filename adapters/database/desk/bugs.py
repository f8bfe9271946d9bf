"""Incidents of the program itself: orders that stand still until it is mended."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

from sqlalchemy import update
from sqlmodel import Session, col, select

from adapters.database.engine import Database
from adapters.database.tables.journal import ActRow, IncidentRow
from adapters.database.tables.orders import PlacedOrder

# It stopped at none of its flow's steps.
NO_STEP = ""
TITLE = "The program itself"
ROLE = "ops"


class Found(Protocol):
    """A bug that stopped `lane`: an order, or a return of it."""

    @property
    def id(self) -> str: ...

    @property
    def order(self) -> str: ...

    @property
    def lane(self) -> str: ...

    @property
    def what(self) -> str: ...

    @property
    def since(self) -> datetime: ...


class Bugs(Database):
    def open_bugs(self) -> Sequence[str]:
        """The lanes that stand still."""
        still = col(IncidentRow.closed_at).is_(None)
        with self.read() as session:
            return session.exec(select(IncidentRow.lane).where(IncidentRow.step == NO_STEP, still)).all()

    def with_acts(self) -> Collection[str]:
        """Of these lanes, those whose order still has to answer somebody."""
        still = col(IncidentRow.closed_at).is_(None)
        asked = select(ActRow.order).where(ActRow.outcome == "")
        wanted = select(IncidentRow.lane).where(IncidentRow.step == NO_STEP, still)
        with self.read() as session:
            return set(session.exec(wanted.where(col(IncidentRow.order).in_(asked))))

    def found(self, bugs: Sequence[Found], now: datetime) -> None:
        """Open an incident for each. Orders that are not in our books are left to `reconcile`."""
        with self.write() as session:
            ours = {bug.order for bug in bugs if session.get(PlacedOrder, bug.order) is not None}
            for bug in bugs:
                if bug.order in ours:
                    _open(session, bug)

    def mended(self, lanes: Collection[str], now: datetime) -> None:
        """Close the incidents of these lanes: they go on."""
        mine = col(IncidentRow.lane).in_(lanes), col(IncidentRow.step) == NO_STEP
        still = col(IncidentRow.closed_at).is_(None)
        with self.write() as session:
            closed = update(IncidentRow).where(*mine, still).values(closed_at=now, how="mended")
            session.connection().execute(closed)


def _open(session: Session, bug: Found) -> None:
    """One that was mended before is opened again under its id."""
    row = IncidentRow(
        id=bug.id,
        order=bug.order,
        subject=bug.lane,
        lane=bug.lane,
        step=NO_STEP,
        title=TITLE,
        what=bug.what,
        role=ROLE,
        may_skip=[],
        since=bug.since,
    )
    session.merge(row)
