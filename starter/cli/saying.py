"""What commands print: tables and sentences for people, JSON for programs, refusals on one line."""

import json
import sys
from collections.abc import Iterable, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from domain.errors import OrderError

# A pipe has no width of its own; nothing a program greps for may be cut off.
WIDTH_OF_A_PIPE = 200
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
    return "".join(letter if letter.isprintable() or letter == "\n" else "�" for letter in text)


def one_line(text: str) -> str:
    return " ".join(plain(text).split())


def say(text: str, style: str = "") -> None:
    screen().print(Text(plain(text), style=style))


def complain(error: OrderError | str) -> None:
    """One clear line on standard error; of many findings the first, and how many there are."""
    first, *others = str(error).split("\n")
    more = f" (and {len(others)} more; `orders flow check` tells them)" if others else ""
    screen(err=True).print(Text(one_line(first) + more, style="red"), soft_wrap=True)


def emit(tree: Any) -> None:
    """JSON that every program can read, whatever the terminal's character set."""
    sys.stdout.write(json.dumps(tree, indent=2) + "\n")


def table(title: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """A table, or `title: none` when there is nothing in it."""
    made = Table(title=title or None, title_justify="left", title_style="bold", header_style="dim")
    for column in columns:
        made.add_column(column, overflow="fold")
    for row in rows:
        made.add_row(*(Text(plain(cell), style=COLOURS.get(cell, "")) for cell in row))
    if made.row_count:
        screen().print(made)
    else:
        say(f"{title or 'Here'}: none", "dim")
