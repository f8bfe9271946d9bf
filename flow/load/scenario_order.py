"""The order, return and parcels that a scenario begins with, in their short form."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from domain.act import HoldKind
from domain.errors import Refused
from domain.facts import Facts
from flow.facts import FULFILMENT, ORDER, RETURN
from flow.kinds import YES_NO, Kind
from flow.load.form import Form
from flow.load.reader import Node, Scalar, Table
from flow.load.scenario_values import Values
from flow.load.scenario_words import PARCEL, Words, text_of
from flow.model import Level
from flow.scenario_facts import whole_order, whole_return

# A Monday on which everybody works, with a month of ordinary weeks after it.
STARTS = "2026-11-23 09:00"
ASKED = {**ORDER.fields, "sample": Kind("text")}
PARCELS: Mapping[str, Kind] = {**FULFILMENT.fields, "split_off": YES_NO}
Samples = Callable[[str], Facts]


class Orders:
    """
    Reads them with the words of one file; `shared` is what the file says of every one.

    `samples` has the facts of a sample order, by its file, and raises Refused where there is none.
    """

    def __init__(
        self, words: Words, values: Values, samples: Samples, shared: Mapping[str, Node | None]
    ) -> None:
        self._words = words
        self._book = words.book
        self._values = values
        self._samples = samples
        self._shared = shared

    def starts(self, form: Form) -> datetime:
        text, node = form.text("starts", STARTS), form.node("starts")
        found = self._values.instant(text)
        if found is None and node is not None:
            form.wrong(node, f"'{text}' is no moment", f"write starts: {STARTS}")
        usual = self._values.instant(STARTS)
        assert usual is not None
        return found or usual

    def order(self, form: Form, starts: datetime) -> Facts:
        said: Facts = {}
        for node in (self._shared["order"], form.node("order")):
            said.update(self._said(node) if node else {})
        return whole_order(said, starts)

    def _said(self, node: Node) -> Facts:
        """Facts, or the name of a sample's file; a payment may be told by its method alone."""
        if isinstance(node, Scalar):
            return self._sample(node)
        if isinstance(node, Table):
            payment = node.rows.get("payment")
            if isinstance(payment, Scalar):
                rows = {**node.rows, "payment": Table({"method": payment}, {"method": payment})}
                node = Table(rows, node.keys, node.line, node.column)
        said: dict[str, Any] = self._values.record(node, ASKED, "`order`")
        if said.pop("sample", None) is not None and isinstance(node, Table):
            return {**self._sample(node.rows["sample"]), **said}
        return said

    def _sample(self, node: Node) -> Facts:
        try:
            return self._samples(text_of(node))
        except Refused as error:
            advice = "write a file beside flows/, such as samples/clean.json"
            self._book.add(node, str(error), advice, "file")
            return {}

    def returned(self, form: Form, order: Facts) -> Facts | None:
        node = form.node("return")
        if self._words.flow.level != Level.RETURN:
            if node is not None:
                form.wrong(node, "no goods come back in this flow", "leave it out", "level")
            return None
        said: Facts = {}
        for each in (self._shared["return"], node):
            said.update(self._values.record(each, RETURN.fields, "`return`") if each else {})
        return whole_return(said, order)

    def parcels(self, form: Form) -> dict[str, Facts]:
        """By their number; `split_off` ones come when goods are missing."""
        table = form.rows("parcels") or Table()
        found: dict[str, Facts] = {}
        for name, node in table.rows.items():
            if not PARCEL.match(name):
                self._book.add(table.keys[name], f"'{name}' is no parcel", "write F1, F2", "value")
                continue
            found[name] = self._values.record(node, PARCELS, f"`{name}`")
        return found

    def held(self, form: Form) -> tuple[str, ...]:
        held = form.names("held")
        known = tuple(HoldKind)
        for n, kind in enumerate(held):
            if kind not in known:
                node = self._book.at((*form.where, "held", str(n)))
                form.wrong(node, f"'{kind}' is no kind of hold", f"write {', '.join(known)}")
        return held
