"""Everything a shop has written down for itself, checked as one: nothing is loaded in part."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import PurePosixPath

from domain.calendar import WorkingCalendar
from domain.dispatch import Dispatch
from domain.facts import Facts
from domain.order_event import Listener
from domain.partner import Partners
from domain.web_shop import WebShop
from flow.catalogue import Action, Catalogue, Event
from flow.check import check_draft, compile_flow
from flow.checks.case import Case
from flow.checks.lanes import beginnings
from flow.checks.money import Beginning
from flow.finding import Finding, refuse
from flow.load.flow import Draft, draft_flow
from flow.load.partners import read_partners
from flow.load.returns import read_returns
from flow.load.rules import read_fraud, read_routing
from flow.load.scenarios import Shelf
from flow.load.shipping import read_shipping
from flow.load.shop import Role, read_calendars, read_events, read_roles
from flow.load.web_shops import read_listeners, read_web_shops
from flow.model import Flow, Level
from flow.return_rules import ReturnRules
from flow.rules import FraudRules, Routing, choose
from flow.scenario_files import check_scenarios, is_scenarios

WORDS = ("calendars.yaml", "roles.yaml", "events.yaml")
FILES = (*WORDS, "fraud.yaml", "routing.yaml", "returns.yaml", "shipping.yaml")
OPTIONAL = ("partners.yaml", "shops.yaml", "hooks.yaml")


@dataclass(frozen=True)
class Shop:
    """The shop's words, rules and flows. `hashes` has the sha256 of each file they came from."""

    calendars: Mapping[str, WorkingCalendar]
    roles: Mapping[str, Role]
    events: Mapping[str, Event]
    fraud: FraudRules
    routing: Routing
    returns: ReturnRules
    catalogue: Catalogue
    flows: Mapping[str, Flow]
    hashes: Mapping[str, str]
    shipping: Dispatch | None = None  # none only where there are findings
    partners: Partners = field(default_factory=Partners)
    web_shops: Mapping[str, WebShop] = field(default_factory=dict)
    listeners: Mapping[str, Listener] = field(default_factory=dict)

    @property
    def zone(self) -> str:
        """Of its first calendar: where the shop's days begin, unless its settings say otherwise."""
        return next((calendar.zone for calendar in self.calendars.values()), "UTC")

    def ship_by(self, at: datetime, express: bool) -> datetime:
        """Until when a parcel has to leave whose goods are here at an instant."""
        assert self.shipping is not None, "a shop with findings is not used"
        return self.shipping.ship_by(at, express)

    def with_flow(self, flow: Flow) -> "Shop":
        """The same shop with another version of one flow."""
        return replace(self, flows={**self.flows, flow.name: flow})

    def route_order(self, facts: Facts) -> str:
        """
        The flow of an order with these facts.

        :raises FlowRefused: a row asks for a fact that the order does not have.
        """
        return choose(self.routing.order, {"order": facts})

    def route_fulfilment(self, scope: Facts) -> str:
        """
        The flow of a fulfilment; `scope` has the facts under `order` and `fulfilment`.

        :raises FlowRefused: a row asks for a fact that is not there.
        """
        return choose(self.routing.fulfilment, scope)


def load_shop(
    files: Mapping[str, str],
    actions: Mapping[str, Action],
    notices: frozenset[str],
    currencies: frozenset[str] = frozenset(),
) -> Shop:
    """
    The shop as its files say it. `files` maps a path such as `flows/standard.yaml` to its text.

    With exactly one of `currencies`, conditions may compare an amount with a plain number.

    :raises FlowRefused: every finding in any of the files, one a line.
    """
    shop, findings = _read(files, Catalogue(actions, {}, {}, notices, frozenset(), currencies=currencies))
    refuse(findings)
    return shop


def read_words(files: Mapping[str, str], actions: Mapping[str, Action], notices: frozenset[str]) -> Shop:
    """
    The shop with its words, for those who write flows: what is wrong with flows, routes and rules does
    not count, and these may be missing from it.

    :raises FlowRefused: findings in its calendars, roles or events.
    """
    shop, findings = _read(files, Catalogue(actions, {}, {}, notices, frozenset()))
    refuse(each for each in findings if PurePosixPath(each.file).name in WORDS)
    return shop


def check_shop(
    files: Mapping[str, str],
    actions: Mapping[str, Action],
    notices: frozenset[str],
    currencies: frozenset[str] = frozenset(),
) -> list[Finding]:
    """Every finding in any of the files."""
    words = Catalogue(actions, {}, {}, notices, frozenset(), currencies=currencies)
    shop, findings = _read(files, words)
    shelf = Shelf(shop.flows, shop.catalogue, shop.calendars)
    return sorted({*findings, *(check_scenarios(files, shelf) if not findings else ())})


