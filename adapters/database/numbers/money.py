"""What was sold, and what was given back, as the ledger has it."""

from collections import defaultdict
from typing import Any

from sqlalchemy import func
from sqlmodel import Session, col, select

from adapters.database.numbers.narrowed import Asked
from adapters.database.tables.money import PostingRow
from domain.numbers import Series
from domain.posting import Account, Kind

SOLD = (Account.SALES.value,)
GIVEN_BACK = (Account.SALES.value, Account.AHEAD.value)
BACK = (Kind.REFUNDED.value, Kind.REFUND_FAILED.value)


def money(session: Session, asked: Asked) -> tuple[dict[str, tuple[Series, Series]], int]:
    """Sold and refunded by currency, and how many refunds there were; one that came back is none."""
    sold: dict[str, list[tuple[int, int]]] = defaultdict(list)
    back: dict[str, list[tuple[int, int]]] = defaultdict(list)
    refunds = 0
    for day, kind, account, unit, count, minor in session.execute(_by_day(asked)):
        if kind == Kind.CAPTURED.value and account in SOLD:
            sold[unit].append((day, -minor))
        elif kind in BACK:
            back[unit].append((day, minor))
            refunds += count if kind == Kind.REFUNDED.value else -count
    units = {*sold, *back}
    return {unit: (asked.series(sold[unit]), asked.series(back[unit])) for unit in units}, refunds


def _by_day(asked: Asked) -> Any:
    columns = (
        asked.day(PostingRow.at),
        *(col(PostingRow.kind), col(PostingRow.account), col(PostingRow.currency)),
    )
    sums = func.count(), func.sum(PostingRow.minor)
    wanted = select(*columns, *sums).where(  # type: ignore[call-overload] # more columns than it has types for
        *asked.within(PostingRow.at),
        col(PostingRow.account).in_(GIVEN_BACK),
        col(PostingRow.kind).in_((Kind.CAPTURED.value, *BACK)),
        *asked.of_parts(PostingRow.fulfilment),
    )
    return wanted.group_by(*columns)
