"""How far a long piece of work has come: on a terminal alone, and gone when it is done."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from starter.cli.saying import screen

Step = Callable[[int], None]


@contextmanager
def progress(*, quiet: bool, noun: str = "orders") -> Iterator[Step]:
    """`quiet` for programs. What is given to the step is how many are done."""
    console = screen(err=True)
    columns = SpinnerColumn(), TextColumn("{task.completed} {task.description}"), TimeElapsedColumn()
    with Progress(
        *columns, console=console, transient=True, disable=quiet or not console.is_terminal
    ) as bar:
        task = bar.add_task(noun, total=None)
        yield lambda done: bar.update(task, completed=done)