def _read(files: Mapping[str, str], words: Catalogue) -> tuple[Shop, list[Finding]]:
    """`words` knows actions, notices and currencies; the files add the rest."""
    calendars, of_calendars = read_calendars(*_source(files, "calendars.yaml"))
    roles, of_roles = read_roles(*_source(files, "roles.yaml"))
    events, of_events = read_events(*_source(files, "events.yaml"))
    drafts = _drafts(files)
    catalogue = replace(
        words,
        events=events,
        roles={name: role.permissions for name, role in roles.items()},
        calendars=of_calendars.names(),  # of those with findings too, which are told once
        flows={draft.flow.name: draft.flow.level.value for draft in drafts},
        steps={step.id: draft.flow.name for draft in drafts for step in draft.flow.steps},
    )
    one_currency = len(words.currencies) == 1
    fraud, of_fraud = read_fraud(*_source(files, "fraud.yaml"), one_currency=one_currency)
    source = _source(files, "routing.yaml")
    routing, of_routing = read_routing(*source, catalogue.flows, one_currency=one_currency)
    source = _source(files, "returns.yaml")
    returns, of_returns = read_returns(*source, catalogue.flows, one_currency=one_currency)
    shipping, of_shipping = read_shipping(*_source(files, "shipping.yaml"), calendars, of_calendars.names())
    partners, of_partners = read_partners(*_source(files, "partners.yaml"))
    web_shops, of_web_shops = read_web_shops(*_source(files, "shops.yaml"))
    listeners, of_listeners = read_listeners(*_source(files, "hooks.yaml"))
    findings = _missing(files)
    books = [of_calendars, of_roles, of_events, of_fraud, of_routing, of_returns]
    books += [of_shipping, of_partners, of_web_shops, of_listeners]
    for book in () if findings else books:
        findings += _told_once(book.findings, drafts)
    no_words = any(book.unreadable for book in (of_calendars, of_roles, of_events))
    flows, of_flows = ({}, []) if _missing(files) or no_words else _flows(drafts, catalogue, routing)
    hashes = {
        name: hashlib.sha256(text.encode(errors="surrogateescape")).hexdigest()
        for name, text in files.items()
        if not is_scenarios(name)
    }
    words_and_rules = calendars, roles, events, fraud, routing, returns, catalogue
    shop = Shop(*words_and_rules, flows, hashes, shipping, partners, web_shops, listeners)
    return shop, findings + of_flows


def _told_once(findings: Iterable[Finding], drafts: list[Draft]) -> list[Finding]:
    """Without those of a flow that seems to be missing because its file cannot be read, which is told."""
    all_read = all(draft.flow.name for draft in drafts)
    return [each for each in findings if all_read or each.rule != "flow"]


def _missing(files: Mapping[str, str]) -> list[Finding]:
    """A whole file that is not there would make every name of it look unknown."""
    names = {PurePosixPath(path).name for path in files}
    return [
        Finding(name, 1, 1, "this file is missing", "add it to the config folder", "file")
        for name in FILES
        if name not in names
    ]


def _flows(
    drafts: list[Draft], catalogue: Catalogue, routing: Routing
) -> tuple[dict[str, Flow], list[Finding]]:
    """The flows of orders first: what they do before their lanes begin is what these rely on."""
    flows: dict[str, Flow] = {}
    findings: list[Finding] = []
    orders: list[Case] = []
    begin: Mapping[str, Beginning] | None = None
    for draft in sorted(drafts, key=lambda each: each.flow.level != Level.ORDER):
        if draft.flow.level != Level.ORDER and begin is None:
            begin = beginnings(orders, [route.flow for route in routing.fulfilment])
        found = check_draft(draft, catalogue, (begin or {}).get(draft.flow.name))
        findings += found
        if not found:
            flows[draft.flow.name] = compile_flow(draft.flow, catalogue)
            if draft.flow.level == Level.ORDER:
                orders.append(Case(draft.flow, draft.book, catalogue))
    return flows, findings


def _drafts(files: Mapping[str, str]) -> list[Draft]:
    names = [name for name in sorted(files) if PurePosixPath(name).parent.name == "flows"]
    flows = [name for name in names if name.endswith(".yaml") and not is_scenarios(name)]
    return [draft_flow(files[name], name) for name in flows]


def _source(files: Mapping[str, str], name: str) -> tuple[str, str]:
    """Text and path of a file by its name, whatever folder it lies in."""
    found = [path for path in sorted(files) if PurePosixPath(path).name == name]
    return (files[found[0]], found[0]) if found else ("", name)
