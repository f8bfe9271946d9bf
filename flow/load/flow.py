"""One flow file, compiled: what every step does, where it leads, and where in the file it stands."""

import keyword
import re
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import PurePosixPath

from flow.graph import edges_of
from flow.load.form import Book, Form
from flow.load.reader import Node, Scalar, Table, read
from flow.load.steps import KEYS, VERBS, keys_of, read_verb
from flow.model import Ask, Decide, End, Flow, Level, Step, WaitFor
from flow.typed import meant

ID = re.compile(r"[a-z][a-z0-9_]*\Z")
NAME = re.compile(r"[a-z][a-z0-9_-]*\Z")
FILE = ("the file",)  # no id has a space, so no step stands in its way
MOST_KEYS = 20  # of a step; the rest are findings anyway
RESERVED = ("order", "fulfilment", "undo", "any", "all", "len")
LEVELS = tuple(Level)
MOST_VISITS = 100
# Nobody reads more of them in one sitting, and what comes after them is not read here either.
MOST_STEPS = 200
MOST_ENDS = 50
MOST_WAYS = 1000
FLOW_KEYS = (
    "flow",
    "for",
    "title",
    "about",
    "format",
    "calendar",
    "cancel_until",
    "on_cancel",
    "steps",
    "ends",
)


@dataclass(frozen=True)
class Draft:
    """
    A flow as far as its file makes sense, and what does not.

    Only a draft whose book has no findings is a flow that may run; `check_flow` sees to that.
    """

    flow: Flow
    book: Book


def draft_flow(source: str | bytes, file: str) -> Draft:
    table, findings = read(source, file)
    book = Book(file, findings)
    book.places[FILE] = table
    form = Form(book, table, FLOW_KEYS, FILE, "a flow")
    if not table.rows:
        return Draft(Flow("", Level.ORDER, "", (), ()), book)
    for key, advice in NEEDED.items():
        form.needs(key, advice)
    steps = _steps(form)
    flow = Flow(
        name=_name(form),
        level=Level(form.one_of("for", LEVELS, Level.ORDER, "level")),
        title=form.text("title"),
        about=form.text("about"),
        format=form.count("format", 1, 1, 1, "format"),
        calendar=form.text("calendar"),
        cancel_until=form.text("cancel_until"),
        on_cancel=form.text("on_cancel", "undo"),
        steps=steps,
        ends=_ends(form, {step.id for step in steps}),
    )
    return Draft(flow, book)


NEEDED = {
    "flow": "add flow: its name, the same as the file's",
    "for": "add for: order, for: fulfilment or for: return",
    "title": "add title: a few words",
    "format": "add format: 1",
    "steps": "add steps: and one step after another, each with a dash",
    "ends": "add ends: {done: {title: Words, state: STATE}}",
}


def _name(form: Form) -> str:
    name, node = form.text("flow"), form.node("flow")
    if node is None:
        return name
    path = PurePosixPath(form.book.file)
    if not NAME.match(name):
        form.wrong(node, f"'{name}' is no name for a flow", "write small letters, digits and -", "id")
    elif path.suffix == ".yaml" and path.stem != name:
        advice = f"call the flow {path.stem}, or the file {name}.yaml"
        form.wrong(node, f"the file is called {path.name}", advice, "id")
    return name


def _steps(form: Form) -> tuple[Step, ...]:
    steps: dict[str, Step] = {}
    nodes = [node for node in form.items("steps") if _is_table(form, node)]
    if len(nodes) > MOST_STEPS:
        _too_long(form, nodes[MOST_STEPS], f"more than {MOST_STEPS} steps")
    for n, node in enumerate(nodes[:MOST_STEPS]):
        step = _step(form.book, node, n, steps)
        if step.id not in steps:
            steps[step.id] = step
    if sum(len(edges_of(step)) for step in steps.values()) > MOST_WAYS:
        _too_long(form, nodes[0], f"more than {MOST_WAYS} ways from step to step")
    whole = len(steps) == len(nodes)
    return _joined(form, list(steps.values()), whole=whole)


def _too_long(form: Form, node: Node, what: str) -> None:
    form.wrong(node, f"{what} in one flow", "make two flows of it, or fewer ways", "too-long")


def _is_table(form: Form, node: Node) -> bool:
    if isinstance(node, Table):
        return True
    form.wrong(node, "a step is a table", "write `- id: NAME` and its keys below")
    return False


