"""Actions a shop adds in Python of its own: declared like ours, checked like ours, run like ours."""

import inspect
import re
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from temporalio import activity

from domain.errors import Refused
from domain.step import Call, StepResult
from flow.catalogue import Action, Changes
from flow.kinds import parse_kind
from flow.model import Level
from flow.values import ConditionFailed, typed

NAME = re.compile(r"[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*\Z")
MONEY = frozenset({Changes.AUTHORIZES, Changes.CAPTURES})
LEVELS = frozenset({"order", "fulfilment"})
NONE: Mapping[str, str] = {}
Work = Callable[[Call], StepResult] | Callable[[Call], Awaitable[StepResult]]


class WrongAction(Exception):
    """An action is declared wrongly; the message says how."""


@dataclass(frozen=True, slots=True)
class OwnAction:
    """`step` is the Temporal activity; `place` is where the action is declared, as `file:line`."""

    action: Action
    step: Callable[..., Any]
    place: str


def action(
    name: str,
    about: str,
    *,
    levels: Iterable[str] = LEVELS,
    needs: Mapping[str, str] = NONE,
    result: Mapping[str, str] = NONE,
    refusals: Iterable[type[Refused]] = (),
    undo: str = "",
    changes: Changes = Changes.NOTHING,
    local: bool = False,
    owner: str = "ops",
) -> Callable[[Work], OwnAction]:
    """
    Makes an action of a function from `Call` to `StepResult`, plain or `async`.

    `needs` and `result` map names to kinds, in the words of flow files; each name of `result` stands in
    the answer's `values`. `refusals` are the classes of refusals that `on_error` may route. A `local`
    action is quick and asks nobody outside this machine. `owner` is the role that gets its incidents.

    A call may be repeated after a crash, with the same `key`: the function sees to it that it acts once.

    :raises WrongAction: one of these is not what it has to be.
    """
    declared = Action(
        name=name,
        about=about,
        levels=frozenset(levels),
        needs=dict(needs),
        result=dict(result),
        refusals=tuple(_name_of(refusal) for refusal in refusals),
        undo=undo,
        changes=changes,
        local=local,
        owner=owner,
    )
    _check(declared)

    def declare(work: Work) -> OwnAction:
        _check_work(name, work)
        code = inspect.unwrap(work).__code__
        return OwnAction(declared, _step(declared, work), f"{code.co_filename}:{code.co_firstlineno}")

    return declare


def _name_of(refusal: Any) -> str:
    if not (isinstance(refusal, type) and issubclass(refusal, Refused)):
        raise WrongAction(f"{refusal!r} is no refusal: derive a class from domain.errors.Refused")
    return refusal.__name__


def _check(declared: Action) -> None:
    name = declared.name
    if not isinstance(name, str) or not NAME.match(name):
        raise WrongAction(f"{name!r} is no name for an action: write noun.verb in small letters")
    if not isinstance(declared.about, str) or not declared.about.strip():
        raise WrongAction(f"{name} does not say what it is about")
    for level in sorted(declared.levels - set(Level)):
        raise WrongAction(f"{name}: {level!r} is no level; there are {', '.join(Level)}")
    for field, kind in (*declared.needs.items(), *declared.result.items()):
        if not isinstance(field, str) or not field.isidentifier() or field.startswith("_"):
            raise WrongAction(f"{name}: {field!r} is no name for a field")
        if not isinstance(kind, str) or parse_kind(kind) is None:
            raise WrongAction(f"{name}: {kind!r} is no kind of value for {field!r}")
    if not isinstance(declared.changes, Changes):
        raise WrongAction(f"{name}: changes is one of flow.catalogue.Changes, not {declared.changes!r}")
    if declared.changes in MONEY and not declared.undo:
        raise WrongAction(f"{name} changes money and names no undo")


def _check_work(name: str, work: Any) -> None:
    if not inspect.isfunction(inspect.unwrap(work)):
        raise WrongAction(f"{name} is declared over {work!r}, which is no function")
    needed = [each for each in inspect.signature(work).parameters.values() if each.default is each.empty]
    if len(needed) != 1 or needed[0].kind not in (
        inspect.Parameter.POSITIONAL_ONLY,
        inspect.Parameter.POSITIONAL_OR_KEYWORD,
    ):
        raise WrongAction(f"{name}: its function takes one Call and nothing else")


def _step(declared: Action, work: Work) -> Callable[..., Any]:
    """The activity, with the types that Temporal reads off it."""
    if inspect.iscoroutinefunction(work):

        @activity.defn(name=declared.name)
        async def waits(call: Call) -> StepResult:
            return _checked(declared, await work(call))

        return waits

    @activity.defn(name=declared.name, no_thread_cancel_exception=True)
    def blocks(call: Call) -> StepResult:  # in a thread of its own
        return _checked(declared, work(call))

    return blocks


def _checked(declared: Action, answer: Any) -> StepResult:
    """What conditions will read has to be there; to try again would only do the deed again."""
    if not isinstance(answer, StepResult):
        raise Refused(f"{declared.name} answered {type(answer).__name__} and not a StepResult.")
    for name, kind in declared.result.items():
        parsed = parse_kind(kind)
        try:
            value = typed(answer.values.get(name), parsed, name)
        except ConditionFailed as failed:
            raise Refused(f"{declared.name} answered wrongly: {failed}.") from failed
        if parsed is not None and parsed.options and value not in parsed.options:
            raise Refused(f"{declared.name} answered wrongly: {name} is none of {kind}.")
    return answer
