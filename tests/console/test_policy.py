"""Every route, every role, what is theirs, what is not and what is not there: by the policy table."""

import re

import pytest

from console.app import PAGES
from console.policy import ROUTES
from tests.console.conftest import INCIDENT, PACK, REVIEW

OWN, FOREIGN, MISSING = "own", "foreign", "missing"
REFUSED = (401, 403, 404, 405)
THINGS = {
    "task": {OWN: PACK, FOREIGN: REVIEW, MISSING: "9999-F1.pack.1"},
    "whom": {OWN: "someone", FOREIGN: "someone", MISSING: "nobody"},
    "name": {OWN: "warehouse", FOREIGN: "standard", MISSING: "nowhere"},
    "number": {OWN: "1001", FOREIGN: "1002", MISSING: "9999"},
    "id": {OWN: INCIDENT, FOREIGN: INCIDENT, MISSING: "9999.pack.1"},
}
FIELDS = {
    "kind": "OTHER",
    "reason": "because",
    "text": "a note",
    "sku": "MUG-BLUE",
}
ROLES = (
    *("admin", "ops", "support", "support-lead", "fraud", "warehouse", "warehouse-lead", "production"),
    *("counter", "courier", "returns", "buyer", "finance", "partner", "auditor", "shop"),
)
# Whose lists the task of the warehouse, and the one of the fraud team, are on.
PACKERS = {"warehouse", "warehouse-lead", "admin"}
REVIEWERS = {"fraud", "admin"}


def test_every_route_has_its_row_and_every_row_its_route():
    assert {*PAGES, "GET /health"} == set(ROUTES)


def test_the_roles_asked_here_are_those_of_the_shop(shop):
    assert set(ROLES) == set(shop.roles)


def expected(rule, role, permissions, path, thing) -> str:
    """`in`, `forbidden` or `not here`."""
    if rule.needs and (role == "partner" or rule.needs not in permissions):
        return "forbidden"
    if "{" in path and thing == MISSING:
        return "not here"
    if "{task}" in path:
        lists = PACKERS if thing == OWN else REVIEWERS
        if thing == FOREIGN and path.startswith("/pack/"):
            return "not here"  # nothing of a review is scanned
        return "in" if role in lists else "not here"
    return "in"


def filled(path: str, thing: str) -> str:
    for name, things in THINGS.items():
        path = path.replace(f"{{{name}}}", things[thing])
    return path


def told(status: int) -> str:
    return {403: "forbidden", 404: "not here", 401: "not signed in", 405: "no such method"}.get(
        status, "in"
    )


@pytest.mark.parametrize("role", ROLES)
async def test_a_role_opens_what_the_table_says_and_nothing_else(role, sign_in, shop):
    await sign_in("someone", "warehouse")
    browser = await sign_in("pat", role)
    wrong = []
    for key, rule in ROUTES.items():
        method, path = key.split(" ")
        if rule.anyone or path in (
            "/sign-out",
            "/",
            "/account/password",
            "/account/second",
            "/account/second/drop",
        ):
            continue
        if "mails" in path:
            continue  # the shop here has sent none: its own test opens one
        for thing in (OWN, FOREIGN, MISSING) if "{" in path else (OWN,):
            name = filled(path, thing)
            if method == "GET":
                answer = await browser.get(name)
            else:
                more = {"role": "warehouse"} if path.startswith("/accounts") else {}
                answer = await browser.send(name, **FIELDS, **more)
            should = expected(rule, role, shop.roles[role].permissions, path, thing)
            if key == "POST /incidents/{id}/skip" and should == "in" and role not in ("ops", "admin"):
                continue  # refused by the step's own flow, in words
            if told(answer.status_code) != should:
                wrong.append((key, thing, answer.status_code, should))
    assert wrong == []


async def test_without_a_session_every_page_asks_to_sign_in_and_every_form_is_refused(anyone):
    for key, rule in ROUTES.items():
        method, path = key.split(" ")
        if rule.anyone:
            continue
        name = re.sub(r"\{\w+\}", "1001", path)
        if method == "GET":
            answer = await anyone.get(name)
            assert answer.status_code in (303, 401), key
            assert answer.status_code == 401 or answer.headers["location"].startswith("/sign-in"), key
        else:
            assert (await anyone.send(name)).status_code in (401, 403), key


async def test_a_partner_sees_nothing_of_the_staffs(sign_in):
    browser = await sign_in("supplier", "partner")
    for path in ("/", "/inbox", "/orders", "/orders/1001", "/incidents", f"/tasks/{PACK}"):
        answer = await browser.get(path)
        assert answer.status_code == 403, path
        assert "1001" not in answer.text
        assert "Ada" not in answer.text


async def test_a_role_that_the_shop_no_longer_has_may_nothing(sign_in):
    browser = await sign_in("old", "caretaker")
    assert (await browser.get("/inbox")).status_code == 403
