"""The returns of an order, as support sees them."""

from sqlmodel import Session, col, select

from adapters.database.returns.refunds import refunded_for
from adapters.database.returns.rows import load_returns
from adapters.database.tables.journal import LaneRow
from adapters.database.tables.money import RefundRow
from adapters.database.tables.returns import ReturnRow
from domain.money import Money
from domain.returns import Return
from domain.view import ReturnView

SHORT_HASH = 12


def returns_of(session: Session, order: str) -> tuple[ReturnView, ...]:
    """In the order they were opened."""
    returns = load_returns(session, order)
    if not returns:
        return ()
    rows = {row.id: row for row in session.exec(select(ReturnRow).where(ReturnRow.order == order))}
    lanes = {lane.id: lane for lane in session.exec(select(LaneRow).where(LaneRow.order == order))}
    mine = RefundRow.order == order, RefundRow.return_id != "", RefundRow.state != "given_up"
    refunds = session.exec(select(RefundRow).where(*mine).order_by(col(RefundRow.key))).all()
    return tuple(
        _view(
            each,
            rows[each.id],
            lanes.get(each.id),
            {refund.state for refund in refunds if refund.return_id == each.id},
            refunded_for(session, each),
        )
        for each in returns
    )


def _view(
    returned: Return, row: ReturnRow, lane: LaneRow | None, states: set[str], refunded: Money
) -> ReturnView:
    return ReturnView(
        id=returned.id,
        state=returned.state.value,
        claim=returned.claim.value,
        reason=returned.reason,
        by=row.by,
        opened_at=row.opened_at,
        flow=row.flow,
        flow_version=row.flow_hash[:SHORT_HASH],
        step=lane.title if lane else "",
        lines=returned.lines,
        value=returned.value,
        fee=returned.terms.fee,
        refunded=refunded,
        exchange=row.exchange,
        refund=next((word for word in ("failed", "requested", "confirmed") if word in states), ""),
    )
