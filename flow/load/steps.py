"""Steps as the file says them: the seven verbs and their keys."""

from collections.abc import Callable

from flow.load.form import Form
from flow.load.reader import Table
from flow.model import (
    Answer,
    Ask,
    Decide,
    Each,
    Lateness,
    Pause,
    Renewal,
    Retry,
    Row,
    Run,
    Tell,
    Verb,
    WaitFor,
)

ANY = ("id", "title", "visits")
KEYS = {
    "run": (
        "run",
        "with",
        "timeout",
        "retry",
        "undo",
        "on_error",
        "attempt",
        "may_skip",
        "before_payment",
        "renew",
        "then",
    ),
    "ask": (
        "ask",
        "answers",
        "due",
        "remind",
        "if_late",
        "show",
        "scan",
        "priority",
        "not_same_person_as",
    ),
    "decide": ("decide",),
    "wait_for": ("wait_for", "choices", "if_late", "then"),
    "tell": ("tell", "to", "marketing", "then"),
    "pause": ("pause", "then"),
    "each": ("each", "use", "if_late", "then"),
}
# What each verb has to have beside itself.
NEEDS: dict[str, tuple[str, ...]] = {
    "run": ("timeout",),
    "ask": ("answers", "if_late"),
    "decide": (),
    "wait_for": ("if_late",),
    "tell": (),
    "pause": (),
    "each": ("use",),
}
LATE = "add if_late: {after: 3 days, go: STEP}"
MOST_TRIES = 100


def keys_of(verb: str) -> tuple[str, ...]:
    return (*ANY, *KEYS[verb])


def read_verb(verb: str, form: Form) -> Verb:
    """What the step does; where the file says it wrongly, there are findings and a stand-in."""
    return VERBS[verb](form)


def _run(form: Form) -> Run:
    form.needs("run", "name an action, such as payment.capture")
    form.needs("timeout", "add timeout: 30s", "no-timeout", f"'{_id(form)}' may hang for ever")
    form.flag("before_payment")  # for the check, which finds it in the book
    retry = form.form("retry", ("tries", "first_wait"), "`retry`")
    return Run(
        action=form.text("run"),
        timeout=form.duration("timeout", working=False),
        with_=form.words("with"),
        retry=_retry(retry) if retry else Retry(),
        undo=form.text("undo"),
        on_error=form.words("on_error"),
        regular=form.one_of("attempt", ("regular",)) == "regular",
        may_skip=form.names("may_skip"),
        renew=_renewal(form),
    )


def _renewal(form: Form) -> Renewal | None:
    """A length of time alone, or a table that also says when finance is asked."""
    if isinstance(form.node("renew"), Table):
        table = form.form("renew", ("before", "unpaid"), "`renew`")
        assert table is not None
        table.needs("before", "add before: 1 day")
        before, unpaid = (table.duration(key, working=False) for key in ("before", "unpaid"))
        return Renewal(before, unpaid or Renewal.unpaid)
    before = form.duration("renew", working=False)
    return Renewal(before) if before else None


def _retry(form: Form) -> Retry:
    plain = Retry()
    return Retry(
        tries=form.count("tries", 1, MOST_TRIES, plain.tries),
        first_wait=form.duration("first_wait", working=False) or plain.first_wait,
    )


def _ask(form: Form) -> Ask:
    form.needs("ask", "name a role, such as warehouse")
    form.needs("answers", "add answers: {done: {label: Done, go: STEP}}")
    return Ask(
        role=form.text("ask"),
        answers=_answers(form),
        if_late=_late(form, needed=True) or Lateness("", ""),
        due=form.duration("due"),
        remind=form.duration("remind"),
        show=form.names("show"),
        scan=form.text("scan"),
        priority=form.text("priority", "5"),
        not_same_person_as=form.text("not_same_person_as"),
    )


def _answers(form: Form) -> tuple[Answer, ...]:
    table = form.rows("answers") or Table()
    return tuple(_answer(form, name, table) for name in table.rows)


def _answer(form: Form, name: str, table: Table) -> Answer:
    node, where = table.rows[name], (*form.where, "answers", name)
    form.book.places[where] = table.keys[name]
    if not isinstance(node, Table):
        form.wrong(node, f"the answer '{name}' is a table", f"write {name}: {{label: Words, go: STEP}}")
        return Answer(name, name, "")
    answer = Form(form.book, node, ("label", "go", "needs"), where, "an answer")
    answer.needs("label", "add label: Words on the button")
    answer.needs("go", "add go: STEP")
    return Answer(name, answer.text("label"), answer.text("go"), answer.kinds("needs"))


def _late(form: Form, *, needed: bool) -> Lateness | None:
    if needed:
        form.needs("if_late", LATE, "no-deadline", f"'{_id(form)}' can wait for ever")
    late = form.form("if_late", ("after", "go"), "`if_late`")
    if late is None:
        return None
    late.needs("after", "add after: 3 days")
    late.needs("go", "add go: STEP")
    return Lateness(late.duration("after"), late.text("go"))


def _decide(form: Form) -> Decide:
    rows: list[Row] = []
    otherwise = ""
    items = form.items("decide")
    for n, node in enumerate(items):
        where = (*form.where, "decide", str(n))
        form.book.places[where] = node
        if not isinstance(node, Table):
            form.wrong(node, "a row is a table", "write `- if: CONDITION` and `go: STEP` below it")
            continue
        row = Form(form.book, node, ("if", "go", "otherwise"), where, "a row")
        if "otherwise" in row:
            otherwise = row.text("otherwise")
            _check_last(row, last=n == len(items) - 1)
        else:
            row.needs("if", "add if: CONDITION, or `otherwise: STEP` as the last row")
            row.needs("go", "add go: STEP")
            rows.append(Row(row.text("if"), row.text("go")))
    if not otherwise:
        node = form.node("decide") or form.book.at(form.where)
        told = f"'{_id(form)}' does not say what else"
        form.wrong(node, told, "end it with `- otherwise: STEP`", "otherwise")
    return Decide(tuple(rows), otherwise)


def _check_last(row: Form, *, last: bool) -> None:
    node = row.node("otherwise") or row.table
    if not last:
        row.wrong(node, "rows after `otherwise` are never reached", "move it to the end", "otherwise")
    if "if" in row or "go" in row:
        row.wrong(node, "`otherwise` stands alone", "write - otherwise: STEP", "otherwise")


def _wait_for(form: Form) -> WaitFor:
    form.needs("wait_for", "name an event, such as carrier.delivered")
    late = _late(form, needed=True) or Lateness("", "")
    return WaitFor(form.text("wait_for"), late, form.words("choices"))


def _tell(form: Form) -> Tell:
    form.needs("tell", "name a notice, such as shipped")
    return Tell(form.text("tell"), form.text("to", "customer"), form.flag("marketing"))


def _pause(form: Form) -> Pause:
    form.needs("pause", "say how long, as in 2 working hours")
    return Pause(form.duration("pause"))


def _each(form: Form) -> Each:
    form.one_of("each", ("fulfilments",))
    form.needs("use", "name their flow, as in use: fulfilment.flow")
    return Each(form.text("use"), _late(form, needed=False))


def _id(form: Form) -> str:
    return form.where[-1]


VERBS: dict[str, Callable[[Form], Verb]] = {
    "run": _run,
    "ask": _ask,
    "decide": _decide,
    "wait_for": _wait_for,
    "tell": _tell,
    "pause": _pause,
    "each": _each,
}
