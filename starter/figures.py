"""Figures as people read them, the same in the terminal, on the screens and in mails; and for programs."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from domain.ageing import TITLES, Ageing
from domain.money import Money, exponent
from domain.numbers import MoneyByDay, Numbers, Scale, Speed, Unit, average_mark, share
from domain.returns import Claim
from starter.when import MONTHS, span

NOTHING = "–"  # noqa: RUF001 - a dash, as people write it
REASONS: Mapping[str, str] = {
    Claim.NONE.value: "Changed their mind",
    Claim.DAMAGED.value: "Came damaged",
    Claim.LOST.value: "Never came",
    Claim.WRONG.value: "Wrong goods",
    Claim.GOODWILL.value: "Goodwill, nothing came back",
}


def reason(claim: str) -> str:
    """Why something was sent back, or money given."""
    return REASONS.get(claim, claim.replace("_", " ").capitalize())


def percent(part: int, whole: int) -> str:
    """`12 %`; of nothing, a dash."""
    found = share(part, whole)
    return NOTHING if found is None else f"{found * 100:.0f} %"


def length(seconds: int) -> str:
    """`26 h`: how long something took."""
    return span(timedelta(seconds=seconds))


def took(speed: Speed) -> str:
    return f"{length(speed.median)} (nine of ten within {length(speed.p90)})" if speed.count else NOTHING


def mark(survey: tuple[int, ...]) -> str:
    """`4.3 of 5`."""
    average = average_mark(survey)
    return NOTHING if average is None else f"{average:.1f} of {len(survey)}"


def money(minor: int, currency: str) -> str:
    """`1,234.50`: without its currency, which stands beside it."""
    return f"{Money(minor, currency).major:,.{exponent(currency)}f}"


def bar_name(scale: Scale, n: int) -> str:
    """What a bar of a chart is called: `21 Nov`, `week of 16 Nov`, `Nov 2026`."""
    first = scale.begins[n]
    if scale.unit == Unit.MONTH:
        return f"{MONTHS[first.month - 1]} {first.year}"
    name = day_name(first)
    return f"week of {name}" if scale.unit == Unit.WEEK else name


def day_name(day: date) -> str:
    return f"{day.day} {MONTHS[day.month - 1]}"


def numbers_tree(numbers: Numbers) -> dict[str, Any]:
    """For programs. Money is in minor units; times are in seconds."""
    shipped = numbers.shipped
    return {
        "since": f"{numbers.period.first}",
        "until": f"{numbers.period.last}",
        "zone": numbers.period.zone,
        "method": numbers.method,
        "orders": numbers.placed,
        "reviewed": numbers.reviewed,
        "refused": numbers.refused,
        "refunds": numbers.refunds,
        "shipped": {**_speed(shipped.speed), "promised": shipped.promised, "on_time": shipped.on_time},
        "ended": [{"title": e.title, "state": e.state, "count": e.count} for e in numbers.ended],
        "returns": dict(sorted(numbers.returns.items())),
        "survey": {
            "answers": numbers.answered,
            "average": average_mark(numbers.survey),
            "marks": {str(n): count for n, count in enumerate(numbers.survey, 1)},
        },
        "money": [
            {
                "currency": each.currency,
                "ordered": sum(each.ordered),
                "sold": sum(each.sold),
                "refunded": sum(each.refunded),
                "fees": sum(each.fees),
            }
            for each in numbers.money
        ],
        "steps": [
            {
                "flow": step.flow,
                "title": step.title,
                "role": step.role,
                "done": step.done,
                "late": step.late,
                "late_on_average": step.late_on_average,
                "late_at_worst": step.late_at_worst,
            }
            for step in numbers.steps
        ],
        "by": numbers.scale.unit.value,
        "bars": [_bar(numbers, n) for n in range(len(numbers.scale.begins))],
    }


def _bar(numbers: Numbers, n: int) -> dict[str, Any]:
    return {
        "begins": f"{numbers.scale.begins[n]}",
        "orders": numbers.orders[n],
        "money": [_money_of_bar(each, n) for each in numbers.money],
        "shipped": _speed(numbers.shipped.by_bar[n]),
    }


def _money_of_bar(each: MoneyByDay, n: int) -> dict[str, Any]:
    return {
        "currency": each.currency,
        "ordered": each.ordered[n],
        "sold": each.sold[n],
        "refunded": each.refunded[n],
        "fees": each.fees[n],
    }


def _speed(speed: Speed) -> dict[str, int | None]:
    some = bool(speed.count)
    return {
        "count": speed.count,
        "median": speed.median if some else None,
        "p90": speed.p90 if some else None,
    }


def ageing_tree(ageing: Ageing, order: Any) -> dict[str, Any]:
    """For programs; `order` tells a line of a list of orders."""
    return {
        "open": ageing.open,
        "ages": dict(zip(TITLES, ageing.ages, strict=True)),
        "steps": [
            {
                "flow": step.flow,
                "title": step.title,
                "role": step.role,
                "count": step.count,
                "since": step.since.isoformat(),
                "overdue": step.overdue,
                "incident": step.incident,
            }
            for step in ageing.steps
        ],
        "oldest": [order(row) for row in ageing.oldest],
    }
