"""
What a message of the payment gateway changes: at most what our own call would have written.

Messages come late, twice and in any order. A step of ours that still asks for the same thing reads the
gateway itself; here stands what nobody asks for any more, or what only the gateway knows.
"""

from datetime import datetime

from sqlmodel import Session, col, select

from adapters.database.order.acts import lock_order
from adapters.database.payment import disputes
from adapters.database.payment.entries import holds
from adapters.database.payment.ledger import post
from adapters.database.payment.money_incidents import open_money_incident
from adapters.database.payment.refunds import fail_again
from adapters.database.tables.money import AttemptRow, PostingRow, RefundRow
from adapters.database.waiting_news import Unknown
from domain.attempt import AttemptState, base_of
from domain.gateway_news import GatewayNews, NewsKind, RefundEnd
from domain.posting import Account, Kind, Slip

OPEN = (AttemptState.ASKED.value, AttemptState.UNKNOWN.value)


def hear(session: Session, news: GatewayNews, now: datetime) -> str:
    """
    Do what the message asks for, and say what that was.

    :raises Unknown: its object is none of ours so far.
    """
    if news.kind == NewsKind.REFUND:
        return _refund(session, news, now)
    if news.kind == NewsKind.DISPUTE:
        return _dispute(session, news, now)
    if news.kind == NewsKind.LET_GO:
        return _let_go(session, news)
    return "the step that asked for it reads it" if _order_of(session, news.object) else _not_ours(news)


def _refund(session: Session, news: GatewayNews, now: datetime) -> str:
    request = session.get(RefundRow, base_of(news.key)[0]) if news.key else None
    if request is None:
        return _foreign_refund(session, news, now)
    lock_order(session, request.order)
    session.refresh(request)
    booked = _booked(session, news.object, Kind.REFUNDED)
    if news.state == RefundEnd.CONFIRMED:
        if booked is not None:
            return "booked before"
        slip = Slip(request.order, request.fulfilment, news.key, now)
        post(session, slip.refunded(news.object, news.amount, Account.GATEWAY))
        return "booked"
    if news.state != RefundEnd.FAILED:
        return "nothing new"
    if booked is None:
        return "the step that asked for it reads it"
    return _bounced(session, news, request, now)


def _bounced(session: Session, news: GatewayNews, request: RefundRow, now: datetime) -> str:
    """It was confirmed, and has come back since: the customer has no money, and was told otherwise."""
    slip = Slip(request.order, request.fulfilment, news.key, now)
    if not post(session, slip.came_back(news.object, news.amount)):
        return "booked before"
    fail_again(session, request.key)
    said = f"A refund of {news.amount} was confirmed and has failed since: the money is back with the shop."
    title = "A refund came back"
    open_money_incident(session, request.order, f"refund.{news.object}", title, said, now)
    return "booked as come back"


def _foreign_refund(session: Session, news: GatewayNews, now: datetime) -> str:
    """Somebody gave money back at the gateway itself."""
    order = _order_of(session, news.about)
    if order is None:
        raise Unknown(f"refund {news.object} of {news.about}")
    if news.state == RefundEnd.FAILED:
        return "nothing was given back"
    said = f"{news.amount} was given back at the payment gateway itself ({news.object}): book it by hand."
    open_money_incident(session, order, f"refund.{news.object}", "A refund made elsewhere", said, now)
    return "told finance"


def _dispute(session: Session, news: GatewayNews, now: datetime) -> str:
    order = _order_of(session, news.about)
    if order is None:
        raise Unknown(f"dispute {news.object} of {news.about}")
    return disputes.heard(session, order, news, now)


def _let_go(session: Session, news: GatewayNews) -> str:
    """Expired, or let go at the gateway itself; a step of ours that is at it books it."""
    order = _order_of(session, news.object)
    if order is None:
        return _not_ours(news)
    lock_order(session, order)
    asking = select(AttemptRow.base).where(
        AttemptRow.order == order, AttemptRow.target == news.object, col(AttemptRow.state).in_(OPEN)
    )
    if session.exec(asking).first() is not None:
        return "the step that asked for it reads it"
    for hold in holds(session, order):
        if hold.id == news.object and hold.left.minor:
            slip = Slip(order, hold.fulfilment, f"{news.gateway}:{news.id}", news.at)
            post(session, slip.voided(hold.id, hold.left))
            return "booked as let go"
    return "nothing new"


def _not_ours(news: GatewayNews) -> str:
    """A hold whose call has not come back yet is booked by that; another may be of another program."""
    return f"not ours: {news.object}"


def _booked(session: Session, object: str, kind: Kind) -> PostingRow | None:
    wanted = select(PostingRow).where(PostingRow.gateway_object == object, PostingRow.kind == kind.value)
    return session.exec(wanted).first()


def _order_of(session: Session, object: str) -> str | None:
    """Whose money it is: a hold's, or a payment's."""
    if not object:
        return None
    wanted = select(PostingRow.order).where(
        (col(PostingRow.gateway_object) == object) | (col(PostingRow.hold) == object)
    )
    return session.exec(wanted).first()
