"""`orders event`, `cancel`, `hold` and `release`: what people and partners do to an order."""

from typing import Annotated

from typer import Argument, BadParameter, Option

from domain.act import ActResult, HoldKind
from starter.carrying import Person
from starter.cli.asking import act, new_id
from starter.cli.options import AsJson, By, Reason, Set, fields
from starter.cli.shop import OpenShop

Number = Annotated[str, Argument(help="The order's number.")]
Role = Annotated[str, Option(help="As what.")]
Fulfilment = Annotated[str, Option(metavar="ID", help="One fulfilment or return alone, such as 1001-F1.")]

Kind = Annotated[HoldKind, Option(case_sensitive=False, help="What it waits for.")]


def event(
    number: Number,
    name: Annotated[str, Argument(help="Such as carrier.delivered.")],
    fulfilment: Fulfilment = "",
    tracking: Annotated[str, Option(metavar="N", help="The parcel's tracking number.")] = "",
    id: Annotated[str, Option(metavar="EVENT_ID", help="The same id twice is one event.")] = "",
    set_: Set = None,
    by: By = "",
    role: Role = "",
    as_json: AsJson = False,
) -> None:
    """Tell an order what happened outside."""
    if fulfilment and tracking:
        raise BadParameter("name the parcel by --fulfilment or by --tracking", param_hint="--tracking")
    typed = fields(set_)
    known_as = id or new_id()

    async def ask(shop: OpenShop) -> ActResult:
        return await shop.orders.event(
            number,
            name,
            typed,
            shop.event_fields(name),
            Person(by, role),
            fulfilment=fulfilment,
            tracking=tracking,
            id=known_as,
        )

    act(ask, known_as, as_json=as_json)


def cancel(
    number: Number,
    reason: Reason,
    fulfilment: Fulfilment = "",
    by: By = "",
    role: Role = "",
    as_json: AsJson = False,
) -> None:
    """Call off an order, or one fulfilment of it."""
    id = new_id()

    async def ask(shop: OpenShop) -> ActResult:
        return await shop.orders.cancel(number, Person(by, role), reason, fulfilment=fulfilment, id=id)

    act(ask, id, as_json=as_json)


def hold(
    number: Number,
    reason: Reason,
    kind: Kind = HoldKind.OTHER,
    by: By = "",
    role: Role = "",
    as_json: AsJson = False,
) -> None:
    """Stop an order's clocks and its next steps until `release`."""
    id = new_id()

    async def ask(shop: OpenShop) -> ActResult:
        return await shop.orders.hold(number, kind, Person(by, role), reason, id=id)

    act(ask, id, as_json=as_json)


def release(
    number: Number,
    kind: Kind = HoldKind.OTHER,
    by: By = "",
    role: Role = "",
    as_json: AsJson = False,
) -> None:
    """Let an order go on."""
    id = new_id()

    async def ask(shop: OpenShop) -> ActResult:
        return await shop.orders.release(number, kind, Person(by, role), id=id)

    act(ask, id, as_json=as_json)
