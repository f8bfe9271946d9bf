"""Stock and the audit log on the screen."""

import pytest

from tests.adapters.database.given import NOW

FORM = "cd" * 16


@pytest.fixture
def shelves(house):
    for sku, quantity in (("MUG-BLUE", "23"), ("TEA", "0.5"), ("<b>", "1")):
        house.stock_room.receive(sku, quantity, "main", f"The {sku}", "bo", NOW)
    return house.stock_room


def level(shelves, sku: str) -> str:
    return next(f"{row.on_hand:f}" for row in shelves.list() if row.sku == sku)


@pytest.mark.usefixtures("shelves")
async def test_what_there_is_stands_in_a_list_that_can_be_searched(sign_in):
    pat = await sign_in("pat", "warehouse")

    whole, some, none = [(await pat.get(f"/stock{query}")).text for query in ("", "?q=mug", "?q=zebra")]

    assert "The MUG-BLUE" in whole
    assert "&lt;b&gt;" in whole
    assert ("The TEA" in whole, "The TEA" in some) == (True, False)
    assert "Nothing fits." in none


async def test_goods_are_booked_once_however_often_the_form_is_sent(sign_in, shelves):
    bo = await sign_in("bo", "buyer")
    fields = {"sku": "MUG-BLUE", "quantity": "6", "location": "main", "form": FORM}

    answers = [await bo.send("/stock/receive", **fields) for _ in range(2)]
    page = (await bo.get(answers[0].headers["location"])).text

    assert level(shelves, "MUG-BLUE") == "30"
    assert "Booked in." in page
    assert "<td>bo</td>" in page


async def test_a_count_and_a_write_off_take_a_reason(sign_in, shelves):
    bo = await sign_in("bo", "buyer")
    fields = {"sku": "MUG-BLUE", "quantity": "-2", "location": "main"}

    unsaid = await bo.send("/stock/adjust", **fields, reason=" ")
    said = await bo.send("/stock/adjust", **fields, reason="Broken")
    scrapped = await bo.send("/stock/scrap", **(fields | {"quantity": "1"}), reason="Spoilt", form=FORM)
    too_many = await bo.send("/stock/scrap", **(fields | {"quantity": "99"}), reason="x", form="ef" * 16)

    assert unsaid.status_code == 409
    assert [said.status_code, scrapped.status_code] == [303, 303]
    assert too_many.status_code == 409
    assert level(shelves, "MUG-BLUE") == "21"


async def test_what_was_done_stands_in_the_audit_log(sign_in, shelves):
    bo, ada = await sign_in("bo", "buyer"), await sign_in("ada", "auditor")
    await bo.send("/stock/adjust", sku="TEA", quantity="-0.5", location="main", reason="A wet sack")

    whole = (await ada.get("/audit")).text
    others = (await ada.get("/audit?by=nobody")).text

    assert "A wet sack" in whole
    assert "Nothing of this was ever done." in others
    assert (await bo.get("/audit")).status_code == 403
    assert level(shelves, "TEA") == "0"
