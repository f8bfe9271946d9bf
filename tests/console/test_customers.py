"""Customers looked up and forgotten, by those who may."""

import pytest

from domain.audit import DeedKind
from tests.adapters.database.given import NOW, place
from tests.console.conftest import Browser

EMAIL = "ada@example.org"


@pytest.fixture
def ended(database):
    """Both of Ada's orders are done, but for their open tasks."""
    place(database.url, "1003")
    with database.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE orders SET state = 'completed'")
    return database


async def find(browser: Browser, q: str) -> str:
    return (await browser.get("/customers", params={"q": q})).text


async def test_somebody_is_found_by_name_address_or_number_and_nobody_without(sign_in):
    browser = await sign_in("sue", "support")
    for q in ("ada", "Lovelace", EMAIL, "1001"):
        assert EMAIL in await find(browser, q), q
    assert EMAIL not in await find(browser, "")
    assert "Nobody is found" in await find(browser, "nobody-here")


async def test_one_customer_shows_what_they_bought_and_what_was_said(sign_in):
    browser = await sign_in("sue", "support")
    page = await browser.get("/customers/one", params={"email": "ADA@example.org"})
    assert page.status_code == 200
    for said in ("Ada Lovelace", "/orders/1001", "/orders/1002", "EUR 47.80"):
        assert said in page.text, said
    assert "Forget this customer" not in page.text
    missing = await browser.get("/customers/one", params={"email": "nobody@example.org"})
    assert missing.status_code == 404


@pytest.mark.usefixtures("ended")
async def test_nobody_is_forgotten_without_a_second_look_and_a_reason(sign_in, house):
    browser = await sign_in("lea", "support-lead")
    look = await browser.get("/customers/erase", params={"email": EMAIL})
    assert "3; goods, money and dates stay" in look.text
    whole = {"email": EMAIL, "reason": "asked by mail", "sure": "yes"}
    for missing, status in (("sure", 422), ("reason", 422)):
        sent = {name: value for name, value in whole.items() if name != missing}
        assert (await browser.send("/customers/erase", **sent)).status_code == status
    naming = await browser.send("/customers/erase", **whole | {"reason": f"{EMAIL} asked"})
    assert naming.status_code == 422
    assert house.customers.show(EMAIL).name == "Ada Lovelace"


@pytest.mark.usefixtures("ended")
async def test_who_is_forgotten_is_found_no_more_and_the_log_says_who_did_it(sign_in, house):
    browser = await sign_in("lea", "support-lead")
    fields = {"email": EMAIL, "reason": "asked by mail", "sure": "yes"}
    answer = await browser.send("/customers/erase", **fields)
    assert (answer.status_code, answer.headers["location"]) == (303, "/customers?forgotten=3")
    assert "Forgotten, in 3 orders." in (await browser.get(answer.headers["location"])).text
    assert EMAIL not in await find(browser, "lovelace")
    order = await browser.get("/orders/1003")
    assert order.status_code == 200
    assert "Lovelace" not in order.text
    deed = next(deed for _, deed in house.audit.entries(20) if deed.kind == DeedKind.ERASE)
    assert (deed.by, deed.role, deed.why) == ("lea", "support-lead", "asked by mail")
    assert (await browser.send("/customers/erase", **fields)).status_code == 404


async def test_a_customer_whose_order_is_open_is_kept_with_a_clear_word(sign_in, house):
    browser = await sign_in("lea", "support-lead")
    look = await browser.get("/customers/erase", params={"email": EMAIL})
    assert "Order 1001 is still open." in look.text
    assert "I have looked at what goes" not in look.text
    fields = {"email": EMAIL, "reason": "asked", "sure": "yes"}
    assert (await browser.send("/customers/erase", **fields)).status_code == 409
    assert house.customers.show(EMAIL).email == EMAIL


@pytest.mark.parametrize("role", ["support", "warehouse", "auditor", "finance", "ops"])
@pytest.mark.usefixtures("ended")
async def test_only_those_who_may_forget_do(sign_in, house, role):
    browser = await sign_in("pat", role)
    fields = {"email": EMAIL, "reason": "asked", "sure": "yes"}
    assert (await browser.get("/customers/erase", params={"email": EMAIL})).status_code == 403
    assert (await browser.send("/customers/erase", **fields)).status_code == 403
    assert house.customers.show(EMAIL).orders[0].placed_at == NOW
