"""Every rule of the check, its examples, and the page that tells them."""

from collections.abc import Mapping

import pytest

from activities.catalogue import ACTIONS
from config.settings import SHIPPED
from config.shop import config_files, notices
from flow.checks.casebook import FLOW_FILE, RuleCase, rule_cases
from flow.checks.page import rules_page
from flow.finding import RULES, Finding
from flow.shop import check_shop
from tests.flow.words import ROOT

PAGE = ROOT / "docs" / "reference" / "rules.md"
WORDS = {
    name: text
    for name, text in config_files(SHIPPED).items()
    if name in ("calendars.yaml", "roles.yaml", "events.yaml")
}
TINY = {
    "standard": "for: order\ntitle: T\nformat: 1\ncancel_until: ship\nsteps:\n"
    "  - {id: hold, title: T, run: payment.authorize, undo: payment.void, timeout: 9s}\n"
    "  - {id: ship, title: T, each: fulfilments, use: fulfilment.flow, then: done}\n"
    "ends: {done: {title: T, state: completed}, off: {title: T, state: cancelled, undo: true}}\n",
    "warehouse": "for: fulfilment\ntitle: T\nformat: 1\nsteps:\n"
    "  - {id: tell, title: T, tell: shipped, then: done}\n"
    "ends: {done: {title: T, state: fulfilled}, off: {title: T, state: cancelled, undo: true}}\n",
    "return": "for: return\ntitle: T\nformat: 1\nsteps:\n"
    "  - {id: tell, title: T, tell: shipped, then: done}\n"
    "ends: {done: {title: T, state: closed}, off: {title: T, state: cancelled, undo: true}}\n",
}
SHOP: Mapping[str, str] = {
    **WORDS,
    "fraud.yaml": "rules: []\n",
    "routing.yaml": "order: [{otherwise: standard}]\nfulfilment: [{otherwise: warehouse}]\n",
    "returns.yaml": "returns: [{otherwise: return, window: 30 days}]\n",
    "shipping.yaml": "{calendar: office, cut_off: 14:00, express: same day, standard: 1 working day}\n",
    **{f"flows/{name}.yaml": f"flow: {name}\n{text}" for name, text in TINY.items()},
}
NOTICES = notices(SHIPPED)
CASES = rule_cases()


def checked(case: RuleCase, text: str) -> list[Finding]:
    files = {**SHOP, case.file: text}
    if not text:
        del files[case.file]
    return check_shop(files, ACTIONS, NOTICES)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.rule)
def test_the_wrong_example_breaks_its_rule_alone(case):
    findings = checked(case, case.wrong_file)
    assert {finding.rule for finding in findings} == {case.rule}, [str(finding) for finding in findings]
    assert all(finding.advice for finding in findings)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.rule)
def test_the_right_example_breaks_none(case):
    assert [str(finding) for finding in checked(case, case.whole(case.right))] == []


@pytest.mark.parametrize(
    "case", [case for case in CASES if case.file == FLOW_FILE], ids=lambda case: case.rule
)
def test_a_finding_stands_inside_the_example(case):
    """The place is a line and a column that the file has, so that the caret points at something."""
    text = case.wrong_file
    lines = text.splitlines()
    for finding in checked(case, text):
        assert 1 <= finding.line <= len(lines)
        assert 1 <= finding.column <= len(lines[finding.line - 1]) + 1
        assert finding.with_excerpt(text).splitlines()[2].endswith("^")


def test_every_rule_has_a_case_and_every_case_a_rule():
    """The type checker proves that no finding is made with another rule."""
    assert {case.rule for case in CASES} == set(RULES)


def test_the_page_of_rules_is_what_the_cases_say():
    told = "write it anew: orders flow rules --markdown > docs/reference/rules.md"
    assert PAGE.read_text(encoding="utf-8") == rules_page(CASES), told
