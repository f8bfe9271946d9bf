"""What changed between two versions of a flow, in words, a line for each step or end that did."""

from collections.abc import Iterator, Mapping

from flow.model import Answer, Ask, Decide, Each, End, Flow, Lateness, Pause, Run, Step, Tell, WaitFor
from flow.words import sentence

NOTHING = "nothing"
VERBS: Mapping[type, str] = {
    Run: "run",
    Ask: "ask",
    Decide: "decide",
    WaitFor: "wait_for",
    Tell: "tell",
    Pause: "pause",
    Each: "each",
}


def difference(old: Flow, new: Flow) -> list[str]:
    """Such as `pack: late after 3 working days -> 2 working days; new answer wrong -> backorder`."""
    lines = [f"{new.name}: {'; '.join(parts)}"] if (parts := list(_flow(old, new))) else []
    for place in new.by_id.values():
        lines += _place(old, new, place)
    for id, gone in old.by_id.items():
        if id not in new.by_id:
            what = "step" if isinstance(gone, Step) else "end"
            lines.append(f"{id}: the {what} “{gone.title}” is gone")
    return lines


def _flow(old: Flow, new: Flow) -> Iterator[str]:
    yield from _changed("title", old.title, new.title)
    yield from _changed("about", old.about, new.about)
    yield from _changed("calendar", old.calendar, new.calendar)
    yield from _changed("can be cancelled until", old.cancel_until, new.cancel_until)
    yield from _changed("on cancel", old.on_cancel, new.on_cancel)
    yield from _changed("begins with", old.first, new.first)


def _place(old: Flow, new: Flow, place: Step | End) -> Iterator[str]:
    before = old.by_id.get(place.id)
    if isinstance(place, Step):
        if not isinstance(before, Step):
            yield f"{place.id}: new step. {sentence(new, place)}"
            return
        parts = list(_step(before, place))
    else:
        if not isinstance(before, End):
            yield f"{place.id}: new end “{place.title}”, {place.state}"
            return
        parts = list(_end(before, place))
    if parts:
        yield f"{place.id}: {'; '.join(parts)}"


def _end(old: End, new: End) -> Iterator[str]:
    yield from _changed("title", old.title, new.title)
    yield from _changed("state", old.state, new.state)
    if old.undo != new.undo:
        yield "everything is taken back there" if new.undo else "nothing is taken back there any more"


def _step(old: Step, new: Step) -> Iterator[str]:
    yield from _changed("title", old.title, new.title)
    if type(old.does) is not type(new.does):
        yield f"{VERBS[type(old.does)]} -> {VERBS[type(new.does)]}"
    match old.does, new.does:
        case Run() as was, Run() as now:
            yield from _run(was, now)
        case Ask() as was, Ask() as now:
            yield from _ask(was, now)
        case Decide() as was, Decide() as now:
            yield from _decide(was, now)
        case WaitFor() as was, WaitFor() as now:
            yield from _changed("waits for", was.event, now.event)
            yield from _table("on", was.choices, now.choices)
            yield from _late(was.if_late, now.if_late)
        case Tell() as was, Tell() as now:
            yield from _changed("notice", was.template, now.template)
            yield from _changed("to", was.to, now.to)
            yield from _changed("with consent only", str(was.marketing), str(now.marketing))
        case Pause() as was, Pause() as now:
            yield from _changed("pause", was.length, now.length)
        case Each() as was, Each() as now:
            yield from _changed("use", was.use, now.use)
            yield from _late(was.if_late, now.if_late)
    if not isinstance(new.does, Ask | Decide):
        yield from _changed("then", old.then, new.then)
    yield from _changed("visits", str(old.visits), str(new.visits))


def _run(old: Run, new: Run) -> Iterator[str]:
    yield from _changed("runs", old.action, new.action)
    yield from _table("with", old.with_, new.with_)
    yield from _changed("timeout", old.timeout, new.timeout)
    yield from _changed("tries", str(old.retry.tries), str(new.retry.tries))
    yield from _changed("first wait", old.retry.first_wait, new.retry.first_wait)
    yield from _changed("undo", old.undo, new.undo)
    yield from _changed("holds the money anew", _renewal(old), _renewal(new))
    yield from _table("on", old.on_error, new.on_error)
    yield from _changed("who may skip it", ", ".join(old.may_skip), ", ".join(new.may_skip))
    yield from _changed("incidents go to", old.owner, new.owner)
    if (old.regular, old.undo_regular) != (new.regular, new.undo_regular):
        yield "runs as a regular step now" if new.regular else "runs as a local step now"


def _renewal(run: Run) -> str:
    return f"{run.renew.before} before, unpaid for {run.renew.unpaid}" if run.renew else ""


def _ask(old: Ask, new: Ask) -> Iterator[str]:
    yield from _changed("asks", old.role, new.role)
    yield from _answers(old, new)
    yield from _changed("due after", old.due, new.due)
    yield from _changed("reminds after", old.remind, new.remind)
    yield from _late(old.if_late, new.if_late)
    yield from _changed("priority", old.priority, new.priority)
    yield from _changed("shows", ", ".join(old.show), ", ".join(new.show))
    yield from _changed("scan", old.scan, new.scan)
    yield from _changed("not the same person as", old.not_same_person_as, new.not_same_person_as)


def _answers(old: Ask, new: Ask) -> Iterator[str]:
    before = {answer.name: answer for answer in old.answers}
    after = {answer.name: answer for answer in new.answers}
    for name, answer in after.items():
        if name not in before:
            yield f"new answer {name} -> {answer.go}"
        else:
            yield from _answer(before[name], answer)
    yield from (f"answer {name} is gone" for name in before if name not in after)


def _answer(old: Answer, new: Answer) -> Iterator[str]:
    yield from _changed(f"answer {new.name} leads to", old.go, new.go)
    yield from _changed(f"answer {new.name} is labelled", old.label, new.label)
    yield from _table(f"answer {new.name} needs", old.needs, new.needs)


def _decide(old: Decide, new: Decide) -> Iterator[str]:
    before = {row.if_: row.go for row in old.rows}
    after = {row.if_: row.go for row in new.rows}
    yield from _table("if", before, after)
    kept = [text for text in before if text in after]
    if kept != [text for text in after if text in before]:
        yield "its rows stand in another order"
    yield from _changed("otherwise", old.otherwise, new.otherwise)


def _late(old: Lateness | None, new: Lateness | None) -> Iterator[str]:
    yield from _changed("late after", old.after if old else "", new.after if new else "")
    yield from _changed("late leads to", old.go if old else "", new.go if new else "")


def _table(what: str, old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[str]:
    for name, value in new.items():
        if name not in old:
            yield f"new: {what} {name} -> {value}"
        else:
            yield from _changed(f"{what} {name}", old[name], value)
    yield from (f"gone: {what} {name}" for name in old if name not in new)


def _changed(what: str, old: str, new: str) -> Iterator[str]:
    if old != new:
        yield f"{what} {old or NOTHING} -> {new or NOTHING}"
