"""The till over Stripe on a bad line: whatever happens to the answers, each thing is done once."""

import pytest

from adapters.payment.stripe.gateway import StripeGateway
from domain.errors import GatewayUnavailable, PaymentDeclined
from domain.order import PaymentState
from tests.adapters.payment.till import Till
from tests.adapters.placed import eur
from tests.doubles.stripe_rules import DECLINED
from tests.doubles.stripe_server import AFTER, BEFORE, ERRORS, Bank

PATIENCE_SECONDS = 60.0
# Long enough for an answer that comes; where it does not, the till asks again in any case.
SHORT_SECONDS = 1.5
TRIES = 100


@pytest.fixture(scope="module")
async def line():
    async with Bank().open() as bank:
        patient = StripeGateway("sk_test_x", url=bank.url, call_seconds=PATIENCE_SECONDS)
        hasty = StripeGateway("sk_test_x", url=bank.url, call_seconds=SHORT_SECONDS)
        yield bank, patient, hasty
        await patient.close()
        await hasty.close()


@pytest.fixture
def bank(line):
    line[0].begin_anew()
    return line[0]


@pytest.fixture
def till(sqlite_database, line, bank):  # noqa: ARG001 - an empty one
    return Till(sqlite_database, gateway=line[1])


async def insist(till, op, lane="1001"):
    """As Temporal does: the same call, until there is an answer."""
    call = till.call(op, lane)
    for _ in range(TRIES):
        try:
            return await getattr(till.cashier, op)(call)
        except GatewayUnavailable:
            continue
    raise AssertionError(f"{op} has no answer after {TRIES} tries")


@pytest.mark.parametrize("how", [*BEFORE, *AFTER, *ERRORS])
async def test_money_is_held_taken_and_given_back_once_however_the_answers_are_lost(
    sqlite_database, line, bank, how
):
    till = Till(sqlite_database, gateway=line[2] if how == "stall" else line[1])
    till.order(token="pm_card_visa")
    for op, lane in (("authorize", "1001"), ("capture", "1001-F1"), ("refund", "1001")):
        bank.spoil(how)
        await insist(till, op, lane)
    (intent,) = (each for each in bank.books.intents.values())
    (refund,) = bank.books.refunds.values()
    assert (intent["amount_received"], refund["amount"]) == (9_820, 9_820)
    assert (till.figures().captured, till.figures().refunded) == (eur(9_820), eur(9_820))
    versions = {key.rpartition(":")[2] for key in bank.keys}
    assert versions == ({"v1", "v2"} if how == "error" else {"v1"})


@pytest.mark.parametrize("how", [*BEFORE, *AFTER, *ERRORS])
async def test_what_is_not_needed_is_let_go_once_however_the_answers_are_lost(
    sqlite_database, line, bank, how
):
    till = Till(sqlite_database, gateway=line[2] if how == "stall" else line[1])
    till.order(token="pm_card_visa")
    await insist(till, "authorize")
    bank.spoil(how)
    await insist(till, "void")
    assert [each["status"] for each in bank.books.intents.values()] == ["canceled"]
    assert till.figures().held == eur(0)


async def test_a_declined_card_is_asked_under_a_new_key_when_a_person_tries_again(till, bank):
    till.order(token=DECLINED)
    call = till.call("authorize")
    for _ in range(2):
        with pytest.raises(PaymentDeclined):
            await till.cashier.authorize(call)
    assert sorted(bank.keys) == [f"{call.key}:v1", f"{call.key}:v2"]
    assert till.figures().authorized == eur(0)


async def test_a_second_parcel_is_held_anew_as_stripe_takes_once(till, bank):
    till.order("1001", 4_000, 5_820, token="pm_card_visa")
    await insist(till, "authorize")
    await insist(till, "capture", "1001-F1")
    assert till.figures().held == eur(5_820)
    await insist(till, "capture", "1001-F2")
    received = [each["amount_received"] for each in bank.books.intents.values()]
    assert received == [4_000, 5_820]
    assert till.figures().captured == eur(9_820)


@pytest.mark.parametrize("authorization", ["", "53433"])
async def test_what_was_paid_where_stripe_cannot_reach_it_is_in_the_shops_own_hands(
    till, bank, authorization
):
    till.order(state=PaymentState.PAID, authorization=authorization)

    await insist(till, "authorize")
    await insist(till, "capture", "1001-F1")
    told = await insist(till, "refund")

    assert (till.figures().captured, till.figures().refunded) == (eur(9_820), eur(9_820))
    assert "by hand" in told.said
    assert bank.books.intents == {}
    assert till.wrong() == []
