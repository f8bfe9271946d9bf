"""A shop that has never published a flow takes those we ship, so that its first order finds one."""

from flow.model import dumps
from flow.shop import Shop
from starter.book import FlowShelf
from starter.clock import now


def publish_first(shelf: FlowShelf, shop: Shop, by: str) -> None:
    """Publish every flow of the config folder whose name was never published here."""
    published = shelf.current()
    new = [dumps(flow) for name, flow in shop.flows.items() if name not in published]
    if new:
        shelf.publish(new, by=by, why="the first of its name here", at=now())
