"""One order as support reads it: what it waits for, what can be done, and its story."""

from dataclasses import asdict

from fastapi import Request
from starlette.responses import Response

from console.drawing import policy_of
from console.house import House, house_of, who_of
from console.pages.told import told
from console.paper import page
from console.pulse import word
from console.story import days_of
from domain.view import OrderView
from flow.diagram.svg import svg
from flow.model import Flow
from starter.cli.diagram import Walker, overlay_of, walker_of
from starter.possible import possible
from starter.words import HOLDS, answer_line


def order(request: Request, number: str, act: str = "") -> Response:
    return order_page(request, number, act=act)


def order_page(
    request: Request, number: str, *, act: str = "", error: str = "", status: int = 200
) -> Response:
    """:raises NotFound: no such order."""
    house, who = house_of(request), who_of(request)
    now = house.now()
    read = house.desk.page(number)
    view = read.view
    goods = [each for each in read.sold.goods if each.left > 0]
    return page(
        request,
        "order.html",
        status=status,
        view=view,
        answer=answer_line(view, now),
        doings=possible(view, read.lanes, goods, house.flow),
        goods=goods,
        address=asdict(read.sold.order.shipping_address),
        titles={line.sku: line.title for line in view.lines},
        flow_titles={name: each.title for name, each in house.shop().flows.items()},
        kinds={kind: words for kind, words in HOLDS.items() if kind != "AWAITING_PAYMENT"},
        days=days_of(view.timeline, read.attempts, number, now.tzinfo),
        parts=[view.row.number, *(part.id for part in view.fulfilments), *(r.id for r in view.returns)],
        error=error,
        engine=house.engine.link(number),
        told=told(house, who, act),
        live=f"/live/orders/{number}",
        beat=word(read.beat),
        documents=house.cabinet.of(number, now),
    )


def mail(request: Request, number: str, id: str) -> Response:
    """A message as the customer got it, its plain text."""
    return page(request, "mail.html", letter=house_of(request).desk.letter(number, id), number=number)


def flow(request: Request, number: str, part: str = "") -> Response:
    """The picture of a flow, where this order stands in it and how it came there."""
    house = house_of(request)
    view = house.desk.show(number)
    walker = walker_of(view, part or number)
    definition = _definition(house, view, walker)
    drawn = svg(definition, overlay_of(view, walker, definition, house.clock())) if definition else ""
    ids = [view.row.number, *(each.id for each in view.fulfilments), *(each.id for each in view.returns)]
    return page(
        request,
        "flow.html",
        headers=policy_of(drawn),
        view=view,
        parts=ids,
        part=walker.id,
        drawn=drawn,
    )


def _definition(house: House, view: OrderView, walker: Walker) -> Flow | None:
    """The version it follows; None while it follows none."""
    pinned = {**house.book.placement(view.row.number).flows}
    lanes = {lane.id: lane.flow_hash for lane in house.desk.lanes(view.row.number)}
    hash = lanes.get(walker.id) or pinned.get(walker.flow, "")
    if hash.startswith(walker.version) and hash:
        return house.flow(hash)
    versions = (each for each in house.shelf.versions() if each.name == walker.flow)
    found = next((each.sha256 for each in versions if each.sha256.startswith(walker.version or "-")), "")
    return house.flow(found) if found else None
