"""What people typed into the answers of a parcel's tasks."""

from sqlmodel import Session, col, select

from adapters.database.partner.orders import CARRIER, TRACKING
from adapters.database.tables.journal import ActRow
from domain.act import ActKind, Outcome


def typed_parcel(session: Session, order: str, fulfilment: str) -> tuple[str, str]:
    """The last tracking number typed for it, and the carrier with it; empty where there is none."""
    wanted = (
        select(ActRow.texts)
        .where(ActRow.order == order, ActRow.kind == ActKind.ANSWER.value)
        .where(col(ActRow.target).startswith(f"{fulfilment}."), ActRow.outcome != Outcome.REFUSED.value)
        .order_by(col(ActRow.seq).desc())
    )
    told = (texts for texts in session.exec(wanted) if texts.get(TRACKING))
    return next(((texts[TRACKING], texts.get(CARRIER, "")) for texts in told), ("", ""))
