"""What every payment gateway has to keep to, the simulated one and Stripe's doubles."""

from datetime import timedelta

import pytest

from adapters.payment.gateway import Declined, Misused, PerhapsDone
from domain.money import Money
from tests.adapters.placed import eur
from tests.contracts.gateways import LAXER, NAMES, opened


@pytest.fixture(params=NAMES)
def kind(request):
    lax = LAXER.get(request.param, {}).get(request.node.originalname)
    if lax:
        wrong = (pytest.fail.Exception, AssertionError, Misused)
        request.applymarker(pytest.mark.xfail(reason=f"{request.param} {lax}", raises=wrong, strict=True))
    return opened(request.param, request)


async def hold(kind, key="k", amount=1_000, call=None, token=""):
    return await kind.gateway.authorize(call or kind.call(), key, eur(amount), token or kind.good)


async def find(kind, key, about="", call=None):
    return await kind.gateway.find(call or kind.call(), key, about, kind.now)


async def test_money_is_held_taken_and_given_back(kind):
    gateway, call = kind.gateway, kind.call()
    held = await hold(kind)
    assert (held.amount, held.left, held.order, held.key) == (eur(1_000), eur(1_000), "1001", "k")
    assert abs(held.expires_at - kind.now - timedelta(days=7)) < timedelta(minutes=10)
    taken = await gateway.capture(call, "c", held.id, eur(1_000))
    assert (taken.amount, taken.authorization, taken.order) == (eur(1_000), held.id, "1001")
    given = await gateway.refund(call, "r", taken.id, eur(400))
    assert (given.amount, given.capture, given.state) == (eur(400), taken.id, "confirmed")
    now = await gateway.held(call, held.id)
    assert (now.captured, now.released, now.left) == (eur(1_000), eur(0), eur(0))


async def test_what_is_not_needed_is_let_go(kind):
    held = await hold(kind)
    rest = await kind.gateway.void(kind.call(), "v", held.id)
    assert (rest.id, rest.captured, rest.released, rest.left) == (held.id, eur(0), eur(1_000), eur(0))


async def test_a_hold_that_can_be_taken_once_lets_go_the_rest(kind):
    assert not kind.gateway.multi_capture
    held = await hold(kind)
    await kind.gateway.capture(kind.call(), "c", held.id, eur(400))
    now = await kind.gateway.held(kind.call(), held.id)
    assert (now.captured, now.released, now.left) == (eur(400), eur(600), eur(0))


async def test_a_hold_is_taken_once(kind):
    held = await hold(kind)
    await kind.gateway.capture(kind.call(), "c", held.id, eur(400))
    with pytest.raises(PerhapsDone):
        await kind.gateway.capture(kind.call(), "c2", held.id, eur(600))


async def test_one_key_acts_once_and_answers_alike(kind):
    gateway, call = kind.gateway, kind.call()
    held = await hold(kind)
    assert await hold(kind) == held
    taken = await gateway.capture(call, "c", held.id, eur(400))
    assert await gateway.capture(call, "c", held.id, eur(400)) == taken
    given = await gateway.refund(call, "r", taken.id, eur(300))
    assert await gateway.refund(call, "r", taken.id, eur(300)) == given
    with pytest.raises(PerhapsDone):
        await gateway.refund(call, "r2", taken.id, eur(101))
    other = await hold(kind, key="k2")
    let_go = await gateway.void(call, "v", other.id)
    assert await gateway.void(call, "v", other.id) == let_go


async def test_one_key_keeps_its_errors_too(kind):
    for _ in range(2):
        with pytest.raises(Declined):
            await hold(kind, token=kind.declined)
    with pytest.raises(Misused):
        await hold(kind)


async def test_a_declined_card_holds_nothing(kind):
    with pytest.raises(Declined):
        await hold(kind, token=kind.declined)
    assert await find(kind, "k") is None


async def test_a_key_with_other_parameters_is_refused(kind):
    await hold(kind)
    with pytest.raises(Misused):
        await hold(kind, amount=1_001)


async def test_no_more_is_taken_than_is_held(kind):
    held = await hold(kind)
    with pytest.raises(Misused):
        await kind.gateway.capture(kind.call(), "c1", held.id, eur(1_001))
    with pytest.raises(Misused):
        await kind.gateway.capture(kind.call(), "c2", held.id, Money(1_000, "USD"))
    assert (await kind.gateway.held(kind.call(), held.id)).left == eur(1_000)


