"""A flow under examination: what it says, where it says so, and the words it may use."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, partial

from flow.catalogue import Catalogue
from flow.conditions import check
from flow.facts import LEVELS, ROOTS
from flow.finding import Rule
from flow.grammar import reads
from flow.kinds import (
    ANYTHING,
    RESULTS_OF_EACH,
    Kind,
    results_of_action,
    results_of_ask,
    results_of_event,
)
from flow.load.form import Book, Where
from flow.load.reader import Scalar
from flow.model import Ask, Decide, Each, Flow, Run, Step, WaitFor
from flow.tokens import Problem
from flow.typed import meant


@dataclass(frozen=True, slots=True)
class Expression:
    """One expression of a flow: its text, where it stands, and the kind it has to answer with."""

    where: Where
    text: str
    wanted: str


# More names than these nobody reads in one line.
LISTED = 12


@dataclass(frozen=True)
class Case:
    flow: Flow
    book: Book
    catalogue: Catalogue

    def wrong(self, where: Where, message: str, advice: str, rule: Rule, offset: int = 0) -> None:
        self.book.add(self.book.at(where), message, advice, rule, offset)

    def says(self, step: Step, key: str) -> bool:
        """Whether a step says `key: true`, which is told to the check alone."""
        node = self.book.places.get((step.id, key))
        return isinstance(node, Scalar) and node.text == "true"

    def known(self, where: Where, name: str, known: Collection[str], what: str, rule: Rule) -> bool:
        """Whether a name is known; a finding, with what was meant, when it is not."""
        if not name or name in known:
            return bool(name)
        if self.book.full:
            return False
        near = meant(name, tuple(known))
        hint = f" - did you mean '{near}'?" if near else ""
        more = ", ..." if len(known) > LISTED else ""
        listed = ", ".join(sorted(known)[:LISTED]) or "none is known"
        self.wrong(where, f"there is no {what} '{name}'{hint}", f"known: {listed}{more}", rule)
        return False

    @cached_property
    def types(self) -> Mapping[str, Kind]:
        """What conditions of this flow may read, except that only `use` sees each fulfilment."""
        results = {step.id: self._result(step) for step in self.flow.steps}
        return {**results, **LEVELS[self.flow.level]}

    def _result(self, step: Step) -> Kind:
        match step.does:
            case Run(action=name):
                action = self.catalogue.actions.get(name)
                return results_of_action(action) if action else ANYTHING
            case WaitFor(event=name):
                event = self.catalogue.events.get(name)
                return results_of_event(event) if event else ANYTHING
            case Ask() as ask:
                return results_of_ask(ask)
            case Each():
                return RESULTS_OF_EACH
        return Kind("record")

    def check_expression(self, expression: Expression) -> bool:
        types = self.types
        if expression.where[-1] == "use":
            types = {**types, "fulfilment": ROOTS["fulfilment"]}
        one = len(self.catalogue.currencies) == 1
        problems = check(expression.text, types, expression.wanted, one_currency=one)
        for problem in map(partial(self._elsewhere, expression), problems):
            self.wrong(expression.where, problem.message, problem.advice, problem.rule, problem.column)
        return not problems

    def _elsewhere(self, expression: Expression, problem: Problem) -> Problem:
        """A name nobody knows here may be a step of another flow, whose results stay there."""
        if not problem.message.startswith("unknown name"):
            return problem
        names = (names[0] for names, column in reads(expression.text) if column == problem.column)
        name = next(names, "")
        if name not in self.catalogue.steps:
            return problem
        told = f"'{name}' is a step of the flow '{self.catalogue.steps[name]}', where its results stay"
        return replace(problem, message=told, advice="read a fact instead: see `orders flow facts`")

    def expressions(self, step: Step) -> Iterator[Expression]:
        """Every expression of a step that the file really gives."""
        given: list[tuple[Where, str, str]] = []
        match step.does:
            case Run() as run:
                action = self.catalogue.actions.get(run.action)
                needs = action.needs if action else {}
                given = [
                    (("with", name), text, needs.get(name, "anything")) for name, text in run.with_.items()
                ]
            case Ask() as ask:
                given = [(("show", str(n)), text, "anything") for n, text in enumerate(ask.show)]
                given += [(("priority",), ask.priority, "count"), (("scan",), ask.scan, "lines")]
            case Decide() as decide:
                given = [(("decide", str(n), "if"), row.if_, "yes_no") for n, row in enumerate(decide.rows)]
            case Each() as each:
                given = [(("use",), each.use, "text")]
        for where, text, wanted in given:
            if text:
                yield Expression((step.id, *where), text, wanted)
