"""What the payment gateway told us: kept once, looked at in turn, again while its object is unknown."""

from datetime import datetime

from sqlmodel import Session, col, select

from adapters.database.payment.hearing import hear
from adapters.database.tables.hooks import GatewayNewsRow
from adapters.database.waiting_news import GIVEN_UP_AFTER, WaitingNews
from domain.gateway_news import GatewayNews, NewsKind
from domain.money import Money

__all__ = ["GIVEN_UP_AFTER", "NewsBook"]


class NewsBook(WaitingNews[GatewayNewsRow]):
    rows = GatewayNewsRow
    sender = "the payment gateway"

    def keep(self, news: GatewayNews, now: datetime) -> bool:
        """Keep a message; False when it was kept before."""
        row = {
            "id": f"{news.gateway}:{news.id}",
            "gateway": news.gateway,
            "kind": news.kind.value,
            "object": news.object,
            "about": news.about,
            "order": news.order,
            "key": news.key,
            "minor": news.amount.minor,
            "currency": news.amount.currency,
            "state": news.state,
            "why": news.why,
            "due": news.due,
            "at": news.at,
        }
        return self._keep(row, now)

    def latest(self, gateway: str) -> datetime | None:
        """When the newest of the gateway's messages was sent."""
        with self.read() as session:
            newest = select(GatewayNewsRow.at).where(GatewayNewsRow.gateway == gateway)
            return session.exec(newest.order_by(col(GatewayNewsRow.at).desc()).limit(1)).first()

    def _hear(self, session: Session, row: GatewayNewsRow, now: datetime) -> str:
        return hear(session, _news(row), now)


def _news(row: GatewayNewsRow) -> GatewayNews:
    return GatewayNews(
        id=row.id.removeprefix(f"{row.gateway}:"),
        gateway=row.gateway,
        kind=NewsKind(row.kind),
        object=row.object,
        about=row.about,
        order=row.order,
        key=row.key,
        amount=Money(row.minor, row.currency),
        state=row.state,
        at=row.at,
        why=row.why,
        due=row.due,
    )