async def test_what_was_let_go_is_not_taken(kind):
    held = await hold(kind)
    await kind.gateway.void(kind.call(), "v", held.id)
    with pytest.raises(PerhapsDone):
        await kind.gateway.void(kind.call(), "v2", held.id)
    with pytest.raises(PerhapsDone):
        await kind.gateway.capture(kind.call(), "c", held.id, eur(1_000))


async def test_no_more_is_given_back_than_was_taken(kind):
    gateway, call = kind.gateway, kind.call()
    held = await hold(kind)
    taken = await gateway.capture(call, "c", held.id, eur(1_000))
    await gateway.refund(call, "r1", taken.id, eur(900))
    with pytest.raises(PerhapsDone):
        await gateway.refund(call, "r2", taken.id, eur(101))
    await gateway.refund(call, "r3", taken.id, eur(100))
    with pytest.raises(PerhapsDone):
        await gateway.refund(call, "r4", taken.id, eur(1))


async def test_what_was_made_is_found_by_order_and_key(kind):
    held = await hold(kind)
    taken = await kind.gateway.capture(kind.call(), "c", held.id, eur(1_000))
    given = await kind.gateway.refund(kind.call(), "r", taken.id, eur(1_000))
    assert await find(kind, "c", held.id) == taken
    assert await find(kind, "r", taken.id) == given
    assert (await find(kind, "k")).id == held.id


async def test_what_was_not_made_is_not_found(kind):
    held = await hold(kind)
    assert await find(kind, "c", held.id) is None
    assert await find(kind, "nothing") is None
    assert await find(kind, "k", call=kind.call("1002")) is None
    missing = "nothing" if kind.name == "simulated" else "pi_nothing"
    assert await kind.gateway.held(kind.call(), missing) is None


async def test_one_of_many_holds_is_found(kind):
    for n in range(12):
        await hold(kind, key=f"k{n}", call=kind.call(f"{n}"))
    assert (await find(kind, "k0", call=kind.call("0"))).key == "k0"


async def test_another_orders_money_is_out_of_reach(kind):
    gateway = kind.gateway
    held = await hold(kind)
    other = kind.call("1002")
    with pytest.raises(Misused):
        await gateway.capture(other, "c2", held.id, eur(500))
    with pytest.raises(Misused):
        await gateway.void(other, "v2", held.id)
    with pytest.raises(Misused):
        await gateway.adopt(other, held.id, eur(1_000), "")
    taken = await gateway.capture(kind.call(), "c", held.id, eur(500))
    with pytest.raises(Misused):
        await gateway.refund(other, "r2", taken.id, eur(500))
    with pytest.raises(Misused):
        await gateway.adopt_payment(other, taken.id, eur(500), "")


async def test_what_the_shop_holds_is_taken_over_as_often_as_asked(kind):
    gateway, call = kind.gateway, kind.call()
    id = await kind.shop_holds(1_000)
    held = await gateway.adopt(call, id, eur(1_000), "")
    assert (held.order, held.key, held.left) == ("1001", "", eur(1_000))
    assert await gateway.adopt(call, id, eur(1_000), "") == held
    with pytest.raises(Misused):
        await gateway.adopt(kind.call("1002"), id, eur(1_000), "")
    assert (await gateway.capture(call, "c", id, eur(1_000))).amount == eur(1_000)


async def test_what_the_shop_charged_is_taken_over_and_can_be_given_back(kind):
    gateway, call = kind.gateway, kind.call()
    id = await kind.shop_charges(800)
    paid = await gateway.adopt_payment(call, id, eur(800), "")
    assert (paid.order, paid.amount) == ("1001", eur(800))
    assert await gateway.adopt_payment(call, id, eur(800), "") == paid
    with pytest.raises(Misused):
        await gateway.adopt_payment(kind.call("1002"), id, eur(800), "")
    assert (await gateway.refund(call, "r", paid.id, eur(800))).amount == eur(800)


async def test_what_it_keeps_is_told_once_of_each_payment(kind):
    held = await hold(kind)
    taken = await kind.gateway.capture(kind.call(), "c", held.id, eur(400))
    kind.count()
    kept = await kind.fees("1001", "c", held.id)
    assert [(fee.about, fee.amount) for fee in kept] == [(taken.id, eur(31))]
    assert await kind.fees("1001", "c", held.id) == kept


def test_each_gap_is_one_of_a_test_that_is_here():
    for name, gaps in LAXER.items():
        assert name in NAMES
        assert set(gaps) <= set(globals())
