"""What our books say of the orders that notices are about."""

from collections.abc import Sequence

from sqlmodel import Session

from adapters.database.customer.consents import consents_to
from adapters.database.desk.papers import waits_within
from adapters.database.journal.steps import definition
from adapters.database.order.document import load_order
from adapters.database.order.fulfilments import load_fulfilment
from adapters.database.partner.views import partner_view
from adapters.database.payment.paying_anew import pays_anew
from adapters.database.returns.refunds import refunded_for
from adapters.database.returns.rows import load_return, return_row
from adapters.database.shipping.pickups import pickup_code
from adapters.mail.letter import CUSTOMER, PARTNER, Part
from domain.fulfilment import order_of
from domain.notice import Notice
from domain.order import Order
from domain.returns import return_in

Books = tuple[Order, Part]


def books_of(session: Session, notices: Sequence[Notice]) -> dict[str, Books]:
    """
    By the notices' ids.

    :raises NotFound: there is no such order, or no such part of it.
    """
    orders = {number: load_order(session, number) for number in {notice.order for notice in notices}}
    return {notice.id: (orders[notice.order], _part(session, notice)) for notice in notices}


def may_be_sent(session: Session, notice: Notice, email: str) -> bool:
    """Whether who lives there wants it: what nobody needs to know goes to those alone who agreed."""
    return not notice.marketing or notice.to != CUSTOMER or consents_to(session, email)


def _part(session: Session, notice: Notice) -> Part:
    if return_in(notice.order, notice.lane):
        returned = load_return(session, notice.lane)
        within = waits_within(definition(session, return_row(session, notice.lane).flow_hash))
        return Part(returned=returned, refunded=refunded_for(session, returned), within=within)
    if notice.lane == notice.order or order_of(notice.lane) != notice.order:
        return Part(pays_anew=pays_anew(session, notice.order))
    return Part(
        load_fulfilment(session, notice.lane),
        pickup_code(session, notice.lane),
        pays_anew=pays_anew(session, notice.order),
        partner=partner_view(session, notice.lane) if notice.to == PARTNER else None,
    )
