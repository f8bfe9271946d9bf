"""The doors of web shops: signed over the raw bytes, kept before the answer, once."""

import json
from typing import Any

import pytest

from starter.api.hooks import Doorstep, Sender, create_hooks
from starter.api.shop_hooks import MOST_BYTES, shop_sender, sign
from tests.starter.shops.street import OTHER, PARIS, SECRET, shopify, woo


async def test_a_signed_message_is_kept_once_under_its_own_id(street):
    first, again = [await street.knock(shopify(), id="w1") for _ in range(2)]
    assert (first.status_code, first.text) == (200, "kept")
    assert (again.status_code, again.text) == (200, "kept before")


async def test_another_body_under_an_id_that_came_before_is_another_message(street):
    await street.knock(shopify(2001), id="w1")
    assert (await street.knock(shopify(2002), id="w1")).text == "kept"
    await street.look()
    assert street.numbers() == ["paris-2001", "paris-2002"]


async def test_a_message_that_the_shop_did_not_sign_is_refused_and_not_kept(street):
    body = json.dumps(shopify()).encode()
    forged: list[dict[str, Any]] = [
        {"secret": OTHER},
        {"x-shopify-hmac-sha256": ""},
        {"x-shopify-hmac-sha256": "gr\u00fc\u00dfe".encode()},
        {"x-shopify-hmac-sha256": sign(body.replace(b": ", b":"), SECRET)},
        {"path": "/hooks/woocommerce/delft", "x-wc-webhook-signature": sign(b"else", SECRET)},
    ]
    for how in forged:
        assert (await street.knock(body, **how)).status_code == 400, how
    assert await street.settling.round() == 0


@pytest.mark.parametrize(
    "path", ["/hooks/shopify/delft", "/hooks/woocommerce/paris", "/hooks/shopify/rome"]
)
async def test_a_shop_is_known_by_its_own_system_alone(street, path):
    assert (await street.knock(shopify(), path=path)).status_code == 404


async def test_too_much_and_another_kind_are_refused(street):
    assert (await street.knock(b" " * (MOST_BYTES + 1))).status_code == 413
    assert (await street.knock(b"{}", **{"content-type": "text/plain"})).status_code == 415


async def test_what_is_about_something_else_is_taken_and_not_kept(street):
    assert (await street.knock({"id": 1}, topic="products/update")).text == "of no use here"


async def test_woocommerce_is_greeted_when_it_looks_whether_we_are_there(street):
    from httpx import ASGITransport, AsyncClient  # noqa: PLC0415 - unsigned, unlike all the others

    async with AsyncClient(transport=ASGITransport(app=street.app), base_url="http://here") as client:
        told = await client.post("/hooks/woocommerce/delft", data={"webhook_id": "7"})
        assert (told.status_code, told.text) == (200, "at your service")
        assert (await client.post("/hooks/shopify/paris", data={"webhook_id": "7"})).status_code == 415


async def test_the_shop_is_told_to_come_again_when_its_message_could_not_be_kept(street):
    street.messages.away = True
    assert (await street.knock(shopify(), id="w1")).status_code == 503
    street.messages.away = False
    assert (await street.knock(shopify(), id="w1")).text == "kept"


async def test_bytes_that_are_no_text_are_kept_for_a_person_to_look_at(street):
    await street.hears(b'{"id": "\xff\x00"}', id="w1")
    (aside,) = street.messages.quarantined(10)
    assert (aside.body, aside.why) == ('{"id": "\\xff\\x00"}', street.last().why)


async def test_both_systems_place_orders(street):
    assert await street.hears(shopify(), id="w1") == "order paris-2001 was placed"
    assert await street.knocks(woo(), id="w2") == "order delft-900 was placed"


async def test_a_shop_is_listened_to_from_the_moment_it_is_written_down(street):
    written: dict[str, Sender] = {}
    street.app = create_hooks(Doorstep({}, street.clock, lambda: written))
    assert (await street.knock(shopify(), id="w1")).status_code == 404
    written.update([shop_sender(PARIS, (SECRET,), street.messages)])
    assert (await street.knock(shopify(), id="w1")).text == "kept"
