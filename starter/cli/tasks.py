"""`orders tasks`, `claim`, `give-back` and `answer`: the staff's inbox."""

from collections.abc import Sequence
from typing import Annotated

from typer import Argument, Option

from domain.act import ActResult
from domain.view import TaskView
from starter.carrying import Person
from starter.cli import shapes
from starter.cli.asking import act, new_id, read
from starter.cli.options import AsJson, By, Set, fields
from starter.cli.saying import emit, say, table
from starter.cli.shop import OpenShop
from starter.clock import now
from starter.when import when

Task = Annotated[str, Argument(help="The task's id, as `orders tasks` tells it.")]


def tasks(
    role: Annotated[str, Option(help="Of this role alone.")] = "",
    as_json: AsJson = False,
) -> None:
    """Open tasks, in the order they should be done."""
    here = now()

    def look(shop: OpenShop) -> Sequence[TaskView]:
        found = shop.desk.tasks(role, here)
        if role and not found:
            shop.check_known(role, "--role")
        return found

    found = read(look)
    if as_json:
        emit([shapes.task(task) for task in found])
        return
    columns = ("task", "order", "what", "role", "due", "priority", "answers", "held by")
    table("Tasks", columns, [_cells(task) for task in found], spare=("order", "role"))


def _cells(task: TaskView) -> tuple[str, ...]:
    here = now().astimezone()
    due = when(task.due, here) if task.due else ""
    if task.due and task.due < here:
        due = f"{due} overdue"
    answers = ", ".join(_answer(option.name, dict(option.needs)) for option in task.answers)
    return task.id, task.order, task.title, task.role, due, str(task.priority), answers, task.claimed_by


def _answer(name: str, needs: dict[str, str]) -> str:
    return f"{name} ({', '.join(needs)})" if needs else name


def claim(task: Task, by: By = "", as_json: AsJson = False) -> None:
    """Keep a task to yourself for 15 minutes; claim it again for 15 more."""
    here = now()
    held = read(lambda shop: shop.desk.claim(task, by, here))
    if as_json:
        emit(shapes.task(held))
    else:
        until = f" until {when(held.claimed_until, here.astimezone())}" if held.claimed_until else ""
        say(f"{held.title} of order {held.order} is yours{until}.", "green")


def give_back(task: Task, by: By = "") -> None:
    """Let others have a task you hold."""
    read(lambda shop: shop.desk.give_back(task, by))
    say("done", "green")


def answer(
    task: Task,
    answer: Annotated[str, Argument(help="One of the task's answers.")],
    set_: Set = None,
    by: By = "",
    role: Annotated[str, Option(help="As what; the task's role unless you say so.")] = "",
    reason: Annotated[str, Option(help="Why; it stands in the timeline.")] = "",
    id: Annotated[str, Option(metavar="FORM_ID", help="The same id twice is one answer.")] = "",
    as_json: AsJson = False,
) -> None:
    """Answer a task."""
    typed = fields(set_)
    form = id or new_id()

    async def ask(shop: OpenShop) -> ActResult:
        person = Person(by, role)
        return await shop.orders.answer(task, answer, typed, person, id=form, reason=reason)

    act(ask, form, as_json=as_json)
