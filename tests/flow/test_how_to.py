"""What the pages for ops engineers tell them to write is what the check takes."""

import re

import pytest

from activities.catalogue import ACTIONS
from config.settings import SHIPPED
from config.shop import config_files, notices
from flow.shop import check_shop
from tests.flow.words import ROOT

PAGES = ROOT / "docs" / "how-to"
FILES = config_files(SHIPPED)
WAREHOUSE = FILES["flows/warehouse.yaml"]


def blocks(page: str) -> list[str]:
    return re.findall(r"```yaml\n(.*?)```", (PAGES / page).read_text(encoding="utf-8"), re.DOTALL)


def findings(changes: dict[str, str]) -> list[str]:
    return [str(finding) for finding in check_shop(FILES | changes, ACTIONS, notices(SHIPPED))]


def before(id: str, step: str) -> str:
    return WAREHOUSE.replace(f"  - id: {id}\n", f"{step}\n  - id: {id}\n")


def test_the_first_flow_and_its_route_have_no_findings():
    flow, routing = blocks("first-flow.md")
    assert findings({"flows/market.yaml": flow, "routing.yaml": routing}) == []


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("go: fetched", "go: fetchd", "go"),
        ("    undo: payment.refund\n", "", "no-undo"),
        ("customer is here, go: capture", "customer is here, go: handed_over", "unpaid"),
    ],
)
def test_what_the_first_page_tells_to_try_is_found(old, new, rule):
    flow, routing = blocks("first-flow.md")
    assert old in flow
    told = findings({"flows/market.yaml": flow.replace(old, new, 1), "routing.yaml": routing})
    assert any(line.endswith(f"[{rule}]") for line in told), told


def test_a_step_is_added_by_writing_it_where_it_belongs():
    (step,) = blocks("add-a-step.md")
    assert findings({"flows/warehouse.yaml": before("hand_over", step)}) == []


def test_a_second_deadline_leads_to_a_second_person():
    late, step, shipping = blocks("add-a-deadline.md")
    text = before("refund", step).replace("    if_late: {after: 10 working days, go: refund}\n", late)
    assert findings({"flows/warehouse.yaml": text, "shipping.yaml": shipping}) == []


def test_the_staff_can_be_written_to_of_each_new_order():
    (step,) = blocks("notices.md")
    text = FILES["flows/standard.yaml"].replace("  - id: screen\n", f"{step}\n  - id: screen\n")
    assert "tell: new_order" in text
    assert findings({"flows/standard.yaml": text}) == []


def test_a_new_role_is_asked_once_it_stands_in_its_file():
    role, step = blocks("add-a-role.md")
    text = before("hand_over", step)
    assert findings({"flows/warehouse.yaml": text, "roles.yaml": FILES["roles.yaml"] + "\n" + role}) == []
    (told,) = findings({"flows/warehouse.yaml": text})
    assert "there is no role 'engraver'" in told
