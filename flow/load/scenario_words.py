"""The words a scenario may use: steps and parts of the flows it plays, and what they stand for."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from domain.calendar import WorkingCalendar
from flow.catalogue import Catalogue
from flow.load.form import Book
from flow.load.reader import Node, Scalar
from flow.model import Flow, Level, Step
from flow.scenario import Place, Spot
from flow.typed import meant

SPOT = re.compile(r"(undo )?(?:(F[1-9]\d{0,3}|order|return)\.)?([a-z][a-z0-9_]*)\Z", re.ASCII)
PARCEL = re.compile(r"F[1-9]\d{0,3}\Z", re.ASCII)
NOWHERE = Flow("", Level.ORDER, "", (), ())


@dataclass(frozen=True)
class Words:
    """
    What the shop knows, and the flow a file of scenarios is about. An order's scenarios play the flows
    of its parcels too, and those of a parcel the order's.
    """

    book: Book
    flow: Flow
    flows: Mapping[str, Flow]
    catalogue: Catalogue
    calendars: Mapping[str, WorkingCalendar]

    @property
    def zone(self) -> str:
        calendar = self.calendars.get(self.flow.calendar)
        return calendar.zone if calendar else "UTC"

    def flows_of(self, part: str) -> list[Flow]:
        """The flows that a part may follow; with no part, every one in the scenario."""
        if part in ("", self.flow.level) or (PARCEL.match(part) and self.flow.level == Level.FULFILMENT):
            own = [self.flow]
        else:
            own = []
        other = {Level.ORDER: Level.FULFILMENT, Level.FULFILMENT: Level.ORDER}.get(self.flow.level)
        level = Level.ORDER if part == Level.ORDER else Level.FULFILMENT
        if other and (not part or level == other):
            own += [flow for flow in self.flows.values() if flow.level == other]
        return own

    def spot(self, node: Node, verbs: tuple[type, ...] = ()) -> tuple[Spot, list[Step]]:
        """A step by its name, and what it may be; none, with a finding, when there is no such step."""
        text = text_of(node)
        match = SPOT.match(text)
        if match is None:
            self.book.add(node, f"'{text}' is no step", "write its id, or F2.STEP", "go")
            return Spot(text), []
        spot = Spot(match[3], match[2] or "", bool(match[1]))
        there = [step for flow in self.flows_of(spot.part) for step in flow.steps]
        named = [step for step in there if step.id == spot.step]
        found = [step for step in named if not verbs or isinstance(step.does, verbs)]
        if not found:
            fitting = [step.id for step in there if not verbs or isinstance(step.does, verbs)]
            self.unknown(node, spot.step, fitting, f"step{_that(verbs)}")
        return spot, found

    def part(self, node: Node, *, whole: bool = True) -> str:
        """`F1`, or with `whole` also `order` or `return`."""
        text = text_of(node)
        known = Level.RETURN if self.flow.level == Level.RETURN else Level.ORDER
        if PARCEL.match(text) and self.flow.level != Level.RETURN:
            return text
        if not (whole and text == known):
            told = f"'{text}' is no part of this"
            self.book.add(node, told, f"write {f'{known}, or ' if whole else ''}F1, F2", "value")
        return text

    def unknown(self, node: Node, name: str, known: Sequence[str], what: str) -> None:
        near = meant(name, tuple(known))
        hint = f" - did you mean '{near}'?" if near else ""
        told = f"there is no {what} '{name}'{hint}"
        self.book.add(node, told, f"known: {', '.join(dict.fromkeys(known)) or 'none'}", "go")

    def place(self, node: Node) -> Place:
        return Place(self.book.file, node.line, node.column)


def text_of(node: Node) -> str:
    return node.text if isinstance(node, Scalar) else ""


def _that(verbs: tuple[type, ...]) -> str:
    names = {"Ask": "asks", "Run": "runs", "WaitFor": "waits", "Pause": "pauses", "Each": "opens parcels"}
    return f" that {' or '.join(names[verb.__name__] for verb in verbs)}" if verbs else ""
