"""`orders incidents`, `retry` and `skip`: steps that stopped and ask for a person."""

from typing import Annotated

from typer import Argument, Option

from domain.act import ActResult
from starter.carrying import Person
from starter.cli import shapes
from starter.cli.asking import act, new_id, read
from starter.cli.options import AsJson, By, Reason
from starter.cli.saying import emit, table
from starter.cli.shop import OpenShop
from starter.clock import now
from starter.when import when

Incident = Annotated[str, Argument(help="The incident's id.")]
Role = Annotated[str, Option(help="As what.")]


def incidents(as_json: AsJson = False) -> None:
    """Open incidents: what went wrong, and who can mend it."""
    found = read(lambda shop: shop.desk.incidents())
    if as_json:
        emit([shapes.incident(each) for each in found])
        return
    here = now().astimezone()
    rows = [
        (
            *(each.id, each.order, each.title, each.what, each.role),
            when(each.since, here),
            when(each.due, here) if each.due else "",
            ", ".join(each.may_skip),
        )
        for each in found
    ]
    table("Incidents", ("incident", "order", "step", "what", "role", "since", "due", "may skip"), rows)


def retry(incident: Incident, by: By = "", role: Role = "admin", as_json: AsJson = False) -> None:
    """Try the step again."""
    id = new_id()

    async def ask(shop: OpenShop) -> ActResult:
        return await shop.orders.retry(incident, Person(by, role), id=id)

    act(ask, id, as_json=as_json)


def skip(
    incident: Incident, reason: Reason, by: By = "", role: Role = "admin", as_json: AsJson = False
) -> None:
    """Go on without the step, where its flow lets this role do so."""
    id = new_id()

    async def ask(shop: OpenShop) -> ActResult:
        return await shop.orders.skip(incident, Person(by, role), reason, id=id)

    act(ask, id, as_json=as_json)
