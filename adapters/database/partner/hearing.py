"""What is told of a partner's order moves it on, whoever tells it."""

from sqlmodel import Session, select

from adapters.database.partner.orders import (
    ANSWERED_EVENT,
    CANCEL_ANSWERED_EVENT,
    PICKED_EVENT,
    SHIPPED_EVENT,
    STANDING,
    PartnerOrder,
    partner_order,
    save_partner_order,
)
from adapters.database.tables.partner import PartnerOrderRow
from domain.act import ActRecord
from domain.partner import How, PartnerState


def hear_of(session: Session, record: ActRecord) -> None:
    """
    What anybody tells in the name of a partner counts as theirs: a clerk who has them on the telephone.
    Simulated ones go on as they would.
    """
    hears = HEARD.get(record.act.target)
    part = _meant(session, record) if hears else ""
    asked = partner_order(session, part) if part else None
    if asked is not None and hears is not None:
        hears(asked, record)
        save_partner_order(session, asked)


def _meant(session: Session, record: ActRecord) -> str:
    """The fulfilment it names, or the only one that it can mean; empty for none of a real partner."""
    row = PartnerOrderRow
    mine = select(row.fulfilment).where(row.order == record.order, row.how != How.SIMULATED.value)
    found = session.exec(mine).all()
    lane = record.act.lane
    return lane if lane in found else found[0] if not lane and len(found) == 1 else ""


def _answered(asked: PartnerOrder, record: ActRecord) -> None:
    if asked.state == PartnerState.SENT and record.act.values.get("answer") in ("accepted", "rejected"):
        asked.state = PartnerState(record.act.values["answer"])


def _picked(asked: PartnerOrder, record: ActRecord) -> None:
    asked.picked_at = asked.picked_at or record.at


def _shipped(asked: PartnerOrder, _record: ActRecord) -> None:
    if asked.state in STANDING:
        asked.state = PartnerState.SHIPPED


def _cancel_answered(asked: PartnerOrder, record: ActRecord) -> None:
    if record.act.values.get("answer") == "accepted" and asked.state in STANDING:
        asked.state = PartnerState.CANCELLED
    asked.cancel_asked_at = None


HEARD = {
    ANSWERED_EVENT: _answered,
    PICKED_EVENT: _picked,
    SHIPPED_EVENT: _shipped,
    CANCEL_ANSWERED_EVENT: _cancel_answered,
}
