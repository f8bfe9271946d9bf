"""Acts as rows: kept before they are carried, settled once."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, update
from sqlmodel import Session, col, select

from adapters.database.audit_log import asked, tell
from adapters.database.shipping.parcel_news import note_news
from adapters.database.tables.journal import ActRow
from adapters.database.tables.orders import PlacedOrder
from adapters.database.upsert import insert_new, table_of
from domain.act import Act, ActKind, ActRecord, ActResult, Outcome
from domain.audit import Deed, DeedKind
from domain.errors import NotFound


def keep_act(session: Session, record: ActRecord) -> ActRecord:
    """
    Keep an act at the end of its order's acts, or answer with the one that stands under its id.

    :raises NotFound: no such order.
    """
    stands = session.get(ActRow, record.act.id)
    if stands is not None:
        return act_record(stands)
    lock_order(session, record.order)
    last = select(func.coalesce(func.max(ActRow.seq), 0)).where(ActRow.order == record.order)
    row = {**_columns(record), "seq": session.exec(last).one() + 1}
    insert_new(session, ActRow, row)
    kept = session.get(ActRow, record.act.id)
    assert kept is not None
    tell(session, asked(record))
    note_news(session, act_record(kept))
    return act_record(kept)


def lock_order(session: Session, number: str) -> str:
    """
    Its state; nobody else writes to this order's journal and acts until the transaction ends.

    :raises NotFound: no such order.
    """
    wanted = select(PlacedOrder.state).where(PlacedOrder.number == number)
    state = session.exec(wanted.with_for_update(key_share=True)).first()
    if state is None:
        raise NotFound(f"There is no order {number}.")
    return state


def settle_act(session: Session, act: str, result: ActResult, at: datetime) -> None:
    """Write an act's end; one already written stands, and `KEPT` is none."""
    settle_acts(session, {act: result}, at)


def settle_acts(session: Session, results: Mapping[str, ActResult], at: datetime) -> None:
    """As `settle_act`, for several at once."""
    rows = [
        {"_id": act, "_outcome": result.outcome.value, "_why": result.why, "_at": at}
        for act, result in results.items()
        if result.outcome != Outcome.KEPT
    ]
    if not rows:
        return
    _tell_refusals(session, {id: r for id, r in results.items() if r.outcome == Outcome.REFUSED}, at)
    act = table_of(ActRow)
    unsettled = update(act).where(act.c.id == bindparam("_id"), act.c.outcome == "")
    ends: dict[str, Any] = {
        "outcome": bindparam("_outcome"),
        "why": bindparam("_why"),
        "settled_at": bindparam("_at"),
    }
    session.connection().execute(unsettled.values(**ends), rows)


def _tell_refusals(session: Session, refused: Mapping[str, ActResult], at: datetime) -> None:
    """Of acts that have no end yet."""
    if not refused:
        return
    wanted = select(ActRow).where(col(ActRow.id).in_(refused), ActRow.outcome == "")
    for row in session.exec(wanted):
        who = {"order": row.order, "role": row.role, "by": row.by}
        tell(session, Deed(at, DeedKind.REFUSED, row.id, row.kind, why=refused[row.id].why, **who))


def act_record(row: ActRow) -> ActRecord:
    act = Act(
        id=row.id,
        kind=ActKind(row.kind),
        target=row.target,
        answer=row.answer,
        lane=row.lane,
        tracking=row.tracking,
        values=row.data,
    )
    return ActRecord(
        act=act,
        order=row.order,
        by=row.by,
        role=row.role,
        reason=row.reason,
        at=row.at,
        texts=row.texts,
        result=ActResult(Outcome(row.outcome), row.why) if row.outcome else None,
        seq=row.seq,
    )


def waiting_acts(limit: int) -> Any:
    """The acts of started orders with no result yet, in the order they were asked for."""
    started = col(PlacedOrder.started_at).is_not(None)
    return (
        select(ActRow)
        .join(PlacedOrder, col(PlacedOrder.number) == col(ActRow.order))
        .where(ActRow.outcome == "", started)
        .order_by(col(ActRow.at), col(ActRow.order), col(ActRow.seq))
        .limit(limit)
    )


def _columns(record: ActRecord) -> dict[str, Any]:
    act = record.act
    return {
        "id": act.id,
        "order": record.order,
        "kind": act.kind.value,
        "target": act.target,
        "answer": act.answer,
        "lane": act.lane,
        "tracking": act.tracking,
        "data": act.values,
        "by": record.by,
        "role": record.role,
        "reason": record.reason,
        "texts": record.texts,
        "at": record.at,
        "outcome": record.result.outcome.value if record.result else "",
        "why": record.result.why if record.result else "",
        "kept": False,
    }
