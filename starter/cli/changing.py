"""`orders address`, `edit` and `resend`: what people change of an order, and mails sent once more."""

from typing import Annotated

from typer import Argument, Option

from domain.act import ActResult
from starter.carrying import Person
from starter.cli.acts import Number, Role
from starter.cli.asking import act, new_id
from starter.cli.options import AsJson, By, Reason, Set, fields
from starter.cli.shop import OpenShop

Why = Annotated[str, Option("--reason", help="Why; it stands in the timeline.")]


def address(
    number: Number,
    set_: Set = None,
    reason: Why = "",
    by: By = "",
    role: Role = "",
    as_json: AsJson = False,
) -> None:
    """Send an order to another address, until its label is there: --set line1=... --set city=..."""
    id, typed = new_id(), fields(set_)

    async def ask(shop: OpenShop) -> ActResult:
        return await shop.orders.address(number, typed, Person(by, role), reason, id=id)

    act(ask, id, as_json=as_json)


def edit(
    number: Number,
    line: Annotated[
        list[str],
        Option("--line", metavar="SKU=QTY", help="How much of it is left, 0 for none; may be repeated."),
    ],
    reason: Reason,
    by: By = "",
    role: Role = "",
    as_json: AsJson = False,
) -> None:
    """Take goods out of an order before they are picked; goods and money follow."""
    id = new_id()

    async def ask(shop: OpenShop) -> ActResult:
        return await shop.orders.edit(number, line, Person(by, role), reason, id=id)

    act(ask, id, as_json=as_json)


def resend(
    number: Number,
    notice: Annotated[str, Argument(help="A mail's id, or its template: then the last of it.")],
    reason: Why = "",
    by: By = "",
    role: Role = "",
    as_json: AsJson = False,
) -> None:
    """Send a mail again, as it was sent."""
    id = new_id()

    async def ask(shop: OpenShop) -> ActResult:
        return await shop.orders.resend(number, notice, Person(by, role), reason, id=id)

    act(ask, id, as_json=as_json)
