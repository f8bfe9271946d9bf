"""The shop's own files, read as one."""

# ruff: noqa: E501 - one case a row reads best on one line

from datetime import UTC, datetime

import pytest

from activities.catalogue import ACTIONS
from domain.duration import Duration
from domain.errors import FlowRefused
from flow.load.shop import PERMISSIONS
from flow.shop import check_shop, load_shop
from tests.fakes import facts
from tests.flow.words import ROOT

CONFIG = ROOT / "config"
FILES = {
    path.relative_to(CONFIG).as_posix(): path.read_text()
    for path in sorted([*CONFIG.glob("*.yaml"), *CONFIG.glob("flows/*.yaml")])
}
NOTICES = frozenset(path.name.split(".")[0] for path in CONFIG.glob("mail/*.txt.j2"))


@pytest.fixture(scope="module")
def shop():
    return load_shop(FILES, ACTIONS, NOTICES)


def found(**changes: str) -> list[str]:
    """Findings of the shipped files with some of them changed; `_` in a name stands for a dot."""
    files = FILES | {name.replace("_yaml", ".yaml"): text for name, text in changes.items()}
    return [str(finding) for finding in check_shop(files, ACTIONS, NOTICES)]


def test_the_files_we_ship_have_no_findings():
    assert check_shop(FILES, ACTIONS, NOTICES) == []


def test_the_shop_knows_its_flows_roles_events_and_calendars(shop):
    assert {"standard", "warehouse"} <= set(shop.flows)
    assert set(shop.calendars) == {"office", "warehouse"}
    assert len(shop.roles) == 17
    assert shop.events["payment.received"].fields == {"amount": "money"}
    assert shop.hashes.keys() == {name for name in FILES if not name.endswith(".test.yaml")}
    assert shop.catalogue.flows["warehouse"] == "fulfilment"


def test_every_role_has_work_it_may_do(shop):
    """Whoever is asked by a flow may answer; an auditor only reads; everything is allowed to somebody."""
    for flow in shop.flows.values():
        for step in flow.steps:
            if step.does.verb == "ask":
                assert {"answer", "claim"} <= shop.roles[step.does.role].permissions
    assert shop.roles["auditor"].permissions == {"see", "reconcile", "export", "numbers", "customers"}
    assert set().union(*(role.permissions for role in shop.roles.values())) == set(PERMISSIONS)


def test_orders_and_fulfilments_are_routed(shop):
    assert shop.route_order(facts()) == "standard"
    part = {"method": "ship", "location": "main", "supplier": "", "made_to_order": False}
    for said, flow in (
        ({}, "warehouse"),
        ({"supplier": "acme"}, "drop-ship"),
        ({"made_to_order": True, "method": "pickup"}, "made-to-order"),
        ({"method": "pickup"}, "pickup"),
        ({"method": "local"}, "local-delivery"),
        ({"location": "third-party"}, "third-party"),
    ):
        assert shop.route_fulfilment({"order": facts(), "fulfilment": part | said}) == flow


def test_the_first_row_that_holds_routes():
    rows = """\
order:
  - if: order.channel == "phone"
    flow: standard
  - otherwise: standard
fulfilment:
  - if: fulfilment.method == "pickup"
    flow: pickup
  - otherwise: warehouse
"""
    pickup = FILES["flows/warehouse.yaml"].replace("flow: warehouse", "flow: pickup")
    shop = load_shop(FILES | {"routing.yaml": rows, "flows/pickup.yaml": pickup}, ACTIONS, NOTICES)
    scope = {"order": facts(), "fulfilment": {"method": "pickup"}}
    assert shop.route_fulfilment(scope) == "pickup"
    assert shop.route_fulfilment(scope | {"fulfilment": {"method": "ship"}}) == "warehouse"
    with pytest.raises(FlowRefused, match=r"routing.yaml:6: fulfilment.method is not known"):
        shop.route_fulfilment({"order": facts(), "fulfilment": {}})


