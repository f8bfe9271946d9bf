"""Names a flow uses: steps, roles, actions, events, notices, calendars, refusals."""

from domain.returns import OPENING
from flow.catalogue import Action, Changes
from flow.checks.case import Case
from flow.graph import edges
from flow.kinds import parse_kind
from flow.load.flow import FILE
from flow.model import Answer, Ask, Each, Level, Run, Step, Tell, WaitFor

STATES = {
    Level.ORDER: ("completed", "cancelled"),
    Level.FULFILMENT: ("fulfilled", "cancelled"),
    Level.RETURN: ("refunded", "closed", "declined", "cancelled"),
}
SPOKEN = {Level.ORDER: "an order", Level.FULFILMENT: "a fulfilment", Level.RETURN: "a return"}


def check_names(case: Case) -> None:
    for edge in edges(case.flow):
        case.known(edge.where, edge.to, case.flow.by_id, "step or end", "go")
    for step in case.flow.steps:
        _check_step(case, step)
    _check_flow(case)


def _check_flow(case: Case) -> None:
    flow, steps = case.flow, {step.id: step for step in case.flow.steps}
    case.known((*FILE, "calendar"), flow.calendar, case.catalogue.calendars, "calendar", "calendar")
    case.known((*FILE, "cancel_until"), flow.cancel_until, steps, "step", "cancel")
    case.known((*FILE, "on_cancel"), flow.on_cancel, ["undo", *steps], "step", "cancel")
    for end in flow.ends:
        states = STATES[flow.level]
        what = f"end state of {SPOKEN[flow.level]}"
        case.known((f"end {end.id}", "state"), end.state, states, what, "state")


def _check_step(case: Case, step: Step) -> None:
    words = case.catalogue
    match step.does:
        case Run():
            _check_run(case, step.id, step.does)
        case Ask(role=role):
            case.known((step.id, "ask"), role, words.roles, "role", "role")
            _check_ask(case, step.id, step.does)
        case WaitFor(event=event):
            if case.known((step.id, "wait_for"), event, words.events, "event", "event"):
                _check_choices(case, step.id, step.does)
        case Tell(template=template, to=to):
            case.known((step.id, "tell"), template, words.notices, "notice", "notice")
            case.known((step.id, "to"), to, ["customer", "partner", *words.roles], "role", "role")
        case Each():
            if case.flow.level != Level.ORDER:
                advice = "use it in a flow for: order"
                case.wrong((step.id, "each"), "only an order has fulfilments", advice, "level")


def _check_run(case: Case, id: str, run: Run) -> None:
    for n, role in enumerate(run.may_skip):
        case.known((id, "may_skip", str(n)), role, case.catalogue.roles, "role", "role")
    if not case.known((id, "run"), run.action, case.catalogue.actions, "action", "action"):
        return
    action = case.catalogue.actions[run.action]
    if case.flow.level not in action.levels:
        fits = " or ".join(sorted(action.levels))
        case.wrong((id, "run"), f"{action.name} is not for this flow", f"it works for: {fits}", "level")
    for refusal in run.on_error:
        what = f"refusal of {action.name}"
        case.known((id, "on_error", refusal), refusal, action.refusals, what, "refusal")
    for name in run.with_:
        case.known((id, "with", name), name, action.needs, f"argument of {action.name}", "argument")
    for name, kind in action.needs.items():
        if name not in run.with_:
            told = f"{action.name} needs `{name}` ({kind})"
            case.wrong((id, "run"), told, f"add with: {{{name}: ...}}", "argument")
    if action.owner not in case.catalogue.roles:
        told = f"incidents of {action.name} go to the role '{action.owner}', and there is none"
        case.wrong((id, "run"), told, "add it to roles.yaml", "role")
    _check_undo(case, id, run)
    _check_renewal(case, id, run, action)


def _check_renewal(case: Case, id: str, run: Run, action: Action) -> None:
    """The order keeps one clock for whatever is held for it."""
    if run.renew is None:
        return
    undo = case.catalogue.actions.get(action.undo)
    if undo is None or undo.changes != Changes.VOIDS:
        told = f"{run.action} holds no money, so `renew` says nothing here"
        case.wrong((id, "renew"), told, "write it where the money is held", "renew")
    elif case.flow.level != Level.ORDER:
        told = "only an order's own flow holds money anew, for all its parcels"
        case.wrong((id, "renew"), told, "write it where the order's flow holds the money", "renew")


def _check_undo(case: Case, id: str, run: Run) -> None:
    undo = case.catalogue.actions[run.action].undo
    if run.undo == undo:
        return
    if not run.undo:
        told = f"'{run.action}' changes money or stock and is never undone"
        case.wrong((id, "run"), told, f"add undo: {undo}", "no-undo")
    elif case.known((id, "undo"), run.undo, case.catalogue.actions, "action", "action"):
        told = f"{run.undo} does not undo {run.action}"
        case.wrong((id, "undo"), told, f"write undo: {undo}" if undo else "leave undo out", "undo")


def _check_ask(case: Case, id: str, ask: Ask) -> None:
    asks = [step.id for step in case.flow.steps if isinstance(step.does, Ask) and step.id != id]
    asks += [OPENING] if case.flow.level == Level.RETURN else []
    other = ask.not_same_person_as
    case.known((id, "not_same_person_as"), other, asks, "other `ask` step", "ask")
    kinds: dict[str, str] = {}
    for answer in ask.answers:
        _check_needs(case, id, answer, kinds)


def _check_needs(case: Case, id: str, answer: Answer, kinds: dict[str, str]) -> None:
    """One field has one kind, whichever answer asks for it; conditions read it by its name."""
    for name, kind in answer.needs.items():
        where = (id, "answers", answer.name, "needs", name)
        if not name.isidentifier() or name == "answer":
            case.wrong(where, f"'{name}' is no name for a field", "write small letters and _", "id")
        if kinds.setdefault(name, kind) != kind:
            told = f"'{name}' is {kind} here and {kinds[name]} above"
            case.wrong(where, told, "give it one kind, or two names", "kind")


def _check_choices(case: Case, id: str, wait: WaitFor) -> None:
    if not wait.choices:
        return
    fields = case.catalogue.events[wait.event].fields
    kinds = [parsed for kind in fields.values() if (parsed := parse_kind(kind))]
    options = [kind.options for kind in kinds if kind.name == "choice"]
    if not options:
        told = f"{wait.event} has nothing to choose from"
        case.wrong((id, "choices"), told, "use `then`, or give the event a choice field", "choices")
        return
    for value in wait.choices:
        case.known((id, "choices", value), value, options[0], f"choice of {wait.event}", "choices")
    for value in options[0]:
        if value not in wait.choices:
            case.wrong((id, "choices"), f"nothing is said for '{value}'", f"add {value}: STEP", "choices")
