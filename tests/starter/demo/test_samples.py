"""The demo's own orders: each can be taken, and is what its scenario needs."""

from collections import Counter, defaultdict
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from activities.catalogue import ACTIONS
from config.settings import SHIPPED
from config.shop import read_shop
from domain.errors import SettingsRefused
from domain.facts import order_facts
from domain.order import Buyer
from domain.stock import needs_stock
from starter.demo.samples import GOODS, Play, cast, goods_for
from starter.demo.scenarios import SCENARIOS

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
SAMPLES = SHIPPED / "samples"
PLAYS = cast(SAMPLES, len(SCENARIOS), NOON)
SHOP = read_shop(SHIPPED, ACTIONS)
# What the demo promises to show.
PROMISED = {
    *("clean", "review-approved", "review-refused", "two-locations", "backorder"),
    *("short-from-annex", "short-and-backordered", "card-declined", "cancelled-in-time"),
    *("lost-parcel", "packed-late", "never-packed", "bank-transfer"),
}
TO_REVIEW = {"review-approved", "review-refused", "nobody-reviews", "cancelled-in-review"}
TO_REFUSE = {"refused-outright"}
# Orders that are to find too little.
TOO_LITTLE = {"BELL-BIKE": 1, "CHAIR-BEECH": 2}


def test_every_scenario_has_its_order_and_every_order_its_scenario():
    names = [scenario.name for scenario in SCENARIOS]

    assert {file.stem for file in SAMPLES.glob("*.json")} == set(names)
    assert len(names) == len(set(names)) >= 24
    assert set(names) >= PROMISED


def test_the_first_twenty_show_what_the_demo_promises():
    assert {scenario.name for scenario in SCENARIOS[:20]} >= PROMISED


def test_every_token_of_the_simulated_gateway_that_gives_money_is_tried():
    tokens = {play.order.payment.token for play in PLAYS}

    assert tokens >= {"tok_ok", "tok_declined", "tok_expires_soon", "tok_down", "tok_unknown"}
    assert {play.order.payment.state for play in PLAYS} == {"due", "authorized", "paid"}


@pytest.mark.parametrize("play", PLAYS, ids=lambda play: play.scenario.name)
def test_an_order_gets_the_fraud_score_that_its_scenario_wants(play: Play):
    earlier = Counter(each.order.customer.email for each in PLAYS[: PLAYS.index(play)])
    facts = order_facts(play.order, Buyer(earlier[play.order.customer.email]))

    score = SHOP.fraud.screen({"order": facts}).values["score"]

    wanted = "refuse" if play.scenario.name in TO_REFUSE else "pass"
    wanted = "review" if play.scenario.name in TO_REVIEW else wanted
    assert ("refuse" if score >= 90 else "review" if score >= 50 else "pass") == wanted


def test_there_are_goods_enough_but_where_a_scenario_wants_too_little():
    there: defaultdict[str, Decimal] = defaultdict(Decimal)
    asked: defaultdict[str, Decimal] = defaultdict(Decimal)
    for goods in GOODS:
        there[goods.sku] += Decimal(goods.quantity) - Decimal(goods.broken or 0)
    for play in PLAYS:
        for line in filter(needs_stock, play.order.lines):
            asked[line.sku] += line.quantity

    short = {sku: wanted - there[sku] for sku, wanted in asked.items() if wanted > there[sku]}

    assert short == TOO_LITTLE
    assert {goods.sku for goods in GOODS} == set(asked)


def test_orders_are_placed_now_in_the_order_of_their_scenarios():
    assert [play.scenario for play in PLAYS] == list(SCENARIOS)
    assert {play.order.placed_at for play in PLAYS} == {NOON}


def test_a_second_round_has_numbers_people_and_goods_of_its_own():
    plays = cast(SAMPLES, 2 * len(SCENARIOS), NOON)
    first, second = plays[: len(SCENARIOS)], plays[len(SCENARIOS) :]

    for of in (_numbers, _mailboxes, _skus, _authorizations):
        assert not of(first) & of(second)
    assert [play.scenario for play in second] == list(SCENARIOS)
    assert len(goods_for(plays)) == 2 * len(GOODS)
    assert {goods.sku for goods in goods_for(second)} >= _skus(second)


def test_a_few_orders_are_those_of_the_first_scenarios():
    assert [play.scenario.name for play in cast(SAMPLES, 2, NOON)] == ["lost-parcel", "clean"]


def test_a_sample_that_is_missing_or_wrong_is_named(tmp_path):
    with pytest.raises(SettingsRefused, match=r"lost-parcel\.json cannot be read: No such file"):
        cast(tmp_path, 1, NOON)

    wrong = (SAMPLES / "lost-parcel.json").read_text().replace('"total": "81.00"', '"total": "80.00"')
    (tmp_path / "lost-parcel.json").write_text(wrong)
    with pytest.raises(SettingsRefused, match=r"lost-parcel\.json: total: is 80\.00, but .* make 81\.00"):
        cast(tmp_path, 1, NOON)


def _numbers(plays):
    return {play.order.number for play in plays}


def _mailboxes(plays):
    return {play.order.customer.email for play in plays}


def _skus(plays):
    return {line.sku for play in plays for line in play.order.lines if needs_stock(line)}


def _authorizations(plays):
    return {play.order.payment.authorization for play in plays} - {""}
