"""`orders return`: goods that come back."""

from typing import Annotated

from typer import Argument, Option

from domain.act import ActResult
from domain.returns import Claim
from starter.cli.asking import new_id, opened
from starter.cli.options import AsJson, By, Reason
from starter.cli.shop import OpenShop
from starter.clock import now
from starter.exchanging import instead_of, with_exchange
from starter.returning import Wish, goods_of, prepare_return


def return_(
    number: Annotated[str, Argument(help="The order's number.")],
    line: Annotated[
        list[str], Option("--line", metavar="SKU=QTY", help="What comes back; may be repeated.")
    ],
    reason: Reason,
    claim: Annotated[
        Claim, Option(case_sensitive=False, help="What was wrong with it; nothing has to come back then.")
    ] = Claim.NONE,
    exchange: Annotated[
        list[str] | None,
        Option(
            "--exchange",
            metavar="SKU=QTY[@PRICE]",
            help="What goes out instead, once it is here; with its price, where it was not bought.",
        ),
    ] = None,
    by: By = "",
    role: Annotated[str, Option(help="As what.")] = "",
    id: Annotated[str, Option(metavar="FORM_ID", help="The same id twice is one return.")] = "",
    as_json: AsJson = False,
) -> None:
    """Open a return or an exchange, and tell the customer how to send it back."""
    form = id or new_id()

    async def ask(shop: OpenShop) -> tuple[str, ActResult]:
        known = shop.book.return_form(form)
        if known:
            return known, await shop.orders.begin_return(known)
        wish = Wish(number, goods_of(line), claim, reason, by, role, form)
        asked = prepare_return(wish, shop.book, shop.shelf, shop.config.returns, now())
        if exchange:
            titles = {row.sku: row.title for row in shop.stock_room.list()}
            wanted = instead_of(exchange)
            asked = with_exchange(asked, wanted, shop.book, shop.shelf, shop.config, titles)
        return await shop.orders.open_return(asked)

    opened(ask, "return", "Return {} (this is its RMA number)", as_json=as_json)
