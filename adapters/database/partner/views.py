"""What a partner may see of what it was asked: one order, or many in as few statements."""

from collections.abc import Sequence
from decimal import Decimal

from sqlmodel import Session

from adapters.database.order.document import load_orders
from adapters.database.order.fulfilments import load_some
from adapters.database.partner.orders import PartnerOrder, partner_order
from domain.fulfilment import Fulfilment
from domain.order import Address, Order
from domain.partner import IN_HAND, How, PartnerLine, PartnerOrderView, PartnerState


def partner_view(session: Session, fulfilment: str) -> PartnerOrderView | None:
    """What its partner may be told of a fulfilment; None when nobody was asked to ship it."""
    asked = partner_order(session, fulfilment)
    return views_of(session, [asked])[0] if asked and asked.sent else None


def views_of(session: Session, asked: Sequence[PartnerOrder]) -> list[PartnerOrderView]:
    """In as many statements however many there are."""
    orders = load_orders(session, {each.order for each in asked})
    parts = {part.id: part for part in load_some(session, [each.fulfilment for each in asked])}
    return [_view(each, orders[each.order], parts[each.fulfilment]) for each in asked]


def _view(asked: PartnerOrder, order: Order, part: Fulfilment) -> PartnerOrderView:
    # Who is asked by mail alone could not say that they accept before they know where it goes.
    knows = asked.state in IN_HAND or (asked.how == How.MAIL and asked.state == PartnerState.SENT)
    return PartnerOrderView(
        id=asked.fulfilment,
        partner=asked.partner,
        state=asked.state,
        asked_at=asked.asked_at,
        lines=_lines(order, part, knows=knows),
        express=order.delivery.express,
        ship_by=part.ship_by,
        may=asked.standing.may(),
        address=address_lines(order.shipping_address) if knows else (),
        carrier=part.carrier,
        tracking=part.tracking,
        cancel_asked_at=asked.cancel_asked_at,
    )


def _lines(order: Order, part: Fulfilment, *, knows: bool) -> tuple[PartnerLine, ...]:
    def line(place: int, quantity: Decimal) -> PartnerLine:
        ordered = order.lines[place]
        own_words = ordered.personalisation if knows else ""
        return PartnerLine(ordered.sku, ordered.title, quantity, own_words)

    return tuple(line(each.line, each.quantity) for each in part.lines)


def address_lines(address: Address) -> tuple[str, ...]:
    town = " ".join(part for part in (address.postcode, address.city) if part)
    street = address.name, address.company, address.line1, address.line2
    return tuple(line for line in (*street, town, address.region, address.country) if line)
