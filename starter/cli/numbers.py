"""`orders numbers` and `orders ageing`: how the shop does, and which orders are getting old."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Annotated, TypeVar

from typer import BadParameter, Option

from adapters.database.numbers import NumbersDesk
from domain.ageing import TITLES, Ageing, StandsAt
from domain.numbers import LONGEST_DAYS, MoneyByDay, Numbers, StepTime
from domain.period import period_of
from flow.model import Level
from starter import figures
from starter.cli import shapes
from starter.cli.asking import read
from starter.cli.options import AsJson
from starter.cli.saying import emit, say, table
from starter.cli.shop import OpenShop
from starter.clock import now
from starter.when import span, when

T = TypeVar("T")
Since = Annotated[str, Option("--since", metavar="DATE", help="From this day on. Default: a month ago.")]
Until = Annotated[str, Option("--until", metavar="DATE", help="To the end of this day. Default: today.")]
Method = Annotated[str, Option("--method", metavar="FLOW", help="Of parcels of one flow, such as pickup.")]
Limit = Annotated[int, Option(min=1, max=10_000, help="So many of the oldest orders.")]
DAYS = 30
WIDTH = 24
BAR, PARTS = "█", " ▏▎▍▌▋▊▉"


def numbers(begin: Since = "", end: Until = "", method: Method = "", as_json: AsJson = False) -> None:
    """How the shop did: orders, money, time to ship, lateness, fraud, returns, refunds and survey."""

    def look(shop: OpenShop, desk: NumbersDesk) -> Numbers:
        if method:
            _check_method(shop, method)
        return desk.numbers(period_of(begin, end, now(), shop.zone, DAYS, LONGEST_DAYS), method)

    found = _asked(look)
    if as_json:
        emit(figures.numbers_tree(found))
        return
    _tell(found)


def ageing(most: Limit = 20, as_json: AsJson = False) -> None:
    """Open orders by age and by step, the oldest first."""
    here = now()
    found = _asked(lambda _, desk: desk.ageing(here, most))
    if as_json:
        emit(figures.ageing_tree(found, shapes.order_row))
        return
    _tell_ageing(found, here.astimezone())


def _asked(look: Callable[[OpenShop, NumbersDesk], T]) -> T:
    def there(shop: OpenShop) -> T:
        desk = NumbersDesk(shop.settings.database_url)
        try:
            return look(shop, desk)
        finally:
            desk.close()

    return read(there)


def _check_method(shop: OpenShop, method: str) -> None:
    """:raises BadParameter: no flow of ours is named so; a mistyped one would look like no orders."""
    known = [flow.name for flow in shop.config.flows.values() if flow.level == Level.FULFILMENT]
    if method not in known:
        raise BadParameter(f"{method!r} is none of {', '.join(known)}", param_hint="--method")


def _tell(found: Numbers) -> None:
    say(f"{found.period}{f', {found.method}' if found.method else ''} ({found.period.zone})", "bold")
    table("", ("", ""), _headlines(found))
    unit, bars = found.scale.unit.value, range(len(found.scale.begins))
    names = [figures.bar_name(found.scale, n) for n in bars]
    drawn = bars_of(found.orders)
    table(
        f"Orders by {unit}",
        (unit, "orders", ""),
        [(names[n], f"{found.orders[n]}", drawn[n]) for n in bars],
    )
    for money in found.money:
        table(
            f"{money.currency} by {unit}",
            (unit, "ordered", "sold", "refunded", "fees", ""),
            _money(money, names),
        )
    table("How orders ended", ("", "orders", ""), _counted([(e.title, e.count) for e in found.ended]))
    steps = ("flow", "step", "who", "done", "late", "on average", "at worst")
    table("Steps by lateness", steps, [_step(step) for step in found.steps], spare=("who", "at worst"))
    returns = [(figures.reason(claim), count) for claim, count in found.returns.items()]
    table("Returns", ("reason", "returns", ""), _counted(sorted(returns, key=lambda each: -each[1])))
    table("Survey", ("mark", "answers", ""), _counted([(f"{n}", c) for n, c in enumerate(found.survey, 1)]))


def _headlines(found: Numbers) -> list[tuple[str, str]]:
    shipped = found.shipped
    return [
        ("Orders", f"{found.placed}"),
        *((f"Sold, {m.currency}", figures.money(sum(m.sold), m.currency)) for m in found.money),
        *((f"Refunded, {m.currency}", figures.money(sum(m.refunded), m.currency)) for m in found.money),
        *(
            (f"Fees, {m.currency}", figures.money(sum(m.fees), m.currency))
            for m in found.money
            if any(m.fees)
        ),
        ("Time to ship", figures.took(shipped.speed)),
        ("Left on time", f"{figures.percent(shipped.on_time, shipped.promised)} of {shipped.promised}"),
        ("Reviewed for fraud", f"{found.reviewed} ({figures.percent(found.reviewed, found.placed)})"),
        ("Refused as fraud", f"{found.refused} ({figures.percent(found.refused, found.placed)})"),
        ("Refunds", f"{found.refunds}"),
        ("Survey", f"{figures.mark(found.survey)}, {found.answered} answers"),
    ]


def _money(money: MoneyByDay, names: Sequence[str]) -> list[tuple[str, ...]]:
    drawn = bars_of(money.sold)
    return [
        (
            name,
            *(
                figures.money(each[n], money.currency)
                for each in (money.ordered, money.sold, money.refunded, money.fees)
            ),
            drawn[n],
        )
        for n, name in enumerate(names)
    ]


def _step(step: StepTime) -> tuple[str, ...]:
    late = f"{step.late} ({figures.percent(step.late, step.done)})"
    lengths = (
        figures.length(each) if step.late else "" for each in (step.late_on_average, step.late_at_worst)
    )
    return step.flow, step.title, step.role, f"{step.done}", late, *lengths


def _counted(counts: Sequence[tuple[str, int]]) -> list[tuple[str, str, str]]:
    drawn = bars_of([count for _, count in counts])
    return [(name, f"{count}", drawn[n]) for n, (name, count) in enumerate(counts)]


def bars_of(figures: Sequence[int]) -> list[str]:
    """A bar for each, to an eighth of a letter; the longest is as wide as there is room."""
    most = max([*figures, 1])
    drawn = []
    for figure in figures:
        eighths = round(max(figure, 0) * WIDTH * len(PARTS) / most)
        whole, rest = divmod(eighths, len(PARTS))
        drawn.append((BAR * whole + PARTS[rest]).rstrip())
    return drawn


def _tell_ageing(found: Ageing, here: datetime) -> None:
    say(f"{found.open} orders are open", "bold")
    table("By age", ("age", "orders", ""), _counted(list(zip(TITLES, found.ages, strict=True))))
    waits = ("flow", "waits at", "who", "how many", "overdue", "the oldest for")
    table("By step", waits, [_stands(step, here) for step in found.steps], spare=("flow",))
    columns = ("number", "age", "state", "payment", "fulfilment", "waits for", "due")
    rows = [
        (
            *(row.number, span(here - row.placed_at), row.state, row.payment, row.fulfilment),
            ", ".join([*row.waiting_for, *(["incident"] if row.incidents else [])]),
            when(row.due, here) if row.due else "",
        )
        for row in found.oldest
    ]
    table("The oldest", columns, rows, spare=("payment", "fulfilment"))


def _stands(step: StandsAt, here: datetime) -> tuple[str, ...]:
    title = f"{step.title} (incident)" if step.incident else step.title
    return step.flow, title, step.role, f"{step.count}", f"{step.overdue or ''}", span(here - step.since)
