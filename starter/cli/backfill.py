"""`orders backfill`: what a shop's messages never told is read from its own list of orders."""

from typing import Annotated

from typer import Argument, Option

from domain.errors import BadInput
from starter.cli.asking import at_shop
from starter.cli.options import AsJson, since
from starter.cli.saying import counted, emit, say
from starter.cli.shop import OpenShop
from starter.cli.web_shops import backfill as of_shops
from starter.shops.backfill import Looked


def backfill(
    shop: Annotated[str, Argument(help="A shop of shops.yaml that may be asked.")],
    from_: Annotated[str, Option("--since", help="A date; else since the last look.")] = "",
    as_json: AsJson = False,
) -> None:
    """Find orders whose message never came; the worker does so by itself every ten minutes."""
    begin = since(from_, "--since") if from_ else None

    async def look(here: OpenShop) -> Looked:
        shops = of_shops(here.settings)
        if shop not in shops.names:
            known = ", ".join(shops.names) or "none"
            told = f"{shop!r} is no shop with `backfill: true` in shops.yaml; there is {known}"
            raise BadInput(told, "shop")
        return await shops.look(shop, begin)

    found = at_shop(look)
    if as_json:
        emit({"shop": shop, "seen": found.seen, "missed": found.missed})
        return
    missed = f"{found.missed} of them had not come" if found.missed else "all of them had come"
    say(f"{counted(found.seen, 'order')} changed since then; {missed}.", "green")
