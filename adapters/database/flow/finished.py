"""Orders that have ended, and what was asked of them: the shop's own past, to play again."""

from collections.abc import Sequence

from sqlmodel import Session, col, select

from adapters.database.order.acts import act_record
from adapters.database.order.document import order_from_json
from adapters.database.tables.journal import ActRow
from adapters.database.tables.orders import OrderDocument, PlacedOrder
from domain.act import ActRecord, Outcome
from domain.finished import Finished


def finished_orders(session: Session, most: int) -> Sequence[Finished]:
    """The last `most` that ended, the latest first, with the acts that were done, in their order."""
    wanted = (
        select(PlacedOrder, OrderDocument.whole)
        .join(OrderDocument, col(OrderDocument.number) == col(PlacedOrder.number))
        .where(col(PlacedOrder.ended_at).is_not(None))
        .order_by(col(PlacedOrder.ended_at).desc(), col(PlacedOrder.number))
        .limit(most)
    )
    found = session.exec(wanted).all()
    acts = _acts(session, [row.number for row, _ in found])
    return [
        Finished(
            order=order_from_json(whole),
            orders_before=row.orders_before,
            kept_at=row.kept_at,
            speed=row.speed,
            acts=tuple(acts.get(row.number, ())),
        )
        for row, whole in found
    ]


def _acts(session: Session, numbers: Sequence[str]) -> dict[str, list[ActRecord]]:
    done = ActRow.outcome == Outcome.DONE.value
    wanted = (
        select(ActRow).where(col(ActRow.order).in_(numbers), done).order_by(ActRow.order, col(ActRow.seq))
    )
    acts: dict[str, list[ActRecord]] = {}
    for row in session.exec(wanted):
        acts.setdefault(row.order, []).append(act_record(row))
    return acts
