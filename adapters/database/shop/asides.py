"""What was put aside of an order that has come meanwhile."""

from datetime import datetime

from sqlalchemy import ColumnElement, update
from sqlmodel import Session, col, select

from adapters.database.tables.shops import ShopMessageRow
from domain.web_shop import MessageState


def is_aside(session: Session, shop: str, theirs: str) -> bool:
    return session.exec(select(ShopMessageRow.id).where(*_about(shop, theirs)).limit(1)).first() is not None


def look_again(session: Session, shop: str, theirs: str, at: datetime) -> None:
    """Messages in quarantine about this order are looked at once more: most are over by now."""
    if is_aside(session, shop, theirs):
        waits = {"state": MessageState.WAITING.value, "next_at": at, "tries": 0}
        session.connection().execute(update(ShopMessageRow).where(*_about(shop, theirs)).values(**waits))


def _about(shop: str, theirs: str) -> tuple[ColumnElement[bool], ...]:
    aside = col(ShopMessageRow.state) == MessageState.QUARANTINED.value
    return col(ShopMessageRow.shop) == shop, col(ShopMessageRow.theirs) == theirs, aside
