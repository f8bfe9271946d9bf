"""What commands print: tables and sentences for people, JSON for programs, refusals on one line."""

import json
import sys
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from rich import box
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from domain.errors import FlowRefused, OrderError

# A pipe has no width of its own; nothing a program greps for may be cut off or broken in two.
WIDTH_OF_A_PIPE = 1_000
GAP = 2
# A date or an amount stays on one line.
SHORT = 14
LONGEST_COMPLAINT = 600
COLOURS = {
    "open": "cyan",
    "on_hold": "yellow",
    "completed": "green",
    "cancelled": "red",
    "done": "green",
    "kept": "yellow",
    "refused": "red",
}


def screen(*, err: bool = False) -> Console:
    """A console on what is standard output now; colours only where a person looks."""
    stream = sys.stderr if err else sys.stdout
    width = None if stream.isatty() else WIDTH_OF_A_PIPE
    return Console(file=stream, width=width, highlight=False, soft_wrap=not stream.isatty())


def plain(text: str) -> str:
    """Without what would move the cursor or colour the terminal: customers write names."""
    return "".join(
        letter if letter.isprintable() or letter == "\n" else "�" for letter in text.expandtabs(1)
    )


def one_line(text: str) -> str:
    return " ".join(plain(text).split())


def say(text: str, style: str = "") -> None:
    screen().print(Text(plain(text), style=style))


def complain(error: OrderError | str) -> None:
    """One clear line on standard error; of many findings the first, and how many there are."""
    said, more = str(error), ""
    if isinstance(error, FlowRefused):
        said, *others = said.split("\n")
        more = f" (and {len(others)} more; `orders flow check` tells them)" if others else ""
    line = one_line(said)
    line = line if len(line) <= LONGEST_COMPLAINT else f"{line[:LONGEST_COMPLAINT]}..."
    screen(err=True).print(Text(line + more, style="red"), soft_wrap=True)


def emit(tree: Any) -> None:
    """JSON that every program can read, whatever the terminal's character set."""
    sys.stdout.write(json.dumps(tree, indent=2) + "\n")


def counted(many: int, noun: str) -> str:
    """`1 finding`, `2 findings`."""
    return f"{many} {noun}{'' if many == 1 else 's'}"


def table(
    title: str, columns: Sequence[str], rows: Iterable[Sequence[str]], *, spare: Collection[str] = ()
) -> None:
    """
    A table, or `title: none` when there is nothing in it.

    Where the terminal is too narrow for whole words, those of `spare` are left out, the last one first.
    """
    cells = [[plain(cell) for cell in row] for row in rows]
    if not cells:
        say(f"{title}: none", "dim")
        return
    console = screen()
    shown = _that_fit(columns, cells, spare, console.width)
    made = Table(
        title=title or None,
        title_justify="left",
        title_style="bold",
        header_style="dim",
        box=box.SIMPLE_HEAD,
        show_edge=False,
        padding=(0, GAP - 1, 0, 0),
        pad_edge=False,
    )
    for n in shown:
        least = min(_least(columns[n], *(row[n] for row in cells)), console.width)
        made.add_column(columns[n], overflow="fold", min_width=least)
    for row in cells:
        made.add_row(*(Text(row[n], style=COLOURS.get(row[n], "")) for n in shown))
    console.print(made)


def _that_fit(
    columns: Sequence[str], cells: Sequence[Sequence[str]], spare: Collection[str], width: int
) -> list[int]:
    shown = list(range(len(columns)))
    widths = [_least(name, *(row[n] for row in cells)) + GAP for n, name in enumerate(columns)]
    for n in reversed(range(len(columns))):
        if sum(widths[each] for each in shown) - GAP > width and columns[n] in spare:
            shown.remove(n)
    return shown


def _least(*texts: str) -> int:
    """The width at which no word, and no short text, is broken."""
    whole = (part for text in texts for part in ([text] if cell_len(text) <= SHORT else text.split()))
    return max((cell_len(part) for part in whole), default=0)
