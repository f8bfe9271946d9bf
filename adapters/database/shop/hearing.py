"""What was heard of the orders of web shops, and how far their own lists were read."""

from datetime import datetime

from sqlmodel import col, select

from adapters.database.engine import Database
from adapters.database.shop.asides import is_aside, look_again
from adapters.database.tables.orders import PlacedOrder
from adapters.database.tables.shops import ShopCursorRow, ShopMessageRow, ShopOrderRow
from adapters.database.upsert import put_all
from domain.web_shop import Heard


class ShopHearing(Database):
    def newest(self, shop: str, theirs: str) -> datetime | None:
        """How new the newest is that was settled of an order of theirs."""
        mine = col(ShopMessageRow.shop) == shop, col(ShopMessageRow.theirs) == theirs
        with self.read() as session:
            newest = select(ShopMessageRow.version).where(*mine, col(ShopMessageRow.version).is_not(None))
            return session.exec(newest.order_by(col(ShopMessageRow.version).desc()).limit(1)).first()

    def heard(self, shop: str, theirs: str) -> Heard | None:
        """The order of ours that the shop calls so, and what was heard of it last."""
        with self.read() as session:
            row = session.get(ShopOrderRow, (shop, theirs))
        return None if row is None else Heard(row.order, row.version, row.address, row.goods, row.paid)

    def hear(self, shop: str, theirs: str, heard: Heard) -> None:
        """It is the newest state of it from now on, unless a newer one was heard meanwhile."""
        with self.write() as session:
            row = session.get(ShopOrderRow, (shop, theirs)) or ShopOrderRow(
                shop=shop, theirs=theirs, order=heard.order
            )
            if row.version is None or heard.version is None or row.version <= heard.version:
                row.version = heard.version or row.version
                row.address, row.goods, row.paid = heard.address, heard.goods, heard.paid
                session.add(row)

    def look_again(self, shop: str, theirs: str, at: datetime) -> None:
        """What was put aside of an order may be over: a later message was understood."""
        with self.read() as session:
            # Most often there is none: no need to wait for a turn to write.
            if not is_aside(session, shop, theirs):
                return
        with self.write() as session:
            look_again(session, shop, theirs, at)

    def placed_since(self, order: str, since: datetime) -> bool:
        with self.read() as session:
            kept = session.exec(select(PlacedOrder.kept_at).where(PlacedOrder.number == order)).first()
        return kept is not None and kept >= since

    def read_until(self, shop: str) -> datetime | None:
        """Up to when the shop's list was read."""
        with self.read() as session:
            row = session.get(ShopCursorRow, shop)
        return None if row is None else row.until

    def has_read(self, shop: str, until: datetime, at: datetime) -> None:
        with self.write() as session:
            put_all(session, ShopCursorRow, [{"shop": shop, "until": until, "looked_at": at}])
