"""How a day went, out of our own books; and the letters that tell it, one a day whoever sends them."""

from collections import Counter
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import func, update
from sqlmodel import Session, col, select

from adapters.database.desk.bugs import NO_STEP
from adapters.database.engine import Database
from adapters.database.exports.journal import movements
from adapters.database.numbers.ageing import ageing
from adapters.database.numbers.narrowed import Asked
from adapters.database.numbers.orders import ordered
from adapters.database.tables.daily import DailyReportRow
from adapters.database.tables.journal import IncidentRow, WaitRow
from adapters.database.tables.money import PostingRow
from adapters.database.tables.orders import FulfilmentRow, PlacedOrder
from adapters.database.tables.stock import StockItem
from adapters.database.upsert import insert_new, table_of
from domain.books import TAX
from domain.daily import DailyLetter, DayAtAGlance, LowItem
from domain.money import Money
from domain.numbers import scale_of
from domain.period import Period
from domain.posting import Account, Kind

# A worker that took on a day's report has this long before another one tries: longer than writing it takes.
PATIENCE = timedelta(minutes=15)
OLDEST = 5
MOST_ITEMS = 50
# Where money is that came in, and from where it goes back.
PURSES = (Account.GATEWAY, Account.BANK, Account.PAYABLE, Account.SHOP)
CAME_IN = (Kind.CAPTURED, Kind.RECEIVED)
WENT_BACK = (Kind.REFUNDED, Kind.REFUND_FAILED)
REPORT = table_of(DailyReportRow)


class DailyBook(Database):
    """What a daily report says, and which were sent."""

    def take(self, period: Period, now: datetime) -> DailyLetter | None:
        """
        The report of a day, taken on by this worker alone: written before, or, with no text, to be written.

        None where it is out, somebody else has just taken it on, or the shop had no order by then.
        """
        day = period.last
        with self.read() as session:
            row = session.get(DailyReportRow, day)
            # Most often it is out: no need to wait for a turn to write.
            if row is not None and (row.sent_at or row.why or row.tried_at > now - PATIENCE):
                return None
            first = select(PlacedOrder.number).where(col(PlacedOrder.kept_at) < period.ends).limit(1)
            if row is None and session.exec(first).first() is None:
                return None
        with self.write() as session:
            if not (insert_new(session, DailyReportRow, _new(day, now)) or _again(session, day, now)):
                return None
            taken = session.get_one(DailyReportRow, day, populate_existing=True)
            return _letter(taken)

    def keep(self, letter: DailyLetter) -> None:
        """As it was written."""
        words = {name: getattr(letter, name) for name in ("recipient", "subject", "text", "html")}
        with self.write() as session:
            session.connection().execute(update(REPORT).where(REPORT.c.day == letter.day).values(**words))

    def settle(self, day: date, at: datetime, why: str = "") -> None:
        """It is out, or with a `why`, was refused for good."""
        ends = {"why": why} if why else {"sent_at": at}
        with self.write() as session:
            session.connection().execute(update(REPORT).where(REPORT.c.day == day).values(**ends))

    def at_a_glance(self, period: Period, now: datetime) -> DayAtAGlance:
        """Of one day, and of `now`; what does not agree in the books is for others to say."""
        tax = _tax(self, period)
        with self.read() as session:
            orders, amounts = ordered(session, Asked(period, "", scale_of(period)))
            taken, refunded, charged_back, fees = _money(session, period)
            return DayAtAGlance(
                day=period.last,
                orders=sum(orders),
                ordered=tuple(Money(sum(each), unit) for unit, each in sorted(amounts.items())),
                left=_count(session, FulfilmentRow.id, *_within(FulfilmentRow.left_at, period)),
                taken=taken,
                refunded=refunded,
                charged_back=charged_back,
                fees=fees,
                tax=tax,
                late=_count(session, WaitRow.id, col(WaitRow.closed_at).is_(None), col(WaitRow.due) < now),
                incidents=_count(session, IncidentRow.id, col(IncidentRow.closed_at).is_(None)),
                stuck=_count(
                    session,
                    IncidentRow.id,
                    col(IncidentRow.closed_at).is_(None),
                    col(IncidentRow.step) == NO_STEP,
                ),
                ageing=ageing(session, now, OLDEST),
                low=_low(session),
            )


def _new(day: date, now: datetime) -> dict[str, Any]:
    words = dict.fromkeys(("recipient", "subject", "text", "html", "why"), "")
    return {"day": day, "written_at": now, "tried_at": now, "sent_at": None, **words}


def _again(session: Session, day: date, now: datetime) -> bool:
    """One that was not taken by the mail server, or whose worker died."""
    row = REPORT.c
    due = row.day == day, row.sent_at.is_(None), row.why == "", row.tried_at <= now - PATIENCE
    return session.connection().execute(update(REPORT).where(*due).values(tried_at=now)).rowcount == 1


def _letter(row: DailyReportRow) -> DailyLetter:
    return DailyLetter(row.day, row.written_at, row.recipient, row.subject, row.text, row.html)


def _within(column: Any, period: Period) -> tuple[Any, ...]:
    return col(column) >= period.begins, col(column) < period.ends


def _count(session: Session, column: Any, *conditions: Any) -> int:
    return int(session.exec(select(func.count(column)).where(*conditions)).one())


def _money(session: Session, period: Period) -> tuple[tuple[Money, ...], ...]:
    """What came in, what went back, what was charged back and what was kept as fees, by currency."""
    kind, unit = col(PostingRow.kind), col(PostingRow.currency)
    purses = col(PostingRow.account).in_([account.value for account in PURSES])
    wanted = select(kind, unit, func.sum(PostingRow.minor)).where(*_within(PostingRow.at, period), purses)
    moved = [(Kind(k), u, int(minor)) for k, u, minor in session.execute(wanted.group_by(kind, unit))]
    return (
        _summed((unit, minor) for kind, unit, minor in moved if kind in CAME_IN),
        _summed((unit, -minor) for kind, unit, minor in moved if kind in WENT_BACK),
        _summed((unit, -minor) for kind, unit, minor in moved if kind == Kind.CHARGED_BACK),
        _summed((unit, -minor) for kind, unit, minor in moved if kind == Kind.FEE),
    )


def _tax(database: Database, period: Period) -> tuple[tuple[str, Money], ...]:
    """As the journal has it: by rate and currency, what is owed above nought."""
    sums: Counter[tuple[str, str]] = Counter()
    for movement in movements(database, period):
        if movement.column.account == TAX:
            sums[movement.column.currency, movement.column.rate] -= movement.minor
    ordered = sorted(sums.items(), key=lambda each: (each[0][0], Decimal(each[0][1] or 0)))
    return tuple((rate, Money(minor, unit)) for (unit, rate), minor in ordered if minor)


def _summed(amounts: Any) -> tuple[Money, ...]:
    sums: dict[str, int] = {}
    for unit, minor in amounts:
        sums[unit] = sums.get(unit, 0) + minor
    return tuple(Money(minor, unit) for unit, minor in sorted(sums.items()) if minor)


def _low(session: Session) -> tuple[LowItem, ...]:
    """Out first."""
    wanted = select(StockItem).where(col(StockItem.scarce) != "", col(StockItem.discontinued).is_(False))
    wanted = wanted.order_by(col(StockItem.scarce).desc(), col(StockItem.sku)).limit(MOST_ITEMS)
    return tuple(LowItem(item.sku, item.title, item.scarce) for item in session.exec(wanted))
