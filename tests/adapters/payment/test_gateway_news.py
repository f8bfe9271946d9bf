"""What the gateway tells by itself: early, late, twice, in any order, and of what nobody asked for."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import event
from sqlmodel import Session, select

from adapters.database.desk.desk import Desk
from adapters.database.order.orders import Orders as OrderBook
from adapters.database.payment.gateway_news import GIVEN_UP_AFTER, NewsBook
from adapters.database.reconcile.money import money_differences
from adapters.database.tables.hooks import GatewayNewsRow
from adapters.payment.stripe.gateway import StripeGateway
from adapters.payment.stripe.hourly import Hourly
from adapters.payment.stripe.missed import Missed
from adapters.payment.stripe.news import read_news
from adapters.payment.stripe.reading import Reader
from domain.act import Outcome
from domain.errors import ActRefused, PaymentDeclined, PaymentDisputed, RefundPending
from starter.carrying import Person
from starter.orders import Orders
from tests.adapters.payment.till import Till
from tests.adapters.placed import NOON, eur
from tests.doubles import stripe_events as say
from tests.doubles.stripe_rules import FAILED_REFUND, PENDING_REFUND
from tests.doubles.stripe_server import Bank

FIN = Person("Fin", "finance")
KEY = "1001:payment.refund:O.1:v1"


@pytest.fixture(scope="module")
async def line():
    async with Bank().open() as bank:
        gateway = StripeGateway("sk_test_x", url=bank.url, call_seconds=60.0)
        yield bank, gateway
        await gateway.close()


@pytest.fixture
def bank(line):
    line[0].begin_anew()
    return line[0]


@pytest.fixture
def till(sqlite_database, line, bank):  # noqa: ARG001 - an empty one
    return Till(sqlite_database, gateway=line[1])


class Hearing:
    """The messages of a gateway, as they come in and are looked at."""

    def __init__(self, till):
        self.till, self.n = till, 0
        self.url = till.database.url
        self.book = NewsBook(self.url)
        self.orders = Orders(OrderBook(self.url), Desk(self.url), lambda: NOON, None, "queue")

    def tell(self, type_, thing, at=NOON, id="", now=NOON):
        """What came of it, when it has been looked at."""
        self.n += 1
        id = id or f"evt_{self.n}"
        news = read_news(say.event(id, type_, thing, at), "stripe", live=False)
        assert news is not None
        self.book.keep(news, now)
        self.book.report(now)
        return self.settled(id)

    def settled(self, id):
        with self.till.database.read() as session:
            wanted = select(GatewayNewsRow.settled).where(GatewayNewsRow.id == f"stripe:{id}")
            return session.exec(wanted).one()

    def incidents(self):
        return [(each.title, each.role) for each in Desk(self.url).incidents()]

    def notes(self):
        story = Desk(self.url).show("1001").timeline
        return [line.text for line in story if line.kind == "note"]


@pytest.fixture
def hearing(till):
    """After whatever was told, the books agree with themselves."""
    yield Hearing(till)
    with till.database.read() as session:
        assert money_differences(session, NOON, simulated=False) == []


async def taken(till, token="pm_card_visa"):
    till.order(token=token)
    await till.do("authorize")
    await till.do("capture", "1001-F1")


def charge(bank):
    return next(iter(bank.books.charges))


async def test_a_refund_counts_only_when_the_bank_confirms_it(till, bank):
    await taken(till, PENDING_REFUND)
    call = till.call("refund")
    for _ in range(2):
        with pytest.raises(RefundPending) as on_its_way:
            await till.cashier.refund(call)
    assert on_its_way.value.again_after == timedelta(minutes=1)
    assert till.figures().refunded == eur(0)
    (refund,) = bank.books.refunds.values()
    refund["status"] = "succeeded"
    assert (await till.cashier.refund(call)).values["amount"] == "98.20"
    assert till.figures().refunded == eur(9_820)
    assert len(bank.books.refunds) == 1


async def test_a_refund_that_the_bank_fails_is_a_no_and_may_be_tried_again(till, bank):
    await taken(till, FAILED_REFUND)
    call = till.call("refund")
    with pytest.raises(PaymentDeclined):
        await till.cashier.refund(call)
    assert till.figures().refunded == eur(0)
    bank.books.charges[charge(bank)] |= {"payment_method": "pm_card_visa", "amount_refunded": 0}
    await till.cashier.refund(call)
    assert till.figures().refunded == eur(9_820)
    assert sorted(bank.keys)[-2:] == [f"{call.key}:v1", f"{call.key}:v2"]


@pytest.mark.parametrize("first", ["message", "call"])
async def test_message_and_call_report_one_refund_in_either_order(till, bank, hearing, first):
    await taken(till)
    thing = say.refund("re_000003", charge(bank), 9_820, "succeeded", KEY)
    if first == "message":
        bank.spoil("reset")
        with pytest.raises(Exception, match="no answer"):
            await till.cashier.refund(till.call("refund", key=KEY[:-3]))
        assert hearing.tell("refund.updated", thing) == "booked"
    await till.cashier.refund(till.call("refund", key=KEY[:-3]))
    assert hearing.tell("refund.updated", thing) == "booked before"
    assert till.figures().refunded == eur(9_820)
    assert [each["amount"] for each in bank.books.refunds.values()] == [9_820]
    assert len([each for each in till.payments() if each.kind == "refunded"]) == 1


async def test_a_refund_on_its_way_is_confirmed_by_message(till, bank, hearing):
    await taken(till, PENDING_REFUND)
    call = till.call("refund")
    with pytest.raises(RefundPending):
        await till.cashier.refund(call)
    (refund,) = bank.books.refunds.values()
    assert hearing.tell("refund.created", refund | {"status": "pending"}) == "nothing new"
    assert hearing.tell("refund.updated", refund | {"status": "succeeded"}) == "booked"
    assert hearing.tell("refund.created", refund | {"status": "pending"}) == "nothing new"
    assert (await till.cashier.refund(call)).values["amount"] == "98.20"
    assert till.figures().refunded == eur(9_820)


async def test_a_refund_that_comes_back_days_later_is_booked_and_finance_is_told(till, bank, hearing):
    await taken(till)
    await till.do("refund")
    (refund,) = bank.books.refunds.values()
    later = NOON + timedelta(days=12)
    failed = refund | {"status": "failed"}
    assert hearing.tell("charge.refund.updated", failed, later, now=later) == "booked as come back"
    assert hearing.tell("refund.failed", failed, later, now=later) == "booked before"
    assert till.figures().refunded == eur(0)
    assert till.figures().refundable == eur(9_820)
    assert hearing.incidents() == [("A refund came back", "finance")]
    bank.books.charges[charge(bank)]["amount_refunded"] = 0
    await till.do("refund")
    assert till.figures().refunded == eur(9_820)


async def test_a_refund_made_at_the_gateway_itself_is_told_to_finance_once(till, bank, hearing):
    await taken(till)
    thing = say.refund("re_by_hand", charge(bank), 1_000, "succeeded")
    assert hearing.tell("refund.created", thing) == "told finance"
    assert hearing.tell("refund.updated", thing) == "told finance"
    assert hearing.incidents() == [("A refund made elsewhere", "finance")]


async def test_a_message_about_nothing_that_we_know_waits_and_is_given_up_after_days(till, bank, hearing):
    thing = say.refund("re_1", "ch_000002", 1_000, "succeeded")
    assert hearing.tell("refund.created", thing, id="early") == ""
    await taken(till)
    assert charge(bank) == "ch_000002"
    hearing.book.report(NOON + timedelta(minutes=1))
    assert hearing.settled("early") == "told finance"
    stray = say.dispute("du_1", "ch_of_another_shop", 1_000, "needs_response")
    assert hearing.tell("charge.dispute.created", stray, id="stray") == ""
    for hours in range(80):
        hearing.book.report(NOON + timedelta(hours=hours))
    assert hearing.settled("stray").startswith("given up")
    assert timedelta(hours=80) > GIVEN_UP_AFTER


async def test_one_message_twice_is_one(till, bank, hearing):
    await taken(till)
    thing = say.dispute("du_1", charge(bank), 9_820, "needs_response")
    for _ in range(2):
        hearing.tell("charge.dispute.created", thing, id="evt_same")
    assert len(hearing.notes()) == 1


async def test_a_hold_that_the_bank_let_go_by_itself_is_held_no_more(till, bank, hearing):
    till.order(token="pm_card_visa")
    await till.do("authorize")
    (id,) = bank.books.intents
    thing = say.intent(id, 9_820, "canceled")
    assert hearing.tell("payment_intent.canceled", thing) == "booked as let go"
    assert hearing.tell("payment_intent.canceled", thing) == "nothing new"
    assert till.figures().held == eur(0)


async def test_what_a_call_of_ours_has_done_is_left_to_that_call(till, bank, hearing):
    till.order(token="pm_card_visa")
    await till.do("authorize")
    (id,) = bank.books.intents
    bank.spoil("reset")
    void = till.call("void")
    with pytest.raises(Exception, match="no answer"):
        await till.cashier.void(void)
    assert hearing.tell("payment_intent.canceled", say.intent(id, 9_820, "canceled")).startswith("the step")
    await till.cashier.void(void)
    assert len([each for each in till.payments() if each.kind == "voided"]) == 1
    await till.do("authorize")
    taken_early = say.intent(max(bank.books.intents), 9_820, "succeeded")
    assert hearing.tell("payment_intent.succeeded", taken_early).startswith("the step")
    assert till.figures().captured == eur(0)


async def test_a_dispute_stops_refunds_until_the_shop_has_won(till, bank, hearing):
    await taken(till)
    thing = say.dispute("du_1", charge(bank), 9_820, "needs_response", int(NOON.timestamp()) + 86_400)
    hearing.tell("charge.dispute.created", thing)
    (incident,) = Desk(hearing.url).incidents()
    assert (incident.title, incident.role, incident.due) == (
        "Chargeback",
        "finance",
        NOON + timedelta(days=1),
    )
    assert "fraudulent" in hearing.notes()[0]
    with pytest.raises(PaymentDisputed, match="1001"):
        await till.do("refund")
    assert bank.books.refunds == {}
    hearing.tell("charge.dispute.closed", thing | {"status": "won"})
    hearing.tell("charge.dispute.updated", thing | {"status": "under_review"})
    assert hearing.incidents() == []
    await till.do("refund")
    assert till.figures().refunded == eur(9_820)


async def test_a_dispute_that_is_lost_takes_the_money_and_leaves_nothing_to_give_back(till, bank, hearing):
    await taken(till)
    thing = say.dispute("du_1", charge(bank), 9_820, "lost")
    hearing.tell("charge.dispute.closed", thing)
    hearing.tell("charge.dispute.created", thing | {"status": "needs_response"})
    hearing.tell("charge.dispute.closed", thing)
    assert hearing.incidents() == []
    assert [str(each.amount) for each in till.payments() if each.kind == "charged_back"] == ["EUR 98.20"]
    result = await till.do("refund")
    assert result.values["amount"] == "0.00"
    assert bank.books.refunds == {}


async def test_finance_settles_such_an_incident_with_a_word_and_cannot_try_it_again(till, bank, hearing):
    await taken(till)
    thing = say.refund("re_by_hand", charge(bank), 1_000, "succeeded")
    hearing.tell("refund.created", thing)
    (incident,) = Desk(hearing.url).incidents()
    with pytest.raises(ActRefused, match="no step to try again"):
        await hearing.orders.retry(incident.id, FIN)
    with pytest.raises(ActRefused, match="only finance"):
        await hearing.orders.skip(incident.id, Person("Sue", "support"), "done")
    told = await hearing.orders.skip(incident.id, FIN, "Booked by hand.")
    assert told.outcome == Outcome.DONE
    assert hearing.incidents() == []
    assert hearing.notes()[-1] == "A refund made elsewhere: Booked by hand."


async def test_a_person_writes_down_a_dispute_of_a_bank_that_does_not_tell(till, bank, hearing):
    await taken(till)
    kinds = {"amount": "money", "outcome": "choice [open, won, lost]", "reference": "text"}

    async def say_so(**said):
        return await hearing.orders.event("1001", "payment.disputed", said, kinds, FIN)

    with pytest.raises(ActRefused, match="cannot be disputed"):
        await say_so(amount="98.21")
    assert (await say_so(amount="50.00", reference="B-77")).outcome == Outcome.DONE
    await say_so(amount="50.00", reference="B-77")
    assert hearing.incidents() == [("Chargeback", "finance")]
    with pytest.raises(PaymentDisputed):
        await till.do("refund")
    await say_so(outcome="lost", reference="B-77")
    await till.do("refund")
    assert till.figures().refunded == eur(4_820)
    assert [each["amount"] for each in bank.books.refunds.values()] == [4_820]


async def test_nothing_taken_is_nothing_to_dispute(till, hearing):
    till.order(token="pm_card_visa")
    with pytest.raises(ActRefused, match="Nothing was taken"):
        await hearing.orders.event("1001", "payment.disputed", {}, {}, FIN)


class Killed(Exception):
    """As `kill -9` would: what was not committed is gone."""


@pytest.mark.parametrize("passing", [1, 2])
async def test_a_worker_that_dies_over_a_message_takes_it_up_again_and_does_it_once(
    till, bank, hearing, passing
):
    await taken(till)
    passed = []

    def die(_session):
        passed.append(1)
        if len(passed) == passing:
            raise Killed

    event.listen(Session, "before_commit", die)
    thing = say.dispute("du_1", charge(bank), 9_820, "lost")
    with pytest.raises(Killed):
        hearing.tell("charge.dispute.closed", thing, id="evt_1")
    hearing.tell("charge.dispute.closed", thing, id="evt_1")
    hearing.book.report(NOON)
    event.remove(Session, "before_commit", die)
    assert hearing.settled("evt_1") == "lost"
    assert len([each for each in till.payments() if each.kind == "charged_back"]) == 1
    assert len(hearing.notes()) == 1


class Enough(Exception):
    """Of looking."""


async def test_messages_that_never_arrived_are_read_from_the_list_of_stripe_and_kept_once(
    till, bank, hearing
):
    await taken(till)
    await till.do("refund")
    (made,) = bank.books.refunds.values()
    failed = made | {"status": "failed"}
    told = [
        ("evt_heard", "refund.updated", made),
        ("evt_missed", "refund.failed", failed),
        ("evt_other", "customer.created", {"id": "cus_1"}),
    ]
    bank.books.events += [json.loads(say.event(id, type_, thing, NOON)) for id, type_, thing in told]
    hearing.tell("refund.updated", made, id="evt_heard")
    later = NOON + timedelta(hours=1)
    missed = Missed(Reader("sk_test_x", bank.url, 60.0), hearing.book, lambda: later, live=False)
    assert await missed.look() == 1
    assert await missed.look() == 0
    hearing.book.report(later)
    assert hearing.settled("evt_missed") == "booked as come back"
    await missed._reader.close()


async def test_a_list_that_cannot_be_read_is_read_later(hearing, caplog):
    waits = []

    async def pause(seconds):
        waits.append(seconds)
        if len(waits) == 2:
            raise Enough

    nowhere = Reader("sk_test_x", "http://127.0.0.1:1", 60.0)
    missed = Missed(nowhere, hearing.book, lambda: NOON, live=False)
    with pytest.raises(Enough):
        await Hourly(missed.look, "messages", pause).run()
    assert waits == [600, 600]
    assert caplog.messages[0] == "Stripe's list of messages cannot be read (NoAnswer): again later"
    await nowhere.close()