@pytest.mark.parametrize(
    ("changes", "score", "said"),
    [
        ({}, 0, "Fraud score 0: no rule spoke."),
        ({"first_order": True, "orders_before": 0}, 10, "Fraud score 10: first order (+10)."),
        ({"orders_before": 9}, 0, "Fraud score 0: regular customer (-30)."),
        (
            {"first_order": True, "orders_before": 0, "total": "640.00", "same_address": False},
            57,
            "Fraud score 57: first order (+10), first order over EUR 500 (+25), other billing address (+22).",
        ),
        (
            {"first_order": True, "orders_before": 0, "total": "9000.00", "same_address": False, "express": True,
             "email_domain": "mailinator.com"},
            100,
            None,
        ),
        ({"first_order": True, "orders_before": 0, "currency": "JPY", "total": "9000"}, 10, None),
    ],
)  # fmt: skip
def test_an_order_is_scored_with_the_reasons(shop, changes, score, said):
    result = shop.fraud.screen({"order": facts(**changes)})
    assert result.values == {"score": score}
    assert said is None or result.said == said


def test_a_score_needs_every_fact_it_asks_for(shop):
    order = facts()
    del order["email_domain"]
    with pytest.raises(FlowRefused, match=r"^fraud.yaml:\d+: order.email_domain is not known\.$"):
        shop.fraud.screen({"order": order})


def test_working_time_is_that_of_the_files(shop):
    friday = datetime(2026, 11, 27, 15, 0, tzinfo=UTC)  # 16:00 in Berlin
    hours = Duration.parse("2 working hours")
    assert shop.calendars["office"].after(friday, hours) == datetime(2026, 11, 30, 9, 0, tzinfo=UTC)
    assert shop.calendars["warehouse"].after(friday, hours) == datetime(2026, 11, 28, 8, 30, tzinfo=UTC)


CALENDAR = "office: {zone: Europe/Berlin, hours: {mon-fri: 09:00-17:00}}\nwarehouse: "
WRONG = [
    ("calendars_yaml", "{zone: Berlin, hours: {mon: 09:00-17:00}}", ":2:19: zone: 'Berlin' is not a time zone"),
    ("calendars_yaml", "{zone: UTC, hours: {monday: 09:00-17:00}}", "'monday' is no weekday"),
    ("calendars_yaml", "{zone: UTC, hours: {fri-mon: 09:00-17:00}}", "'fri-mon' is no weekday"),
    ("calendars_yaml", "{zone: UTC, hours: {mon: 17:00-09:00}}", "'17:00-09:00' is no time of day"),
    ("calendars_yaml", "{zone: UTC, hours: {mon: 9-17}}", "'9-17' is no time of day"),
    ("calendars_yaml", "{zone: UTC, hours: {mon-fri: 09:00-17:00, tue: 09:00-12:00}}", "tue is set twice"),
    ("calendars_yaml", '{zone: UTC, hours: {mon: "09:00-12:00, 11:00-17:00"}}', "opening hours follow one another"),
    ("calendars_yaml", "{zone: UTC, hours: {}}", "has no working time at all"),
    ("calendars_yaml", "{hours: {mon: 09:00-17:00}}", "a calendar needs `zone`"),
    ("calendars_yaml", "{zone: UTC, hours: {mon: 09:00-17:00}, holidays: {Christmas: yes}}", "'Christmas' is no date"),
    ("calendars_yaml", "9 to 5", "a calendar is a table"),
    ("roles_yaml", "ops: {about: x, permissions: [se]}", "there is no permission 'se' - did you mean 'see'?"),
    ("roles_yaml", "Ops: {about: x, permissions: []}", "'Ops' is no name for a role"),
    ("events_yaml", "carrier.delivered: {about: x, fields: {at: time}}", "'time' is no kind of value"),
    ("events_yaml", "delivered: {about: x}", "'delivered' is no name for an event"),
    ("events_yaml", 'a.b: {about: x, fields: {c: "choice [a, b]", d: "choice [a, b]"}}', "one choice field at most"),
    ("fraud_yaml", "rules:\n  - if: order.totl > 5\n    score: 5\n    because: x",
     "fraud.yaml:2:9: unknown field 'order.totl' - did you mean 'order.total'?"),
    ("fraud_yaml", "rules:\n  - if: order.total > 5\n    score: 5\n    because: x", "2:23: an amount without its currency"),
    ("fraud_yaml", "rules:\n  - if: order.express\n    because: x", "a row needs `score`"),
    ("fraud_yaml", "rules:\n  - if: order.express\n    score: 101\n    because: x", "3:12: `score` is a whole number"),
    ("fraud_yaml", "rules:\n  - if: fulfilment.total > 0\n    score: 1\n    because: x", "unknown name 'fulfilment'"),
    ("fraud_yaml", "rulez: []", "unknown key 'rulez' - did you mean 'rules'?"),
    ("routing_yaml", "order:\n  - otherwise: standrad\nfulfilment:\n  - otherwise: warehouse",
     "routing.yaml:2:16: there is no such flow 'standrad' - did you mean 'standard'?"),
    ("routing_yaml", "order:\n  - otherwise: warehouse\nfulfilment:\n  - otherwise: warehouse",
     "there is no such flow 'warehouse'"),
    ("routing_yaml", "order:\n  - if: order.express\n    flow: standard\nfulfilment:\n  - otherwise: warehouse",
     "`order` does not say what else"),
    ("routing_yaml", "order:\n  - otherwise: standard", "routing.yaml needs `fulfilment`"),
    ("routing_yaml", ("order:\n  - otherwise: standard\nfulfilment:\n  - if: fulfilment.flow == 'x'\n    flow: warehouse\n"
     "  - otherwise: warehouse"), "unknown field 'fulfilment.flow'"),
    ("routing_yaml", ("order:\n  - if: order.express\n    flow: standard\n  - if: order.express and order.hold\n"
     "    flow: standard\n  - otherwise: standard\nfulfilment:\n  - otherwise: warehouse"),
     "4:9: this row is never reached"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "text", "told"), WRONG, ids=lambda value: value[:30])
