"""What web shops did with the money of orders, in our books."""

from datetime import datetime

from adapters.database.engine import Database
from adapters.database.order.acts import lock_order
from adapters.database.payment.ledger import post
from adapters.database.payment.money_incidents import open_money_incident
from adapters.database.shop.refunds import SHOP, given_back
from domain.web_shop import ShopRefund


class ShopMoney(Database):
    def given_back(self, shop: str, number: str, refund: ShopRefund, now: datetime) -> str:
        """
        Book what the shop itself gave back, once; where it cannot be booked, finance is told. Says what
        came of it.

        :raises NotFound: no such order.
        """
        with self.write() as session:
            return given_back(session, post, shop, number, refund, now)

    def tell(self, number: str, what: str, title: str, said: str, role: str, now: datetime) -> None:
        """
        A person of `role` has to see to this, once for each `what`.

        :raises NotFound: no such order.
        """
        with self.write() as session:
            lock_order(session, number)
            open_money_incident(session, number, what, title, said, now, role=role, by=SHOP)
