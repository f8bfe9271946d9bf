"""How the shop does: figures and charts of a period, which stands in the address."""

from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlencode

from fastapi import Request
from starlette.responses import Response

from console.charts import Bars, chart, meter
from console.house import House, house_of
from console.paper import page
from domain.ageing import TITLES
from domain.errors import BadInput
from domain.money import exponent
from domain.numbers import LONGEST_DAYS, MoneyByDay, Numbers
from domain.period import Period, period_of
from flow.model import Level
from starter import figures
from starter.cli.saying import counted

Say = Callable[[int], str]
DAYS = {7: "7 days", 30: "30 days", 90: "90 days", 365: "a year"}
USUAL = 30
MINUTE, HOUR, DAY = 60, 3_600, 86_400


def numbers(request: Request, since: str = "", until: str = "", method: str = "") -> Response:
    """What is no date, or no flow of ours, is as good as not asked for: an address is typed by people."""
    house = house_of(request)
    period = _period(house, since, until)
    flows = house.shop().flows
    methods = {n: f.title for n, f in sorted(flows.items()) if f.level == Level.FULFILMENT}
    found = house.numbers.numbers(period, method if method in methods else "")
    names = [figures.bar_name(found.scale, n) for n in range(len(found.scale.begins))]
    ageing = house.numbers.ageing(house.clock(), 10)
    return page(
        request,
        "numbers.html",
        found=found,
        names=names,
        methods=methods,
        flow_titles={name: flow.title for name, flow in flows.items()},
        spans=_spans(house, period, found.method),
        headlines=_headlines(found),
        charts=_charts(found, names),
        ageing=ageing,
        ages=list(zip(TITLES, ageing.ages, strict=True)),
        returns=sorted(found.returns.items(), key=lambda each: -each[1]),
        figures=figures,
        meter=meter,
    )


def _period(house: House, since: str, until: str) -> Period:
    now, zone = house.clock(), house.exports.zone()
    try:
        return period_of(since, until, now, zone, USUAL, LONGEST_DAYS)
    except BadInput:
        return period_of("", "", now, zone, USUAL)


def _spans(house: House, period: Period, method: str) -> list[tuple[str, str, bool]]:
    """Name, address, and whether it is the one that is shown."""
    found = []
    for days, name in DAYS.items():
        span = period_of("", "", house.clock(), period.zone, days)
        words = {"since": str(span.first), **({"method": method} if method else {})}
        found.append((name, f"/numbers?{urlencode(words)}", span == period))
    return found


def _headlines(found: Numbers) -> list[tuple[str, str, str]]:
    """What is counted, the figure, and what it is of."""
    shipped = found.shipped
    sold = [
        ("Sold", f"{m.currency} {figures.money(sum(m.sold), m.currency)}", "left the house")
        for m in found.money
    ]
    back = [
        (
            "Refunded",
            f"{m.currency} {figures.money(sum(m.refunded), m.currency)}",
            figures.percent(sum(m.refunded), sum(m.sold)) + " of what was sold",
        )
        for m in found.money
    ]
    kept = [
        (
            "Fees",
            f"{m.currency} {figures.money(sum(m.fees), m.currency)}",
            figures.percent(sum(m.fees), sum(m.sold)) + " of what was sold",
        )
        for m in found.money
        if any(m.fees)
    ]
    half = figures.length(shipped.speed.median) if shipped.speed.count else figures.NOTHING
    most = (
        f"nine of ten within {figures.length(shipped.speed.p90)}"
        if shipped.speed.count
        else "nothing left yet"
    )
    return [
        ("Orders", f"{found.placed}", "placed"),
        *sold,
        *back,
        *kept,
        ("Time to ship", half, most),
        (
            "On time",
            figures.percent(shipped.on_time, shipped.promised),
            f"{shipped.on_time} of {shipped.promised} with a day to leave by",
        ),
        (
            "Reviewed",
            figures.percent(found.reviewed, found.placed),
            f"{found.reviewed} for fraud, {found.refused} refused",
        ),
        ("Returns", f"{sum(found.returns.values())}", counted(found.refunds, "refund")),
        ("Survey", figures.mark(found.survey), counted(found.answered, "answer")),
    ]


def _charts(found: Numbers, names: Sequence[str]) -> list[dict[str, Any]]:
    unit, bars = found.scale.unit.value, found.shipped.by_bar
    times = [
        Bars("Half within", "main", [each.median for each in bars]),
        Bars("Nine of ten within", "pale", [each.p90 for each in bars]),
    ]
    return [
        _chart(f"Orders by {unit}", names, [Bars("Orders", "main", found.orders)], str),
        *(_money(each, names, unit) for each in found.money),
        _chart(f"Time to ship by {unit}", names, times, figures.length, _unit_of(times[1].figures)),
    ]


def _unit_of(seconds: Sequence[int]) -> int:
    """Of time: the longest of which there are a few."""
    most = max(seconds, default=0)
    return next((each for each in (DAY, HOUR) if most >= 2 * each), MINUTE)


def _money(each: MoneyByDay, names: Sequence[str], unit: str) -> dict[str, Any]:
    bars = [
        Bars("Ordered", "pale", each.ordered),
        Bars("Sold", "main", each.sold),
        Bars("Refunded", "bad", each.refunded),
        *([Bars("Fees", "care", each.fees)] if any(each.fees) else []),
    ]
    whole = 10 ** exponent(each.currency)

    def say(minor: int) -> str:
        return figures.money(minor, each.currency)

    def axis(minor: int) -> str:
        return f"{minor // whole:,}"

    return _chart(f"{each.currency} by {unit}", names, bars, say, whole, axis)


def _chart(
    title: str,
    names: Sequence[str],
    bars: list[Bars],
    say: Say,
    unit: int = 1,
    axis: Say | None = None,
) -> dict[str, Any]:
    """`axis` writes round figures, where they are written otherwise than others."""
    drawn = chart(title, names, bars, say, axis or say, unit)
    return {"title": title, "drawn": drawn, "bars": bars, "say": say}
