"""What people have to see to, of an order that may have ended long ago: no step of a flow waits for it."""

from datetime import datetime

from sqlalchemy import update
from sqlmodel import Session, col

from adapters.database.audit_log import tell
from adapters.database.tables.journal import IncidentRow, NoteRow
from adapters.database.upsert import insert_new
from domain.audit import Deed, DeedKind
from domain.errors import ActRefused, NotFound
from domain.gateway_news import MONEY

ROLE = "finance"
BY = "payment gateway"


def open_money_incident(
    session: Session,
    order: str,
    what: str,
    title: str,
    said: str,
    now: datetime,
    due: datetime | None = None,
    *,
    role: str = ROLE,
    by: str = BY,
) -> None:
    """Once for each `what`; the order's timeline tells it too."""
    row = {
        "id": f"{order}.{MONEY}.{what}",
        "order": order,
        "subject": order,
        "lane": order,
        "step": MONEY,
        "title": title,
        "what": said,
        "role": role,
        "may_skip": [role, "admin"],
        "since": now,
        "due": due,
        "closed_at": None,
        "how": "",
        "closed_by": "",
    }
    if insert_new(session, IncidentRow, row):
        session.add(NoteRow(order=order, text=said, by=by, at=now))


def close_money_incident(session: Session, id: str, how: str, by: str, now: datetime) -> bool:
    """False when it is not open."""
    change = update(IncidentRow).where(
        col(IncidentRow.id) == id, col(IncidentRow.step) == MONEY, col(IncidentRow.closed_at).is_(None)
    )
    done = session.connection().execute(change.values(closed_at=now, how=how, closed_by=by))
    return done.rowcount == 1


def settle_money_incident(session: Session, id: str, by: str, why: str, now: datetime) -> None:
    """
    Somebody has seen to it, and says how.

    :raises NotFound: there is none.
    :raises ActRefused: it is settled.
    """
    row = session.get(IncidentRow, id)
    if row is None or row.step != MONEY:
        raise NotFound(f"There is no open incident {id}.")
    if not close_money_incident(session, id, "settled", by, now):
        raise ActRefused(f"{row.title} of order {row.order} was settled before.")
    session.add(NoteRow(order=row.order, text=f"{row.title}: {why}", by=by, at=now))
    tell(session, Deed(now, DeedKind.NOTE, id, what="settled", order=row.order, by=by, why=why))