def test_a_wrong_file_is_found_where_it_is_wrong(file, text, told):
    if file == "calendars_yaml":
        text = CALENDAR + text
    findings = [
        finding for finding in found(**{file: text}) if finding.startswith(file.replace("_yaml", ".yaml"))
    ]
    assert any(told in finding for finding in findings), findings


def test_one_mistake_in_a_calendar_is_told_once():
    findings = found(calendars_yaml=CALENDAR + "{zone: Berlin, hours: {mon: 09:00-17:00}}")
    assert len(findings) == 1


def test_a_missing_file_is_the_only_finding():
    files = {name: text for name, text in FILES.items() if name != "roles.yaml"}
    findings = check_shop(files, ACTIONS, NOTICES)
    assert [str(finding) for finding in findings] == [
        "roles.yaml:1:1: this file is missing - add it to the config folder [file]"
    ]


def test_nothing_is_loaded_in_part():
    flow = FILES["flows/standard.yaml"].replace("run: fraud.screen", "run: fraud.scren")
    wrong = {"flows/standard.yaml": flow, "fraud.yaml": "rules: 5\n"}
    with pytest.raises(FlowRefused) as refused:
        load_shop(FILES | wrong, ACTIONS, NOTICES)
    lines = str(refused.value).splitlines()
    assert any(line.startswith("flows/standard.yaml:") and "fraud.screen" in line for line in lines)
    assert any(line.startswith("fraud.yaml:1:8:") for line in lines)


def test_a_shop_with_one_currency_compares_amounts_with_plain_numbers():
    text = "rules:\n  - if: order.total > 500\n    score: 5\n    because: dear\n"
    shop = load_shop(FILES | {"fraud.yaml": text}, ACTIONS, NOTICES, frozenset({"EUR"}))
    assert shop.fraud.screen({"order": facts(total="501.00")}).values == {"score": 5}


def test_files_are_known_by_name_in_whatever_folder_they_lie():
    files = {f"shop/{name}": text for name, text in FILES.items()}
    assert set(load_shop(files, ACTIONS, NOTICES).flows) >= {"standard", "warehouse"}
