"""Messages of shops that nobody understood, as ops sees to them."""

import pytest

from adapters.database.shop.messages import ShopMessages
from domain.web_shop import MessageState, ShopMessage, ShopSystem
from tests.adapters.database.given import NOW

WRONG = '{"id": 7, "currency": "<script>DOLLARS"}'
ID = "paris:w1:0123456789abcdef"


@pytest.fixture(autouse=True)
def messages(database):
    made = ShopMessages(database.url)
    made.keep(
        ShopMessage(ID, "paris", ShopSystem.SHOPIFY, "orders/create", WRONG, MessageState.WAITING, NOW)
    )
    made.put_aside(ID, "currency: 'DOLLARS' is not a currency such as EUR", "7")
    return made


async def test_what_nobody_understood_is_listed_with_its_reason(sign_in):
    olga = await sign_in("olga", "ops")
    page = (await olga.get("/quarantine")).text
    assert "is not a currency such as EUR" in page
    one = (await olga.get(f"/quarantine/{ID}")).text
    assert "&lt;script&gt;DOLLARS" in one
    assert "<script>DOLLARS" not in one


async def test_a_message_is_mended_and_tried_again(messages, sign_in):
    olga = await sign_in("olga", "ops")
    told = await olga.send(f"/quarantine/{ID}/retry", body='{"id": 7, "currency": "USD"}')
    assert (told.status_code, told.headers["location"]) == (303, "/quarantine?done=retried")
    now = messages.message(ID)
    assert (now.state, now.body, now.original) == ("waiting", '{"id": 7, "currency": "USD"}', WRONG)
    assert "looked at again" in (await olga.get("/quarantine?done=retried")).text
    again = await olga.send(f"/quarantine/{ID}/retry", body="{}")
    assert (again.status_code, "not in quarantine any more" in again.text) == (422, True)


async def test_one_that_is_only_laid_out_for_reading_is_tried_as_it_came(messages, sign_in):
    olga = await sign_in("olga", "ops")
    await olga.send(f"/quarantine/{ID}/retry", body='{\n  "id": 7,\n  "currency": "<script>DOLLARS"\n}\r\n')
    assert (messages.message(ID).body, messages.message(ID).original) == (WRONG, "")


async def test_ops_sees_from_every_page_that_something_is_there_and_nothing_when_it_is_not(
    messages, sign_in
):
    olga = await sign_in("olga", "ops")
    assert '>Quarantine <span class="count over">1</span>' in (await olga.get("/orders")).text
    messages.discard(ID, "a test", "olga", NOW)
    assert "Quarantine" not in (await olga.get("/orders")).text


async def test_what_is_no_json_is_not_taken_and_not_lost_from_the_page(messages, sign_in):
    olga = await sign_in("olga", "ops")
    told = await olga.send(f"/quarantine/{ID}/retry", body='{"id": 7,, my work')
    assert told.status_code == 422
    assert "is not JSON" in told.text
    assert "my work" in told.text
    assert messages.message(ID).state == "quarantined"


async def test_discarding_takes_a_reason(messages, sign_in):
    olga = await sign_in("olga", "ops")
    assert (await olga.send(f"/quarantine/{ID}/discard", reason=" ")).status_code == 422
    assert (await olga.send(f"/quarantine/{ID}/discard", reason="a test shop")).status_code == 303
    gone = messages.message(ID)
    assert (gone.state, gone.why, gone.closed_by) == ("discarded", "a test shop", "olga")


async def test_those_who_bring_no_orders_in_do_not_see_it(sign_in):
    pat = await sign_in("pat", "warehouse")
    assert (await pat.get("/quarantine")).status_code == 403
    assert (await pat.send(f"/quarantine/{ID}/retry", body="{}")).status_code == 403
    assert "Quarantine" not in (await pat.get("/orders")).text


async def test_a_message_that_is_not_there_is_not_there(sign_in):
    olga = await sign_in("olga", "ops")
    assert (await olga.get("/quarantine/paris:none")).status_code == 404
    assert (await olga.send("/quarantine/paris:none/retry", body="{}")).status_code in (404, 422)
