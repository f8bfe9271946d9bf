"""Filters of the list of orders that people keep for themselves."""

from collections.abc import Sequence

from sqlalchemy import delete, func
from sqlmodel import Session, col, select

from adapters.database.tables.accounts import SavedViewRow
from adapters.database.upsert import put_all
from domain.errors import ActRefused

MOST = 30


def saved_views(session: Session, account: str) -> Sequence[tuple[str, str]]:
    """Name and query of each of theirs, by name."""
    mine = select(SavedViewRow.name, SavedViewRow.query).where(SavedViewRow.account == account)
    return list(session.exec(mine.order_by(col(SavedViewRow.name))))


def save_view(session: Session, account: str, name: str, query: str) -> None:
    """
    Under this name, over one that stands there.

    :raises ActRefused: they have so many that another is lost among them.
    """
    mine = select(func.count()).select_from(SavedViewRow).where(SavedViewRow.account == account)
    if session.exec(mine.where(SavedViewRow.name != name)).one() >= MOST:
        raise ActRefused(f"You keep {MOST} views already; let go of one first.")
    put_all(session, SavedViewRow, [{"account": account, "name": name, "query": query}])


def drop_view(session: Session, account: str, name: str) -> None:
    mine = col(SavedViewRow.account) == account, col(SavedViewRow.name) == name
    session.connection().execute(delete(SavedViewRow).where(*mine))
