"""What the bench prints: each kind's figures, the ratios between them, and what was measured beside."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from statistics import median, quantiles

from bench.kinds import BY_HAND, DEFAULT, FLOOR, OURS, Kind
from bench.many import Weights
from bench.turn import Figures
from starter.cli.saying import say, table

Rounds = Sequence[Mapping[Kind, Figures]]
Measure = Callable[[Figures], float]

TARGETS = (
    (DEFAULT, "hand-written, default server", 2.5),
    (BY_HAND, "hand-written, same server", 1.3),
    (FLOOR, "the floor", 0.75),
)
MOST_EVENTS = 0.75
MANY = 10_000


def tell_kinds(rounds: Rounds, kinds: Sequence[Kind]) -> None:
    """Medians over the rounds, least and most."""
    columns = ("", "orders/s", "CPU s/order", "history events", "Actions", "history kB")
    rows = [
        (
            f"({kind.letter}) {kind.title}",
            _spread(rounds, kind, lambda figures: figures.per_second, 1),
            _spread(rounds, kind, lambda figures: figures.cpu_seconds, 3),
            _spread(rounds, kind, lambda figures: figures.events, 1),
            _spread(rounds, kind, lambda figures: figures.actions, 1),
            _spread(rounds, kind, lambda figures: figures.bytes / 1000, 1),
        )
        for kind in kinds
    ]
    table(f"Medians of {len(rounds)} rounds (least-most)", columns, rows)
    _tell_cpu(rounds, kinds)
    _tell_events(rounds, kinds)


def tell_ratios(rounds: Rounds) -> None:
    """Of each round's own turns; the median of these, least and most."""
    for kind, name, target in TARGETS:
        ratios = [figures[OURS].per_second / figures[kind].per_second for figures in rounds]
        spread = f"{min(ratios):.2f}-{max(ratios):.2f}"
        say(f"ratio to {name}: {median(ratios):.2f} ({spread}; target {target:g})")
    events = [figures[OURS].events / figures[DEFAULT].events for figures in rounds]
    say(f"history events to hand-written: {median(events):.2f} (target: {MOST_EVENTS:g} at most)")


def tell_answers(rounds: Rounds) -> None:
    answers = [seconds for figures in rounds for seconds in figures[OURS].answers]
    cuts = quantiles(answers, n=100, method="inclusive")
    say(
        f"staff answer to next state written, {len(answers)} of them under load: "
        f"p50 {cuts[49] * 1000:.0f} ms, p99 {cuts[98] * 1000:.0f} ms"
    )


def tell_up(first: Sequence[float], again: Sequence[float]) -> None:
    say(f"orders up to ready: {median(first):.1f} s in a new folder, {median(again):.1f} s in a known one")


def tell_weights(weights: Weights) -> None:
    say(
        f"{weights.count} open orders: {weights.server / 1000:.0f} kB of the server's memory each, "
        f"{weights.worker / 1000:.0f} kB of the worker's for each that it keeps, {weights.cached} at most, "
        f"{weights.disk / 1000:.0f} kB on disk"
    )
    how = "measured" if weights.count >= MANY else f"worked out from {weights.count}"
    say(f"memory per open order with {MANY} open orders: {weights.at(MANY) / 1000:.0f} kB ({how})")


def _tell_cpu(rounds: Rounds, kinds: Sequence[Kind]) -> None:
    parts = ("server", "worker", "doors", "mail")
    rows = [
        (
            f"({kind.letter}) {kind.title}",
            *(f"{median(figures[kind].cpu.get(part, 0) for figures in rounds):.3f}" for part in parts),
        )
        for kind in kinds
    ]
    table("CPU seconds an order, by part", ("", *parts), rows)


def _tell_events(rounds: Rounds, kinds: Sequence[Kind]) -> None:
    sums = {kind: sum((figures[kind].kinds for figures in rounds), Counter[str]()) for kind in kinds}
    counted = {kind: sum(len(figures[kind].answers) for figures in rounds) for kind in kinds}
    names = sorted({name for counter in sums.values() for name in counter})
    rows = [
        (name.lower().replace("_", " "), *(f"{sums[kind][name] / counted[kind]:.2f}" for kind in kinds))
        for name in names
    ]
    table("History events an order, by kind", ("", *(f"({kind.letter})" for kind in kinds)), rows)


def _spread(rounds: Rounds, kind: Kind, measure: Measure, places: int) -> str:
    values = [measure(figures[kind]) for figures in rounds]
    return f"{median(values):.{places}f} ({min(values):.{places}f}-{max(values):.{places}f})"
