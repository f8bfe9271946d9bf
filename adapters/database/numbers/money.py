"""What was sold, what was given back, and what gateways kept, as the ledger has it."""

from collections import defaultdict
from typing import Any

from sqlalchemy import func
from sqlmodel import Session, col, select

from adapters.database.numbers.narrowed import Asked
from adapters.database.tables.money import PostingRow
from domain.numbers import Series
from domain.posting import Account, Kind

SOLD = (Account.SALES.value,)
MOVED = (Account.SALES.value, Account.AHEAD.value, Account.FEES.value)
BACK = (Kind.REFUNDED.value, Kind.REFUND_FAILED.value)


def money(session: Session, asked: Asked) -> tuple[dict[str, tuple[Series, Series, Series]], int]:
    """Sold, refunded and fees by currency, and how many refunds there were; one that came back is none."""
    sold: dict[str, list[tuple[int, int]]] = defaultdict(list)
    back: dict[str, list[tuple[int, int]]] = defaultdict(list)
    fees: dict[str, list[tuple[int, int]]] = defaultdict(list)
    refunds = 0
    for day, kind, account, unit, count, minor in session.execute(_by_day(asked)):
        if kind == Kind.CAPTURED.value and account in SOLD:
            sold[unit].append((day, -minor))
        elif kind in BACK:
            back[unit].append((day, minor))
            refunds += count if kind == Kind.REFUNDED.value else -count
        elif kind == Kind.FEE.value:
            fees[unit].append((day, minor))
    found = {
        unit: (asked.series(sold[unit]), asked.series(back[unit]), asked.series(fees[unit]))
        for unit in {*sold, *back, *fees}
    }
    return found, refunds


def _by_day(asked: Asked) -> Any:
    columns = (
        asked.day(PostingRow.at),
        *(col(PostingRow.kind), col(PostingRow.account), col(PostingRow.currency)),
    )
    sums = func.count(), func.sum(PostingRow.minor)
    wanted = select(*columns, *sums).where(  # type: ignore[call-overload] # more columns than it has types for
        *asked.within(PostingRow.at),
        col(PostingRow.account).in_(MOVED),
        col(PostingRow.kind).in_((Kind.CAPTURED.value, Kind.FEE.value, *BACK)),
        *asked.of_parts(PostingRow.fulfilment),
    )
    return wanted.group_by(*columns)
