"""How the shop does, out of our own books: a few statements on indexes, however many orders there are."""

from collections.abc import Mapping
from datetime import datetime

from sqlmodel import Session, col, func, select

from adapters.database.engine import Database
from adapters.database.numbers.ageing import ageing
from adapters.database.numbers.money import money
from adapters.database.numbers.narrowed import Asked
from adapters.database.numbers.orders import ended, ordered
from adapters.database.numbers.times import shipped, steps
from adapters.database.tables.returns import ReturnRow
from adapters.database.tables.survey import SurveyRow
from domain.ageing import Ageing
from domain.numbers import MoneyByDay, Numbers, scale_of
from domain.period import Period
from domain.survey import BEST, WORST


class NumbersDesk(Database):
    def numbers(self, period: Period, method: str = "") -> Numbers:
        """What the books say of the period; of parcels of one flow alone when a `method` is named."""
        asked = Asked(period, method, scale_of(period))
        with self.read() as session:
            orders, amounts = ordered(session, asked)
            moved, refunds = money(session, asked)
            done, reviewed = steps(session, asked)
            return Numbers(
                period=period,
                method=method,
                scale=asked.scale,
                orders=orders,
                money=tuple(
                    MoneyByDay(
                        currency,
                        amounts.get(currency, asked.none),
                        *moved.get(currency, (asked.none,) * 3),
                    )
                    for currency in sorted({*amounts, *moved})
                ),
                ended=ended(session, asked),
                shipped=shipped(session, asked),
                steps=done,
                reviewed=reviewed,
                refunds=refunds,
                returns=_returns(session, asked),
                survey=_survey(session, asked),
            )

    def ageing(self, now: datetime, most: int) -> Ageing:
        """The orders open `now`, by age and by step; of the oldest, so many at most."""
        with self.read() as session:
            return ageing(session, now, most)


def _returns(session: Session, asked: Asked) -> Mapping[str, int]:
    """How many were opened, by what was said to be wrong."""
    wanted = select(ReturnRow.claim, func.count()).where(*asked.within(ReturnRow.opened_at))
    wanted = wanted.where(*asked.of_returns(ReturnRow.id)).group_by(col(ReturnRow.claim))
    return {claim: int(count) for claim, count in session.exec(wanted)}


def _survey(session: Session, asked: Asked) -> tuple[int, int, int, int, int]:
    wanted = select(SurveyRow.score, func.count()).where(*asked.within(SurveyRow.at))
    wanted = wanted.where(*asked.of_orders(SurveyRow.order)).group_by(col(SurveyRow.score))
    found = dict(session.exec(wanted).all())
    one, two, three, four, five = (int(found.get(mark, 0)) for mark in range(WORST, BEST + 1))
    return one, two, three, four, five
