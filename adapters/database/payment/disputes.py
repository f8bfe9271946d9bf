"""A customer who disputes a payment with their bank: refunds stop until that is decided."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import func
from sqlmodel import Session, select

from adapters.database.audit_log import tell
from adapters.database.order.acts import lock_order
from adapters.database.payment.ledger import post
from adapters.database.payment.money_incidents import BY, close_money_incident, open_money_incident
from adapters.database.payment.refunds import count_as_gone
from adapters.database.tables.hooks import DisputeRow
from adapters.database.tables.journal import NoteRow
from adapters.database.tables.money import TakingRow
from adapters.database.upsert import insert_new
from domain.audit import Deed, DeedKind
from domain.errors import ActRefused
from domain.gateway_news import MONEY, DisputeState, GatewayNews, NewsKind
from domain.money import Money
from domain.posting import Account, Slip

SAID = {
    DisputeState.WON: "The bank decided for the shop: the customer's dispute of {amount} is over.",
    DisputeState.LOST: "The bank decided for the customer: {amount} was charged back.",
}


def heard(session: Session, order: str, news: GatewayNews, now: datetime) -> str:
    """Write down how a dispute stands; one that is decided stays so, whatever comes late."""
    lock_order(session, order)
    state = DisputeState(news.state)
    row = {
        "id": news.object,
        "order": order,
        "payment": news.about,
        "minor": news.amount.minor,
        "currency": news.amount.currency,
        "state": DisputeState.OPEN.value,
        "why": news.why,
        "since": news.at,
        "due": news.due,
        "closed_at": None,
    }
    new = insert_new(session, DisputeRow, row)
    stands = session.get(DisputeRow, news.object, populate_existing=True)
    assert stands is not None
    if new and state == DisputeState.OPEN:
        _tell_finance(session, stands, now)
    if state == DisputeState.OPEN or stands.state != DisputeState.OPEN:
        return "written down" if new else "nothing new"
    return _decided(session, stands, news, now)


def written_down(session: Session, order: str, said: Mapping[str, str], by: str, now: datetime) -> None:
    """
    A dispute as a person has it from the bank: `outcome`, and if known its `amount` and `reference`.

    :raises NotFound: no such order.
    :raises ActRefused: nothing was taken through a gateway, or not so much.
    :raises BadInput: no amount of the order's currency.
    """
    lock_order(session, order)
    payment, taken = _largest_payment(session, order)
    amount = Money.parse(said["amount"], taken.currency, field="amount") if said.get("amount") else taken
    if not 0 < amount.minor <= taken.minor:
        raise ActRefused(f"{taken} was taken for order {order}: {amount} of it cannot be disputed.")
    id = said.get("reference") or f"dispute-of-{order}"
    state = said["outcome"]
    news = GatewayNews(
        f"{id}:{state}", by, NewsKind.DISPUTE, id, payment, order, "", amount, state=state, at=now
    )
    done = heard(session, order, news, now)
    deed = Deed(now, DeedKind.NOTE, id, what=f"dispute {state}: {done}", order=order, by=by)
    tell(session, deed)


def _largest_payment(session: Session, order: str) -> tuple[str, Money]:
    """What a gateway took at once, for whatever parcels."""
    total = func.sum(TakingRow.minor)
    wanted = (
        select(TakingRow.gateway_object, TakingRow.currency, total)
        .where(TakingRow.order == order, TakingRow.account == Account.GATEWAY.value)
        .group_by(TakingRow.gateway_object, TakingRow.currency)
        .order_by(total.desc(), TakingRow.gateway_object)
    )
    largest = session.exec(wanted).first()
    if largest is None:
        raise ActRefused(f"Nothing was taken for order {order} that could be disputed.")
    payment, currency, minor = largest
    return payment, Money(int(minor), currency)


def _tell_finance(session: Session, row: DisputeRow, now: datetime) -> None:
    amount, why = Money(row.minor, row.currency), f" ({row.why})" if row.why else ""
    said = (
        f"The customer disputes {amount} with their bank{why}. Nothing is given back until that is "
        "decided: answer it at the payment gateway."
    )
    open_money_incident(session, row.order, f"dispute.{row.id}", "Chargeback", said, now, row.due)


def _decided(session: Session, row: DisputeRow, news: GatewayNews, now: datetime) -> str:
    row.state, row.closed_at = news.state, now
    session.add(row)
    amount = Money(row.minor, row.currency)
    said = SAID[DisputeState(news.state)].format(amount=amount)
    session.add(NoteRow(order=row.order, text=said, by=BY, at=now))
    close_money_incident(session, f"{row.order}.{MONEY}.dispute.{row.id}", news.state, BY, now)
    if news.state == DisputeState.LOST:
        gone = Money(count_as_gone(session, row.order, row.payment, row.minor), row.currency)
        slip = Slip(row.order, "", f"{news.gateway}:{news.id}", now)
        post(session, slip.charged_back(row.id, amount, gone))
    return news.state
