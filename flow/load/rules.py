"""Scoring rules and routes, read from config/fraud.yaml and config/routing.yaml."""

from collections.abc import Mapping
from dataclasses import replace

from flow.facts import FULFILMENT, ORDER
from flow.kinds import Kind
from flow.load.form import Book, Form, Where
from flow.load.reader import Listing, Table, read
from flow.rules import HIGHEST, FraudRules, Route, Routing, ScoringRule
from flow.shadow import shadowed, told
from flow.typed import meant

FILE = ("the file",)
ABOUT_ORDER: Mapping[str, Kind] = {"order": ORDER}
# A fulfilment has no flow yet when its flow is asked for.
WITHOUT_FLOW = {name: kind for name, kind in FULFILMENT.fields.items() if name != "flow"}
ABOUT_FULFILMENT = {**ABOUT_ORDER, "fulfilment": replace(FULFILMENT, fields=WITHOUT_FLOW)}


def read_fraud(source: str | bytes, file: str, *, one_currency: bool) -> tuple[FraudRules, Book]:
    form = whole_file(source, file, ("rules",), "fraud.yaml")
    form.needs("rules", "add rules: and one rule after another, each with a dash")
    rules: list[ScoringRule] = []
    for row in rows_of(form, "rules", ("if", "score", "because")):
        for key, advice in RULE.items():
            row.needs(key, advice)
        condition = row.condition("if", ABOUT_ORDER, one_currency=one_currency)
        points = row.count("score", -HIGHEST, HIGHEST, 0)
        rules.append(ScoringRule(condition, points, row.text("because"), place_of(row)))
    return FraudRules(tuple(rules)), form.book


RULE = {"if": "add if: CONDITION", "score": "add score: POINTS", "because": "add because: a few words"}


def read_routing(
    source: str | bytes, file: str, flows: Mapping[str, str], *, one_currency: bool
) -> tuple[Routing, Book]:
    """`flows` maps each flow to its level."""
    form = whole_file(source, file, ("order", "fulfilment"), "routing.yaml")
    of_orders = _routes(form, "order", ABOUT_ORDER, flows, one_currency=one_currency)
    of_fulfilments = _routes(form, "fulfilment", ABOUT_FULFILMENT, flows, one_currency=one_currency)
    return Routing(of_orders, of_fulfilments), form.book


def whole_file(source: str | bytes, file: str, known: tuple[str, ...], what: str) -> Form:
    table, findings = read(source, file)
    book = Book(file, findings, unreadable=bool(findings) and not table.rows)
    book.places[FILE] = table
    return Form(book, table, known, FILE, what)


def rows_of(form: Form, key: str, known: tuple[str, ...]) -> list[Form]:
    rows: list[Form] = []
    for n, node in enumerate(form.items(key)):
        where: Where = (*FILE, key, str(n))
        form.book.places[where] = node
        if isinstance(node, Table):
            rows.append(Form(form.book, node, known, where, "a row"))
        else:
            form.wrong(node, "a row is a table", f"write `- {known[0]}: ...` and its other keys below")
    return rows


def _routes(
    form: Form, key: str, types: Mapping[str, Kind], flows: Mapping[str, str], *, one_currency: bool
) -> tuple[Route, ...]:
    form.needs(key, f"add {key}: and below it `- otherwise: FLOW`")
    rows = rows_of(form, key, ("if", "flow", "otherwise"))
    fitting = [name for name, level in flows.items() if level == key]
    routes = [_route(row, types, fitting, one_currency=one_currency) for row in rows]
    check_order(form, key, rows)
    if not form.book.findings:
        for n, earlier in shadowed([route.if_ for route in routes if route.if_], types):
            node = form.book.at((*rows[n].where, "if"))
            form.wrong(node, told(earlier), "put the narrower row first", "shadowed")
    return tuple(routes)


def _route(row: Form, types: Mapping[str, Kind], flows: list[str], *, one_currency: bool) -> Route:
    key = "otherwise" if "otherwise" in row else "flow"
    if key == "flow":
        row.needs("if", "add if: CONDITION, or `otherwise: FLOW` as the last row")
        row.needs("flow", "add flow: NAME")
    flow = known_flow(row, key, flows)
    return Route(row.condition("if", types, one_currency=one_currency), flow, place_of(row))


def known_flow(row: Form, key: str, flows: list[str]) -> str:
    """The flow a row names; a finding when it is none of `flows`."""
    flow, node = row.text(key), row.node(key)
    if node is not None and flow not in flows:
        near = meant(flow, tuple(flows))
        hint = f" - did you mean '{near}'?" if near else ""
        known = f"known: {', '.join(flows) or 'none'}"
        row.wrong(node, f"there is no such flow '{flow}'{hint}", known, "flow")
    return flow


def check_order(form: Form, key: str, rows: list[Form]) -> None:
    ends = [n for n, row in enumerate(rows) if "otherwise" in row]
    if isinstance(form.node(key), Listing) and ends != [len(rows) - 1]:
        node = form.book.at((*FILE, key))
        told = f"`{key}` does not say what else"
        form.wrong(node, told, "end it with one `- otherwise: FLOW`", "otherwise")


def place_of(row: Form) -> str:
    return f"{row.book.file}:{row.table.line}"
