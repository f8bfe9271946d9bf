"""What `orders demo` shows: where the orders stand, and what it came to in the end."""

import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Self

from rich.console import Console, Group
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from domain.money import Money
from domain.reconcile import Difference
from domain.stock_book import MovementRow
from domain.view import OrderRow
from starter.cli.saying import counted, plain, say, screen, table
from starter.demo import summary
from starter.demo.stages import CANCELLED, COMPLETED, STOPPED, count
from starter.demo.summary import Ending

# Without a terminal, a line at most this often.
QUIET_SECONDS = 5.0
COLOURS = {COMPLETED: "green", CANCELLED: "red", STOPPED: "bold red"}


class Progress:
    """A table that is drawn anew on a terminal; elsewhere a line now and then. Use as a context."""

    def __init__(self, whole: int, seconds: Callable[[], float]) -> None:
        self._whole = whole
        self._seconds = seconds
        self._began = seconds()
        self._told = -QUIET_SECONDS
        self._last = ""
        self._live: Live | None = None

    def __enter__(self) -> Self:
        console: Console = screen()
        if sys.stdout.isatty():
            self._live = Live(console=console, refresh_per_second=8, transient=True)
            self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._live is not None:
            self._live.stop()

    def show(self, rows: Sequence[OrderRow]) -> None:
        stages = count(rows, self._whole)
        passed = self._seconds() - self._began
        if self._live is not None:
            self._live.update(self._drawn(stages, passed))
            return
        words = ", ".join(f"{many} {stage}" for stage, many in stages.items())
        if words != self._last and passed - self._told >= QUIET_SECONDS:
            self._told, self._last = passed, words
            say(f"{passed:3.0f} s: {words}")

    def _drawn(self, stages: Mapping[str, int], passed: float) -> Group:
        grid = Table.grid(padding=(0, 2))
        for stage, many in stages.items():
            bar = ProgressBar(total=self._whole, completed=many, width=40)
            grid.add_row(Text(stage, style=COLOURS.get(stage, "")), f"{many:>3}", bar)
        return Group(Text(f"{passed:.0f} s", style="dim"), grid)


def tell_endings(endings: Sequence[Ending]) -> None:
    """Each order's end, and whether it is the one its scenario has."""
    cells = [
        (
            ending.number,
            ending.view.row.customer,
            ending.play.scenario.title,
            ending.words,
            str(ending.view.row.total),
            ending.wrong or "as expected",
        )
        for ending in endings
    ]
    table("Orders", ("number", "customer", "what happened", "ended", "total", ""), cells)


def tell_sums(endings: Sequence[Ending], movements: Sequence[MovementRow]) -> None:
    outcomes = summary.outcomes(endings)
    table("Orders by outcome", ("ended", "orders"), [(end, str(many)) for end, many in outcomes.items()])
    money = summary.money(endings)
    kinds = ("authorized", "received", "captured", "voided", "refunded", "fee")
    cells = [(currency, *(_amount(sums.get(kind)) for kind in kinds)) for currency, sums in money.items()]
    table("Money", ("", *kinds), cells)
    moved = summary.moved(movements)
    rows = [(kind, str(many), f"{units:+f}") for kind, (many, units) in moved.items()]
    table("Stock moved", ("", "movements", "units"), rows)
    sent, unsent = summary.mails(endings)
    letters = [
        *((template, str(many)) for template, many in sent.items()),
        ("in all", str(sum(sent.values()))),
    ]
    table("Mails sent", ("", "mails"), [*letters, *([("not sent", str(unsent))] if unsent else [])])


def tell_differences(found: Sequence[Difference]) -> None:
    for each in found:
        say(f"{each.rule} {each.subject}: {each.what} - {each.advice}", "red")
    said = f"reconcile: {counted(len(found), 'difference')}" if found else "reconcile: nothing is wrong"
    say(said, "red" if found else "green")


def _amount(money: Money | None) -> str:
    return plain(str(money)) if money else "-"
