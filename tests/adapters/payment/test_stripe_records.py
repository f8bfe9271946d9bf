"""Our ledger against Stripe's own books: what either has and the other has not is named."""

from datetime import timedelta

import pytest

from adapters.database.reconcile.gateway import record_differences
from adapters.payment.stripe.gateway import StripeGateway
from adapters.payment.stripe.records import StripeRecords
from domain.errors import GatewayUnavailable
from tests.adapters.payment.till import Till
from tests.adapters.placed import NOON
from tests.doubles.stripe_server import Bank

PATIENCE_SECONDS = 60.0
SINCE = NOON - timedelta(days=30)


@pytest.fixture(scope="module")
async def line():
    async with Bank().open() as bank:
        gateway = StripeGateway("sk_test_x", url=bank.url, call_seconds=PATIENCE_SECONDS)
        records = StripeRecords("sk_test_x", url=bank.url, call_seconds=PATIENCE_SECONDS)
        yield bank, gateway, records
        await gateway.close()
        await records.close()


@pytest.fixture
async def till(sqlite_database, line):
    """An order that was paid and given back, and one whose money is held."""
    line[0].begin_anew()
    opened = Till(sqlite_database, gateway=line[1])
    for number in ("1001", "1002"):
        opened.order(number, token="pm_card_visa")
        await opened.do("authorize", number)
    await opened.do("capture", "1001-F1")
    await opened.do("refund", "1001-F1")
    return opened


async def found(till, line):
    made = await line[2].made_since(SINCE)
    with till.database.read() as session:
        return [(each.rule, each.what) for each in record_differences(session, made, SINCE, NOON)]


async def test_nothing_is_wrong_where_both_say_the_same(till, line):
    assert await found(till, line) == []


async def test_money_that_was_taken_by_somebody_else(till, line):
    (held,) = (each for each in line[0].books.intents.values() if each["metadata"]["order"] == "1002")
    line[0].books.do(f"payment_intents/{held['id']}/capture", {"amount_to_capture": "9820"})

    told = await found(till, line)

    assert [rule for rule, _ in told] == ["M2", "M2"]
    assert "the gateway has EUR 98.20 captured, our ledger EUR 0.00" in told[0][1]
    assert "the gateway has EUR 0.00 held, our ledger EUR 98.20" in told[1][1]


async def test_money_that_stripe_does_not_know(till, line):
    line[0].books.refunds.clear()

    (told,) = await found(till, line)

    assert told[0] == "M2"
    assert "the gateway has EUR 0.00 refunded, our ledger EUR 98.20" in told[1]


async def test_a_payment_for_an_order_that_is_not_here_and_one_question_that_left_two(till, line):
    first, second = line[0].books.intents.values()
    first["metadata"]["key"] = second["metadata"]["key"]
    first["metadata"]["order"] = second["metadata"]["order"] = "9"

    said = {rule for rule, _ in await found(till, line)}

    assert said == {"M4"}


async def test_without_stripe_nothing_is_said_to_be_right():
    nowhere = StripeRecords("sk_test_x", url="http://127.0.0.1:9", call_seconds=PATIENCE_SECONDS)
    with pytest.raises(GatewayUnavailable):
        await nowhere.made_since(SINCE)
    with pytest.raises(GatewayUnavailable):
        await nowhere.fees_since(SINCE)
    await nowhere.close()
