"""Whether an order's money may be given back: not while its customer's bank decides about it."""

from sqlmodel import Session, select

from adapters.database.tables.hooks import DisputeRow
from domain.errors import PaymentDisputed
from domain.gateway_news import DisputeState


def refuse_disputed(session: Session, order: str) -> None:
    """:raises PaymentDisputed: what was given back now might be charged back as well."""
    still = DisputeRow.order == order, DisputeRow.state == DisputeState.OPEN.value
    if session.exec(select(DisputeRow.id).where(*still)).first() is not None:
        raise PaymentDisputed(
            f"The customer disputes a payment of order {order} with their bank: nothing is given back "
            "until that is decided."
        )
