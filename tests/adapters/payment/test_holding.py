"""Money is held when an order is accepted, and held anew where that ran out."""

from datetime import timedelta

import pytest

from adapters.database.tables.money import SimAuthorization, SimCapture
from domain.errors import (
    AuthorizationExpired,
    PaymentDeclined,
    PaymentMisused,
)
from domain.fulfilment import FulfilmentState
from domain.order import PaymentState
from tests.adapters.payment.till import days
from tests.adapters.placed import NOON, eur


async def test_a_declined_card_is_a_refusal_and_nothing_is_held(quick):
    quick.order(token="tok_declined")
    with pytest.raises(PaymentDeclined, match=r"declined to hold EUR 98\.20 for order 1001"):
        await quick.do("authorize")
    assert quick.figures().held == eur(0)
    assert quick.payments() == []
    assert quick.wrong() == []


async def test_after_a_decline_the_same_step_asks_under_the_next_key(quick):
    quick.order()
    await quick.gateway.misbehave("1001", "authorize", "decline")
    with pytest.raises(PaymentDeclined):
        await quick.do("authorize", key="1001:payment.authorize:O.1")
    await quick.do("authorize", key="1001:payment.authorize:O.1")
    assert quick.payments()[0].key == "1001:payment.authorize:O.1:v2"
    assert quick.there(SimAuthorization) == [9_820]


async def test_an_expired_authorisation_is_no_money(quick):
    quick.order(token="tok_expires_soon")
    held = await quick.do("authorize")
    assert held.values["expires_at"] == (NOON + timedelta(hours=1)).isoformat()
    with pytest.raises(AuthorizationExpired, match="order 1001 is no longer held"):
        await quick.do("capture", "1001-F1", days(1))
    assert quick.there(SimCapture) == []
    assert quick.wrong(days(1)) == []


async def test_each_parcel_holds_its_own_share_again_when_the_first_hold_has_expired(till):
    till.order("1001", 6_000, 3_820)
    await till.do("authorize")
    await till.do("capture", "1001-F1", days(1))
    with pytest.raises(AuthorizationExpired):
        await till.do("capture", "1001-F2", days(8))
    again = await till.do("authorize", "1001-F2", days(8))
    assert again.values == {"amount": "38.20", "expires_at": days(15).isoformat()}
    assert (await till.do("capture", "1001-F2", days(8))).values == {"amount": "38.20"}
    assert till.there(SimCapture) == [3_820, 6_000]
    assert till.figures().held == eur(0)
    till.end("completed", FulfilmentState.FULFILLED)
    assert till.wrong(days(9)) == []


async def test_a_parcel_does_not_hold_twice_what_is_held(quick):
    quick.order("1001", 6_000, 3_820)
    await quick.do("authorize")
    again = await quick.do("authorize", "1001-F2")
    assert again.said == "EUR 98.20 held until 28 Nov 2026"
    assert quick.there(SimAuthorization) == [9_820]


async def test_two_parcels_that_hold_again_do_not_take_each_others_money(quick):
    quick.order("1001", 6_000, 3_820)
    await quick.do("authorize")
    await quick.do("authorize", "1001-F1", days(8))
    with pytest.raises(AuthorizationExpired):
        await quick.do("capture", "1001-F2", days(8))
    await quick.do("authorize", "1001-F2", days(8))
    await quick.do("capture", "1001-F2", days(8))
    await quick.do("capture", "1001-F1", days(8))
    assert quick.there(SimCapture) == [3_820, 6_000]


async def test_an_order_that_came_authorised_is_taken_over(till):
    till.order(state=PaymentState.AUTHORIZED, authorization="shop-77", token="tok_declined")
    held = await till.do("authorize")
    assert held.values["amount"] == "98.20"
    await till.do("capture", "1001-F1")
    assert till.there(SimAuthorization) == [9_820]
    assert till.figures().captured == eur(9_820)
    assert till.wrong() == []


async def test_an_authorisation_of_another_order_is_not_taken_over(quick):
    for number in ("1001", "1002"):
        quick.order(number, state=PaymentState.AUTHORIZED, authorization="shop-77")
    await quick.do("authorize")
    with pytest.raises(PaymentMisused):
        await quick.do("authorize", "1002")


async def test_letting_go_twice_is_as_good_as_once(quick):
    quick.order("1001", 6_000, 3_820)
    await quick.do("authorize")
    await quick.do("capture", "1001-F1")
    let_go = await quick.do("void")
    assert let_go.values == {"amount": "38.20"}
    assert let_go.said == "EUR 38.20 let go"
    assert (await quick.do("void")).values == {"amount": "0.00"}
    assert quick.figures().voided == eur(3_820)


async def test_letting_go_nothing_or_what_has_expired_is_fine(quick):
    quick.order()
    assert (await quick.do("void")).said == "Nothing was held"
    await quick.do("authorize")
    await quick.do("void", at=days(9))
    assert quick.figures().held == eur(0)
    quick.end("cancelled", FulfilmentState.CANCELLED)
    assert quick.wrong(days(9)) == []


async def test_a_parcel_lets_go_its_own_hold_only(quick):
    quick.order("1001", 6_000, 3_820)
    await quick.do("authorize")
    assert (await quick.do("void", "1001-F1")).values == {"amount": "0.00"}
    assert quick.figures().held == eur(9_820)
