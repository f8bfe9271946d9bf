"""What the simulated gateway does beyond the contract: many captures, an outage, moods on command."""

from dataclasses import replace
from datetime import timedelta

import pytest

from adapters.payment.gateway import (
    Declined,
    Failed,
    Misused,
    NoAnswer,
    NotYet,
    PerhapsDone,
)
from adapters.payment.simulated import SimulatedGateway
from domain.errors import BadInput
from domain.money import Money
from domain.step import Call
from tests.adapters.placed import NOON, eur


@pytest.fixture
def gateway(database):
    return SimulatedGateway(database.url)


@pytest.fixture
def quick(sqlite_database):
    """Where both databases would say the same."""
    return SimulatedGateway(sqlite_database.url)


def a_call(order="1001", at=NOON, speed=1.0):
    return Call(order, order, "pay", 1, f"{order}:pay:O.1", at, speed)


CALL = a_call()


async def hold(gateway, key="k", amount=1_000, token="tok_ok", call=CALL):
    return await gateway.authorize(call, key, eur(amount), token)


async def test_held_money_is_taken_in_parts_and_the_rest_let_go(gateway):
    held = await hold(gateway)
    assert (held.amount, held.left, held.order, held.key) == (eur(1_000), eur(1_000), "1001", "k")
    assert held.expires_at == NOON + timedelta(days=7)
    taken = await gateway.capture(CALL, "c", held.id, eur(400))
    assert (taken.amount, taken.authorization) == (eur(400), held.id)
    rest = await gateway.void(CALL, "v", held.id)
    assert (rest.captured, rest.released, rest.left) == (eur(400), eur(600), eur(0))
    given = await gateway.refund(CALL, "r", taken.id, eur(400))
    assert (given.amount, given.capture) == (eur(400), taken.id)


async def test_one_key_acts_once_and_answers_alike(gateway):
    held = await hold(gateway)
    assert await hold(gateway) == held
    taken = await gateway.capture(CALL, "c", held.id, eur(400))
    assert await gateway.capture(CALL, "c", held.id, eur(400)) == taken
    given = await gateway.refund(CALL, "r", taken.id, eur(300))
    assert await gateway.refund(CALL, "r", taken.id, eur(300)) == given
    let_go = await gateway.void(CALL, "v", held.id)
    assert await gateway.void(CALL, "v", held.id) == let_go
    now = await gateway.held(CALL, held.id)
    assert (now.captured, now.released) == (eur(400), eur(600))


async def test_a_key_is_forgotten_after_a_day(quick):
    first = await hold(quick)
    again = await hold(quick, call=a_call(at=NOON + timedelta(hours=24)))
    assert again.id != first.id


async def test_no_more_is_taken_than_is_held(gateway):
    held = await hold(gateway)
    await gateway.capture(CALL, "c1", held.id, eur(700))
    with pytest.raises(Misused):
        await gateway.capture(CALL, "c2", held.id, eur(301))
    with pytest.raises(Misused):
        await gateway.capture(CALL, "c3", held.id, Money(300, "USD"))
    await gateway.capture(CALL, "c4", held.id, eur(300))
    with pytest.raises(PerhapsDone):
        await gateway.capture(CALL, "c5", held.id, eur(1))


async def test_what_was_let_go_or_has_expired_is_not_taken(quick):
    held = await hold(quick)
    await quick.void(CALL, "v", held.id)
    with pytest.raises(PerhapsDone):
        await quick.capture(CALL, "c", held.id, eur(1_000))
    with pytest.raises(PerhapsDone):
        await quick.void(CALL, "v2", held.id)
    soon = await hold(quick, key="soon", token="tok_expires_soon")
    late = a_call(at=NOON + timedelta(hours=1))
    with pytest.raises(PerhapsDone):
        await quick.capture(late, "c2", soon.id, eur(1_000))
    expired = await quick.held(late, soon.id)
    assert expired is not None
    assert expired.released == eur(1_000)


async def test_without_multi_capture_the_first_capture_lets_go_the_rest(sqlite_database):
    gateway = SimulatedGateway(sqlite_database.url, multi_capture=False)
    held = await hold(gateway)
    await gateway.capture(CALL, "c", held.id, eur(400))
    first_only = await gateway.held(CALL, held.id)
    assert first_only is not None
    assert first_only.released == eur(600)
    with pytest.raises(PerhapsDone):
        await gateway.capture(CALL, "c2", held.id, eur(600))


async def test_a_card_that_is_refused_or_cannot_be_refunded(quick):
    with pytest.raises(Declined):
        await hold(quick, token="tok_declined")
    held = await hold(quick, key="k2", token="tok_refund_fails")
    taken = await quick.capture(CALL, "c", held.id, eur(1_000))
    with pytest.raises(Declined):
        await quick.refund(CALL, "r", taken.id, eur(1_000))


async def test_a_card_that_is_down_answers_nothing_for_an_hour_of_the_orders_clock(quick):
    for minutes in (0, 1, 59):
        with pytest.raises(NoAnswer):
            await hold(quick, token="tok_down", call=a_call(at=NOON + timedelta(minutes=minutes)))
    held = await hold(quick, token="tok_down", call=a_call(at=NOON + timedelta(minutes=60)))
    assert held.left == eur(1_000)
    fast = a_call("1002", speed=60)
    with pytest.raises(NoAnswer):
        await hold(quick, key="k2", token="tok_down", call=fast)
    await hold(quick, key="k2", token="tok_down", call=replace(fast, now=NOON + timedelta(minutes=1)))


async def test_a_card_that_is_unclear_does_it_and_answers_with_an_error(quick):
    for _ in range(2):
        with pytest.raises(Failed):
            await hold(quick, token="tok_unknown")
    held = await quick.find(CALL, "k", "", NOON)
    with pytest.raises(Failed):
        await quick.capture(CALL, "c", held.id, eur(1_000))
    assert (await quick.find(CALL, "c", held.id, NOON)).amount == eur(1_000)


@pytest.mark.parametrize(
    ("how", "error", "done"),
    [
        ("down", NoAnswer, False),
        ("busy", NotYet, False),
        ("error", Failed, False),
        ("timeout_after", NoAnswer, True),
        ("empty_after", NoAnswer, True),
        ("error_after", Failed, True),
    ],
)
async def test_it_misbehaves_on_command_and_then_behaves_again(quick, how, error, done):
    await quick.misbehave("1001", "authorize", how)
    with pytest.raises(error):
        await hold(quick)
    assert (await quick.find(CALL, "k", "", NOON) is not None) is done
    assert (await hold(quick, key="next")).left == eur(1_000)
    assert (await hold(quick, key="other", call=a_call("1002"))).left == eur(1_000)


async def test_it_cannot_misbehave_in_ways_it_does_not_know(quick):
    with pytest.raises(BadInput):
        await quick.misbehave("1001", "authorize", "sing")
    with pytest.raises(BadInput):
        await quick.misbehave("1001", "dance", "down")
