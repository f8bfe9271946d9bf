"""Paying anew: the link a customer is sent when the bank refuses, and what comes of it."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from adapters.database.tables.journal import ActRow
from adapters.database.tables.money import PostingRow
from adapters.database.tables.paying import PayLinkRow
from adapters.database.upsert import insert_new
from domain.act import ActKind, Outcome

PAID_ANEW = "payment.paid"
TOKEN, AUTHORIZATION = "token", "authorization"


@dataclass(frozen=True, slots=True)
class PaidAnew:
    """
    What the customer has given since the order was placed: the `token` of another card, and an
    `authorization` that the ledger does not know yet. Empty for none.
    """

    token: str = ""
    authorization: str = ""


def issue_pay_link(session: Session, order: str, at: datetime) -> None:
    """From now on the customer has a link by which the order is paid anew; the first time stands."""
    insert_new(session, PayLinkRow, {"order": order, "issued_at": at})


def pays_anew(session: Session, order: str) -> bool:
    """Whether its customer was asked to."""
    return session.get(PayLinkRow, order) is not None


def paid_anew(session: Session, order: str) -> PaidAnew:
    """As the last one told us that was not refused; tokens stay in our books, out of every history."""
    told = (
        select(ActRow.texts)
        .where(ActRow.order == order, ActRow.kind == ActKind.EVENT.value, ActRow.target == PAID_ANEW)
        .where(ActRow.outcome != Outcome.REFUSED.value)
        .order_by(col(ActRow.seq).desc())
        .limit(1)
    )
    texts = session.exec(told).first() or {}
    authorization = texts.get(AUTHORIZATION, "")
    return PaidAnew(texts.get(TOKEN, ""), "" if _known(session, order, authorization) else authorization)


def _known(session: Session, order: str, authorization: str) -> bool:
    booked = select(PostingRow.id).where(PostingRow.order == order, PostingRow.hold == authorization)
    return session.exec(booked.limit(1)).first() is not None
