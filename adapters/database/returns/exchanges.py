"""The order that replaces what comes back: held until its goods are here, then let go, or called off."""

from datetime import datetime

from sqlmodel import Session

from adapters.database.order.acts import keep_act, lock_order
from adapters.database.returns.rows import change_return, return_row
from adapters.database.tables.orders import PlacedOrder
from adapters.database.tables.returns import ReturnRow
from domain.act import Act, ActKind, ActRecord, HoldKind
from domain.step import Call, StepResult


def exchange_goes(session: Session, call: Call) -> StepResult:
    """What was paid for the goods pays for the others from now on, unless nobody wants these any more."""
    row = return_row(session, call.returned)
    if not row.exchange or _is_called_off(session, row.exchange):
        change_return(session, row.id, exchange_state="dropped")
        return StepResult({"sent": False}, said=f"{row.exchange} was called off.")
    _ask(session, row, ActKind.RELEASE, HoldKind.AWAITING_RETURN.value, call.now)
    change_return(session, row.id, exchange_state="sent")
    return StepResult({"sent": True}, said=f"{row.exchange} goes on.")


def exchange_ends(session: Session, call: Call) -> StepResult:
    row = return_row(session, call.returned)
    if row.exchange and not _is_called_off(session, row.exchange):
        _ask(session, row, ActKind.CANCEL, "", call.now)
    change_return(session, row.id, exchange_state="dropped")
    return StepResult(said=f"{row.exchange} is called off." if row.exchange else "")


def _is_called_off(session: Session, number: str) -> bool:
    lock_order(session, number)
    placed = session.get(PlacedOrder, number, populate_existing=True)
    return placed is None or placed.state == "cancelled"


def _ask(session: Session, row: ReturnRow, kind: ActKind, target: str, at: datetime) -> None:
    """The relay carries it to the workflow of the other order."""
    act = Act(f"exchange:{row.id}:{kind}", kind, target=target)
    why = f"Return {row.id}"
    keep_act(session, ActRecord(act, row.exchange, by="returns", role="", reason=why, at=at))
