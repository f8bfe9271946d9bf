"""`orders hooks`: who was told what became of orders, and what nobody took."""

from typing import Annotated, Any

import typer
from typer import Argument, Option

from adapters.database.shop.hook_book import HookBook
from domain.order_event import Delivery
from starter.cli.asking import read
from starter.cli.options import AsJson, By
from starter.cli.saying import counted, emit, say, table
from starter.cli.shapes import instant
from starter.cli.shop import OpenShop
from starter.clock import now
from starter.shops.quarantine import reason
from starter.when import when

MOST = 200

app = typer.Typer(help="Who is told what becomes of orders.", no_args_is_help=True)


@app.command("list")
def list_(
    target: Annotated[str, Option(help="Of one listener, or shop:NAME, alone.")] = "",
    dead: Annotated[bool, Option("--dead", help="Those that were given up.")] = False,
    as_json: AsJson = False,
) -> None:
    """The newest first."""
    found = read(
        lambda shop: _book(shop).given_up(MOST, target) if dead else _book(shop).latest(MOST, target)
    )
    if as_json:
        emit([_shape(each) for each in found])
        return
    here = now().astimezone()
    rows = [
        (each.target, each.event.id, each.state.value, str(each.tries), when(each.at, here), each.why)
        for each in found
    ]
    table("Told", ("who", "event", "state", "tries", "since", "why"), rows)


@app.command()
def retry(
    event: Annotated[str, Argument(help="The event's id, as `orders hooks list` has it.")],
    target: Annotated[str, Argument(help="Who is to be told.")],
    by: By = "",
) -> None:
    """Tell it once more."""
    read(lambda shop: _book(shop).retry(event, target, by, now()))
    say(f"{target} is told again.", "green")


@app.command("let-go")
def let_go(
    target: Annotated[str, Argument(help="Who was to be told.")],
    event: Annotated[str, Argument(help="An event's id; without one, all that was given up.")] = "",
    why: Annotated[str, Option("--reason", help="Why nobody has to know.")] = "",
    by: By = "",
) -> None:
    """Tell it no more."""
    said = reason(why)
    many = read(lambda shop: _book(shop).let_go(target, event, said, by, now()))
    say(f"{target} is not told of {counted(many, 'event')}.")


def _book(shop: OpenShop) -> HookBook:
    return HookBook(shop.settings.database_url)


def _shape(delivery: Delivery) -> dict[str, Any]:
    return {
        "target": delivery.target,
        "event": delivery.event.id,
        "kind": delivery.event.kind,
        "order": delivery.event.order,
        "state": delivery.state.value,
        "tries": delivery.tries,
        "status": delivery.status,
        "why": delivery.why,
        "at": instant(delivery.at),
    }
