"""The returns of an order, as support sees them."""

from collections.abc import Mapping, Sequence

from sqlmodel import Session, select

from adapters.database.payment.refunds import RefundState
from adapters.database.tables.journal import LaneRow
from adapters.database.tables.money import RefundRow
from adapters.database.tables.returns import ReturnRow
from domain.money import Money
from domain.returns import Return
from domain.view import ReturnView

SHORT_HASH = 12


def views_of(
    session: Session, returns: Sequence[Return], lanes: Mapping[str, LaneRow]
) -> tuple[ReturnView, ...]:
    """Of one order's returns; `lanes` are its own, by id."""
    if not returns:
        return ()
    order = returns[0].order
    rows = {row.id: row for row in session.exec(select(ReturnRow).where(ReturnRow.order == order))}
    mine = RefundRow.order == order, RefundRow.state != RefundState.GIVEN_UP.value
    refunds = session.exec(select(RefundRow).where(*mine)).all()
    return tuple(
        _view(each, rows[each.id], lanes.get(each.id), [r for r in refunds if r.return_id == each.id])
        for each in returns
    )


def _view(
    returned: Return, row: ReturnRow, lane: LaneRow | None, refunds: Sequence[RefundRow]
) -> ReturnView:
    states = {refund.state for refund in refunds}
    confirmed = sum(refund.minor for refund in refunds if refund.state == RefundState.CONFIRMED)
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
        refunded=Money(confirmed, returned.value.currency),
        exchange=row.exchange,
        refund=next((word for word in ("failed", "requested", "confirmed") if word in states), ""),
    )
