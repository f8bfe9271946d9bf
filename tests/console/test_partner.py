"""The pages of a partner: own orders, foreign ones and missing ones, and every answer they can give."""

import pytest

from console.app import PAGES
from domain.audit import DeedKind
from domain.partner import PartnerDeed, PartnerState
from tests.adapters.database.given import place
from tests.console.conftest import account as staff_account
from tests.partners import ask, said, standing, told

HERE = "/partner/orders/1001-F1"
FORM = {"form": "cd" * 16}


@pytest.fixture
def url(database):
    place(database.url, "1003")
    ask(database.url, "1001", "Oak & Sons")
    ask(database.url, "1002", "Iron Works")
    return database.url


@pytest.fixture
async def oak(url, house, sign_in):  # noqa: ARG001 - their orders stand there
    browser = await sign_in("oak", "partner")
    house.accounts.set_roles("oak", ["partner"], "Oak & Sons")
    browser.session = staff_account(house, "oak")
    browser.client.cookies.clear()
    browser.client.cookies.set("orders-session", browser.session)
    return browser


async def test_a_partner_begins_at_their_list_and_sees_their_own_orders_alone(oak):
    assert (await oak.get("/")).headers["location"] == "/partner"
    listed = await oak.get("/partner")
    assert "1001-F1" in listed.text
    assert "1002" not in listed.text
    assert "Ada" not in listed.text
    for name in ("shipped", "over"):
        assert "1001-F1" not in (await oak.get(f"/partner?list={name}")).text
    assert (await oak.get("/partner?list=all")).status_code == 404
    assert (await oak.get("/partner?before=1002-F1")).status_code == 404


async def test_every_page_of_the_staffs_is_shut_and_what_is_foreign_looks_missing(oak, url):
    for key in PAGES:
        method, path = key.split(" ")
        if method == "GET" and path.startswith(
            ("/inbox", "/orders", "/stock", "/accounts", "/audit", "/pack")
        ):
            filled = path.replace("{number}", "1001").replace("{id}", "1001.x.1").replace("{task}", "1001")
            assert (await oak.get(filled)).status_code == 403, path
    foreign, missing = await oak.get("/partner/orders/1002-F1"), await oak.get("/partner/orders/9-F1")
    assert (foreign.status_code, foreign.text) == (404, missing.text)
    for deed in PartnerDeed:
        form = {"reason": "no", "tracking": "SIM000000000000017", **FORM}
        foreign = await oak.send(f"/partner/orders/1002-F1/{deed}", **form)
        missing = await oak.send(f"/partner/orders/9-F1/{deed}", **form)
        assert (foreign.status_code, foreign.text) == (404, missing.text)
    assert (await oak.send(f"{HERE}/steal", **FORM)).status_code == 404
    assert told(url, "1002") == []


async def test_the_address_is_there_once_they_have_accepted(oak, url):
    before = await oak.get(HERE)
    done = await oak.send(f"{HERE}/accept", **FORM)
    again = await oak.send(f"{HERE}/accept", **FORM)
    after = await oak.get(done.headers["location"])

    assert "Ada Lovelace" not in before.text
    assert (done.status_code, again.status_code) == (303, 303)
    assert "Ada Lovelace" in after.text
    assert "The shop knows" in after.text
    assert "23.90" not in after.text
    assert said(url, "1001") == ["partner.answered accepted"]


async def test_the_packing_slip_is_there_for_ones_own_parcels_once_they_are_accepted(oak, house):
    early = await oak.get(f"{HERE}/packing-slip")
    await oak.send(f"{HERE}/accept", **FORM)
    slip = await oak.get(f"{HERE}/packing-slip")

    assert (early.status_code, slip.status_code) == (409, 200)
    assert slip.headers["content-type"] == "application/pdf"
    assert slip.content.startswith(b"%PDF-")
    for number in ("1002-F1", "9-F1"):
        assert (await oak.get(f"/partner/orders/{number}/packing-slip")).status_code == 404
    read = [deed for _, deed in house.audit.entries(99) if deed.kind == DeedKind.READ]
    assert {(deed.by, deed.order) for deed in read} == {("oak", "1001"), ("oak", "1002"), ("oak", "9")}


async def test_a_second_tab_and_a_slip_of_the_pen_are_told(oak, url):
    await oak.send(f"{HERE}/accept", **FORM)
    late = await oak.send(f"{HERE}/reject", reason="no", form="ef" * 16)
    slip = await oak.send(f"{HERE}/ship", tracking="1Z5R89390357567128", form="ee" * 16)

    assert (late.status_code, slip.status_code) == (409, 422)
    assert "it is accepted" in late.text
    assert "check digit is wrong" in slip.text
    assert "1Z5R89390357567128" in slip.text
    assert standing(url, "1001-F1").state == PartnerState.ACCEPTED


async def test_a_parcel_that_left_and_a_wish_to_cancel(oak, url):
    ask(url, "1003", "Oak & Sons", state=PartnerState.ACCEPTED, cancel_asked_at=standing_at(url))
    page = await oak.get("/partner/orders/1003-F1")
    kept = await oak.send("/partner/orders/1003-F1/keep", **FORM)
    shipped = await oak.send("/partner/orders/1003-F1/ship", tracking="by van", form="ee" * 16)

    assert "The shop wants it back" in page.text
    assert (kept.status_code, shipped.status_code) == (303, 303)
    assert "The shop wants it back" not in (await oak.get("/partner/orders/1003-F1")).text
    assert said(url, "1003") == ["partner.cancel_answered refused", "partner.shipped"]


def standing_at(url):
    return standing(url, "1001-F1").asked_at


@pytest.mark.parametrize("role", ["admin", "warehouse", "support", "auditor", "shop", "partner"])
async def test_nobody_else_comes_to_these_pages(url, sign_in, role):
    """Nor an account with the role of a partner that belongs to none."""
    browser = await sign_in("pat", role)
    for answer in (
        await browser.get("/partner"),
        await browser.get(HERE),
        await browser.send(f"{HERE}/accept", **FORM),
    ):
        assert answer.status_code == 403
        assert "Oak" not in answer.text
    assert told(url, "1001") == []


async def test_an_admin_gives_a_partner_an_account_and_nobody_two_hats(url, sign_in, house):
    admin = await sign_in("root", "admin")
    made = await admin.send("/accounts", name="ivy", role="partner", partner="Iron Works", **FORM)
    unbound = await admin.send("/accounts", name="fern", role="partner", partner="", **FORM)
    stranger = await admin.send("/accounts", name="fern", role="partner", partner="Elm", **FORM)
    both = await admin.send("/accounts", name="fern", role=["partner", "warehouse"], partner="Iron Works")
    moved = await admin.send("/accounts/ivy/roles", role="warehouse", partner="Iron Works", **FORM)

    assert made.status_code == 200
    assert "Iron Works" in made.text
    assert {each.status_code for each in (unbound, stranger, both, moved)} == {409}
    (ivy,) = [each for each in house.accounts.list() if each.name == "ivy"]
    assert (ivy.roles, ivy.partner) == (("partner",), "Iron Works")
    assert standing(url, "1002-F1").partner == ivy.partner