def _step(book: Book, node: Node, n: int, earlier: dict[str, Step]) -> Step:
    assert isinstance(node, Table)
    id_node = node.rows.get("id")
    id = id_node.text if isinstance(id_node, Scalar) and not id_node.missing else f"step {n + 1}"
    where = (id,) if id not in earlier else (f"{id} again",)
    book.places[where] = id_node or node
    verb = _verb(book, node)
    form = Form(book, node, _keys(node, verb), where, f"a `{verb}` step")
    form.needs("id", "add id: a short name")
    form.needs("title", "add title: what it is for, in words")
    _check_id(book, id_node, "step")
    if id in earlier:
        told = f"there are two steps '{id}'"
        book.add(id_node or node, told, "give each an id of its own", "duplicate-id")
    return Step(
        id=id,
        title=form.text("title"),
        does=read_verb(verb, form),
        then=form.text("then"),
        visits=form.count("visits", 1, MOST_VISITS, 5, "visits"),
    )


def _verb(book: Book, table: Table) -> str:
    """The step's one verb; a misspelt one is read as what it means."""
    said = [key for key in table.keys if key in VERBS]
    if len(said) > 1:
        told = f"a step does one thing, not {' and '.join(said)}"
        book.add(table.keys[said[1]], told, "make two steps of it", "verb")
    if said:
        return said[0]
    for key in islice(table.keys, MOST_KEYS):
        near = meant(key, tuple(VERBS))
        if near:
            return near
    advice = f"add one of {', '.join(VERBS)}"
    book.add(table.rows.get("id") or table, "this step does nothing", advice, "verb")
    return "pause"


def _keys(table: Table, verb: str) -> tuple[str, ...]:
    """Those of a second verb are not told of once more."""
    others = [key for other in table.keys if other in VERBS and other != verb for key in KEYS[other]]
    return (*keys_of(verb), *others)


def _check_id(book: Book, node: Node | None, what: str) -> None:
    if not isinstance(node, Scalar) or node.missing:
        return
    if not ID.match(node.text):
        book.add(node, f"'{node.text}' is no id for a {what}", "write small letters, digits and _", "id")
    elif node.text in RESERVED or keyword.iskeyword(node.text):
        book.add(node, f"'{node.text}' already means something in conditions", "take another id", "id")


def _joined(form: Form, steps: list[Step], *, whole: bool) -> tuple[Step, ...]:
    """Each step leads to the next one of the file, unless it says where. `whole`: none was left out."""
    nexts = [step.id for step in steps[1:]]
    joined = [
        replace(step, then=step.then or following)
        for step, following in zip(steps, [*nexts, ""], strict=False)
    ]
    if whole and joined and not joined[-1].then and needs_then(joined[-1]):
        node = form.book.at((joined[-1].id,))
        form.wrong(node, f"the last step '{joined[-1].id}' leads nowhere", "add then: an end", "no-end")
    return tuple(joined)


def needs_then(step: Step) -> bool:
    """Whether the flow goes on at `then`; answers, rows and choices say for themselves where."""
    if isinstance(step.does, (Ask, Decide)):
        return False
    return not (isinstance(step.does, WaitFor) and step.does.choices)


def _ends(form: Form, steps: set[str]) -> tuple[End, ...]:
    table = form.rows("ends") or Table()
    names = list(table.rows)
    if len(names) > MOST_ENDS:
        _too_long(form, table.keys[names[MOST_ENDS]], f"more than {MOST_ENDS} ends")
    return tuple(_end(form.book, name, table, steps) for name in names[:MOST_ENDS])


def _end(book: Book, name: str, table: Table, steps: set[str]) -> End:
    key, node, where = table.keys[name], table.rows[name], (f"end {name}",)
    book.places[where] = key
    _check_id(book, key, "end")
    if name in steps:
        book.add(key, f"'{name}' is a step already", "give each an id of its own", "duplicate-id")
    if not isinstance(node, Table):
        advice = f"write {name}: {{title: Words, state: STATE}}"
        book.add(node, f"the end '{name}' is a table", advice, "value")
        return End(name, name, "")
    form = Form(book, node, ("title", "state", "undo"), where, "an end")
    form.needs("title", "add title: a few words")
    form.needs("state", "add state: as the orders list shows it")
    return End(name, form.text("title"), form.text("state"), form.flag("undo"))
