"""Steps that stopped and ask for a person."""

from sqlmodel import Session, col, select

from adapters.database.tables.journal import IncidentRow
from domain.errors import NotFound
from domain.view import IncidentView


def open_incidents(session: Session, order: str = "") -> tuple[IncidentView, ...]:
    """Of one order, or of all when `order` is empty; the most urgent first."""
    wanted = select(IncidentRow).where(col(IncidentRow.closed_at).is_(None))
    if order:
        wanted = wanted.where(IncidentRow.order == order)
    due = col(IncidentRow.due).asc().nulls_last()
    rows = session.exec(wanted.order_by(due, col(IncidentRow.since), col(IncidentRow.id)))
    return tuple(incident_view(row) for row in rows)


def open_incident(session: Session, id: str) -> IncidentView:
    """:raises NotFound: no such open incident."""
    wanted = select(IncidentRow).where(IncidentRow.id == id, col(IncidentRow.closed_at).is_(None))
    row = session.exec(wanted).first()
    if row is None:
        raise NotFound(f"There is no open incident {id}.")
    return incident_view(row)


def incident_view(row: IncidentRow) -> IncidentView:
    """As people see it."""
    return IncidentView(
        id=row.id,
        order=row.order,
        lane=row.lane,
        step=row.step,
        title=row.title,
        what=row.what,
        role=row.role,
        since=row.since,
        due=row.due,
        may_skip=tuple(row.may_skip),
    )
