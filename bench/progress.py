"""How far the bench is: a bar on a terminal, elsewhere a line for each turn."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Self

from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars

from bench.load import Told
from starter.cli.saying import screen


class Progress:
    """Use as a context."""

    def __init__(self) -> None:
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        self._bars = Bars(*columns, console=screen(), transient=True, disable=not sys.stdout.isatty())

    def __enter__(self) -> Self:
        self._bars.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bars.stop()

    @contextmanager
    def task(self, name: str, whole: int) -> Iterator[Told]:
        """Tell what is given how much of `whole` is done."""
        bar = self._bars.add_task(name, total=whole)
        try:
            yield lambda done: self._bars.update(bar, completed=done)
        finally:
            self._bars.remove_task(bar)

    def say(self, line: str) -> None:
        self._bars.console.print(line)
