"""Time in SQL, alike in SQLite and PostgreSQL: lengths, and the shop's own days."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, case, literal
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import GenericFunction

from domain.period import Period

DAY_SECONDS = 86_400
EPOCH = date(1970, 1, 1)


class day_number(GenericFunction[int]):  # noqa: N801 - SQL functions are named so
    """The day since 1970 that an instant falls into where clocks are so many seconds ahead of UTC."""

    type = BigInteger()
    inherit_cache = True
    name = "day_number"


class seconds_between(GenericFunction[int]):  # noqa: N801 - SQL functions are named so
    """From the first instant to the second, rounded down; empty where one of them is."""

    type = BigInteger()
    inherit_cache = True
    name = "seconds_between"


def day_of(column: Any, period: Period) -> ColumnElement[int]:
    """The shop's own day of an instant of the period: see `date_of`."""
    *turns, last = period.offsets()
    ahead = case(*((column < until, seconds) for until, seconds in turns), else_=last[1]) if turns else None
    return day_number(column, literal(last[1]) if ahead is None else ahead)


def date_of(day: int) -> date:
    return EPOCH + timedelta(days=int(day))


@compiles(day_number, "sqlite")
def _day_sqlite(element: Any, compiler: Any, **more: Any) -> str:
    at, ahead = (compiler.process(each, **more) for each in element.clauses)
    return f"(({_epoch(at)} + {ahead}) / {DAY_SECONDS})"


@compiles(day_number, "postgresql")
def _day_postgresql(element: Any, compiler: Any, **more: Any) -> str:
    at, ahead = (compiler.process(each, **more) for each in element.clauses)
    return f"floor((extract(epoch FROM {at}) + {ahead}) / {DAY_SECONDS})::bigint"


@compiles(seconds_between, "sqlite")
def _seconds_sqlite(element: Any, compiler: Any, **more: Any) -> str:
    first, last = (compiler.process(each, **more) for each in element.clauses)
    return f"({_epoch(last)} - {_epoch(first)})"


@compiles(seconds_between, "postgresql")
def _seconds_postgresql(element: Any, compiler: Any, **more: Any) -> str:
    first, last = (compiler.process(each, **more) for each in element.clauses)
    return f"floor(extract(epoch FROM {last} - {first}))::bigint"


def _epoch(at: str) -> str:
    return f"CAST(strftime('%s', {at}) AS INTEGER)"
