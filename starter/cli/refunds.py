"""`orders refund`: money back with nothing coming back for it."""

from typing import Annotated

from typer import Argument, Option

from domain.act import ActResult, Outcome
from starter.cli.asking import new_id, opened
from starter.cli.options import AsJson, By, Reason
from starter.cli.shop import OpenShop
from starter.goodwill import Goodwill, prepare_goodwill

WAITS = "it goes back when a second person has agreed, which is a task now"


def refund(
    number: Annotated[str, Argument(help="The order's number.")],
    amount: Annotated[str, Argument(help="In the order's currency, such as 10.00.")],
    reason: Reason,
    by: By = "",
    role: Annotated[str, Option(help="As what.")] = "",
    id: Annotated[str, Option(metavar="FORM_ID", help="The same id twice is one refund.")] = "",
    as_json: AsJson = False,
) -> None:
    """Give money back as a goodwill; above a limit a second person has to agree."""
    form = id or new_id()

    async def ask(shop: OpenShop) -> tuple[str, ActResult]:
        known = shop.book.return_form(form)
        if known:
            return known, await shop.orders.begin_return(known)
        wish = Goodwill(number, amount, reason, by, role, form)
        asked = prepare_goodwill(wish, shop.book, shop.shelf, shop.config.returns.goodwill)
        refund, result = await shop.orders.open_return(asked)
        waits = asked.second_person and result.outcome == Outcome.DONE
        return refund, ActResult(Outcome.KEPT, WAITS) if waits else result

    opened(ask, "refund", "Refund {}", as_json=as_json)
