"""Checking a flow file before any order follows it, and loading it when nothing is wrong."""

from dataclasses import replace

from flow.catalogue import Catalogue
from flow.checks.case import Case
from flow.checks.money import Beginning, check_money
from flow.checks.names import check_names
from flow.checks.paths import check_paths
from flow.checks.questions import check_questions
from flow.finding import Finding, Rule, refuse
from flow.load.flow import Draft, draft_flow
from flow.model import Flow, Run, Step

# What is wrong, and still leaves no doubt where each step leads to and what it does.
BESIDE_THE_WAYS: frozenset[Rule] = frozenset(
    {
        "argument",
        "ask",
        "calendar",
        "condition",
        "constant",
        "currency",
        "duration",
        "format",
        "no-timeout",
        "no-undo",
        "notice",
        "renew",
        "role",
        "secret",
        "shadowed",
        "show",
        "state",
        "undo",
        "visits",
    }
)


def check_flow(text: str | bytes, file: str, catalogue: Catalogue) -> list[Finding]:
    """Everything wrong with one flow file, in the order of its lines."""
    return check_draft(draft_flow(text, file), catalogue)


def load_flow(text: str | bytes, file: str, catalogue: Catalogue) -> Flow:
    """
    The compiled flow of a file.

    :raises FlowRefused: it has findings; nothing is loaded in part.
    """
    draft = draft_flow(text, file)
    refuse(check_draft(draft, catalogue))
    return compile_flow(draft.flow, catalogue)


def check_draft(draft: Draft, catalogue: Catalogue, beginning: Beginning | None = None) -> list[Finding]:
    """
    What `check_flow` finds, for a file that has been read. `beginning` is what its order leaves a lane.
    """
    if draft.flow.steps and not any(each.rule == "too-long" for each in draft.book.findings):
        case = Case(draft.flow, draft.book, catalogue)
        check_names(case)
        check_questions(case)
        if all(each.rule in BESIDE_THE_WAYS for each in draft.book.findings):
            check_paths(case)
            check_money(case, beginning)
    return sorted(set(draft.book.findings))


def compile_flow(flow: Flow, catalogue: Catalogue) -> Flow:
    """The definition of a flow without findings: what orders follow, and what is published."""
    return replace(flow, steps=tuple(_compiled(step, catalogue) for step in flow.steps))


def _compiled(step: Step, catalogue: Catalogue) -> Step:
    """What the catalogue says of an action today is part of the definition, and so of every replay."""
    run = step.does
    if not isinstance(run, Run):
        return step
    action = catalogue.actions[run.action]
    undo = catalogue.actions.get(run.undo)
    compiled = replace(
        run,
        regular=run.regular or not action.local,
        undo_regular=undo is None or not undo.local,
        changes=action.changes.value,
        owner=action.owner,
    )
    return replace(step, does=compiled)
