"""What comes back, held against both databases: never more than was shipped, never more than was paid."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlmodel import col, select

from activities.returns import Returns as ReturnsPort
from adapters.database.audit_money import money_differences
from adapters.database.audit_returns import return_differences
from adapters.database.desk import Desk
from adapters.database.journal import Journal
from adapters.database.ledger import Ledger
from adapters.database.order_document import order_json
from adapters.database.returns import Returns
from adapters.database.tables.journal import ActRow, LaneRow
from adapters.database.tables.orders import OrderDocument
from adapters.database.tables.stock import Movement
from adapters.payment.cashier import Cashier
from adapters.payment.simulated import SimulatedGateway
from domain.errors import ActRefused, NotFound, OrderConflict, OrderEnded, PaymentDeclined
from domain.journal import Batch
from domain.money import Money
from domain.order import PaymentTerms
from domain.returns import Claim, Terms, choose
from domain.step import Call
from domain.view import Asked, Exchange, Placement
from tests.goods import MORNING, Shop, line
from tests.goods import order as an_order

LATER = MORNING + timedelta(days=5)


class Counter(Shop):
    """A shop that has sent three cups and a pot, EUR 10.00 and EUR 30.00 each, and takes returns."""

    def __init__(self, database) -> None:
        super().__init__(database)
        self.desk = Desk(database.url)
        self.returns = Returns(database.url)
        self.cashier = Cashier(Ledger(database.url), SimulatedGateway(database.url))

    async def sell(self, number="W1", token="tok_ok", **more) -> None:
        for sku in ("CUP", "POT"):
            self.receive(sku, "5")
        placed = self.place(number, line("CUP", "3"), line("POT", price=3000), **more)
        await self.pay(number, replace(placed.payment, token=token))
        self.commit(f"{number}-F1")
        self.arrive(f"{number}-F1", number)

    async def pay(self, number: str, terms: PaymentTerms) -> None:
        self.know_payment(number, terms)
        self.reserve(number)
        await self.cashier.authorize(self.step("payment.authorize", number, "O.1"))
        await self.cashier.capture(self.step("payment.capture", f"{number}-F1", "F1.1"))

    def know_payment(self, number: str, terms: PaymentTerms) -> None:
        self.orders[number] = replace(self.orders[number], payment=terms)
        with self.database.write() as session:
            document = session.get(OrderDocument, number)
            assert document is not None
            document.whole = order_json(self.orders[number])

    def arrive(self, part: str, number: str) -> None:
        lane = LaneRow(
            id=part,
            order=number,
            flow="warehouse",
            flow_hash="0" * 64,
            step="done",
            title="Delivered",
            then="",
            phase="ended",
            since=MORNING,
            state="fulfilled",
            facts={},
            walk={},
        )
        with self.database.write() as session:
            session.add(lane)

    def step(self, action: str, lane: str, seq: str, **args) -> Call:
        number = lane.rpartition("-")[0] if lane not in self.orders else lane
        return Call(number, lane, action, 1, f"{number}:{action}:{seq}", self.at, args=args)

    def ask(self, number="W1", form="f1", claim=Claim.NONE, fee=0, shipping=False, **goods: str) -> Asked:
        sold = self.book.sold(number)
        wanted = {sku: Decimal(quantity) for sku, quantity in goods.items()}
        lines = choose(number, wanted, sold.goods, claim)
        terms = Terms("return", Money(fee, "EUR"), shipping)
        return Asked(
            order=number,
            form=form,
            claim=claim,
            lines=lines,
            value=Money(0, "EUR"),
            days=3,
            terms=terms,
            flow_hash="h",
            speed=1.0,
            reason="too big",
            by="Grace",
            role="support",
        )

    def open(self, **asked) -> str:
        return self.book.open_return(self.ask(**asked), LATER)

    def judge(self, id: str, verdict: str, seq="1", **goods: str):
        rows = [{"sku": sku, "quantity": quantity} for sku, quantity in goods.items()]
        call = self.step(f"returns.{verdict}", id, f"{id.rpartition('-')[2]}.{seq}", goods=rows)
        return getattr(self.returns, verdict)(call)

    async def refund(self, id: str, n=1) -> str:
        part = id.rpartition("-")[2]
        return (await self.cashier.refund(self.step("payment.refund", id, f"{part}.{n}"))).values["amount"]

    def end(self, id: str, state="refunded") -> None:
        number = id.rpartition("-R")[0]
        Journal(self.database.url, dict).write(Batch(number, id, 1, LATER, 1.0, ended=state))

    def wrong(self) -> list[str]:
        with self.database.read() as session:
            money = [f"{one.rule} {one.what}" for one in money_differences(session, LATER)]
            returns = [f"{one.rule} {one.what}" for one in return_differences(session)]
        return money + returns + self.differences()

    def moved(self) -> list[tuple[str, str]]:
        with self.database.read() as session:
            rows = session.exec(select(Movement).order_by(col(Movement.id))).all()
        return [
            (row.kind, f"{row.quantity:f}")
            for row in rows
            if row.quantity and row.kind not in ("receive", "ship")
        ]


@pytest.fixture
async def shop(database):
    opened = Counter(database)
    await opened.sell()
    yield opened
    assert opened.wrong() == []


def test_the_adapter_keeps_the_port(shop):
    port: ReturnsPort = shop.returns
    assert port is shop.returns


def test_a_return_is_opened_under_its_own_number(shop):
    assert [shop.open(CUP="1"), shop.open(form="f2", CUP="1")] == ["W1-R1", "W1-R2"]
    assert shop.book.unstarted_returns(10) == ["W1-R1", "W1-R2"]

    view = shop.desk.show("W1").returns[0]

    assert (view.state, view.reason, view.lines[0].quantity) == ("requested", "too big", Decimal(1))


def test_the_same_form_twice_is_one_return(shop):
    asked = shop.ask(CUP="3")

    assert shop.book.open_return(asked, LATER) == shop.book.open_return(asked, LATER) == "W1-R1"


def test_more_than_was_shipped_does_not_come_back(shop):
    shop.open(CUP="2")

    with pytest.raises(ActRefused, match="1 of CUP can still come back; 2"):
        shop.ask(CUP="2")


def test_two_returns_at_once_never_take_more_than_was_shipped(shop):
    both = [shop.ask(form=f"f{n}", CUP="2") for n in range(6)]

    def ask(asked: Asked) -> bool:
        try:
            shop.book.open_return(asked, LATER)
        except ActRefused:
            return False
        return True

    with ThreadPoolExecutor(6) as threads:
        assert sorted(threads.map(ask, both)) == [False] * 5 + [True]
    assert [goods.left for goods in shop.book.sold("W1").goods if goods.sku == "CUP"] == [Decimal(1)]


def test_goods_never_sent_back_may_come_back_another_time(shop):
    id = shop.open(CUP="3")
    shop.end(id, "closed")

    assert shop.open(form="f2", CUP="3") == "W1-R2"


def test_goods_that_were_refused_do_not_come_back_twice(shop):
    id = shop.open(CUP="3")
    shop.judge(id, "refuse", CUP="2")
    shop.end(id, "declined")

    with pytest.raises(ActRefused, match="1 of CUP"):
        shop.ask(CUP="2")


def test_a_return_begins_once_it_was_opened_and_has_not_ended(shop):
    id = shop.open(CUP="1")

    known = shop.returns.begin(id)

    assert known["return"]["state"] == "open"
    assert known["order"]["payment"]["captured"] == "64.90"
    assert shop.book.unstarted_returns(10) == []
    shop.end(id, "closed")
    with pytest.raises(OrderEnded):
        shop.returns.begin(id)
    with pytest.raises(NotFound):
        shop.returns.begin("W1-R9")


def test_the_three_facts_of_each_item_are_kept_apart(shop):
    id = shop.open(CUP="3")
    shop.judge(id, "accept", CUP="1")
    shop.judge(id, "accept_damaged", CUP="1")
    told = shop.judge(id, "refuse", CUP="1")

    cups = shop.book.returned(id).lines[0]

    assert (cups.received, cups.accepted, cups.resellable) == (Decimal(3), Decimal(2), Decimal(1))
    assert told.values == {"left": "0"}
    assert told.returned["lines"][0]["accepted"] == "2"


def test_judging_twice_under_one_key_counts_once(shop):
    id = shop.open(CUP="3")

    first, again = (shop.judge(id, "accept", CUP="2") for _ in range(2))

    assert first == again
    assert shop.book.returned(id).lines[0].received == Decimal(2)


def test_more_than_was_announced_is_refused(shop):
    id = shop.open(CUP="1")

    with pytest.raises(ActRefused, match="still expects 1 of CUP, not 2"):
        shop.judge(id, "accept", CUP="2")


def test_what_can_be_sold_goes_on_the_shelf_and_the_rest_is_scrapped(shop):
    id = shop.open(CUP="2", POT="1")
    shop.judge(id, "accept", CUP="1")
    shop.judge(id, "accept_damaged", CUP="1")
    shop.judge(id, "refuse", POT="1")
    before = shop.levels()["CUP", "main"]

    for _ in range(2):
        told = shop.stock.restock(shop.step("stock.restock", id, "R1.1"))

    assert told.values == {"restocked": "1", "scrapped": "1"}
    assert (before, shop.levels()["CUP", "main"]) == (("2", "0"), ("3", "0"))
    assert shop.moved() == [("return", "2"), ("scrap", "-1")]


def test_what_came_back_goes_first_to_those_who_wait(shop):
    shop.reserve("W2", line("CUP", "3"))
    id = shop.open(CUP="1")
    shop.judge(id, "accept", CUP="1")

    shop.stock.restock(shop.step("stock.restock", id, "R1.1"))

    assert shop.arrivals() == ["W2-F2"]


async def test_a_refund_is_the_exact_share_of_what_was_paid(shop):
    id = shop.open(CUP="1", fee=250)
    shop.judge(id, "accept", CUP="1")

    assert await shop.refund(id) == "7.50"
    assert shop.desk.show("W1").row.payment == "partially_refunded"


async def test_returns_one_by_one_give_back_the_lines_and_no_shipping(shop):
    given = []
    for n in range(1, 4):
        id = shop.open(form=f"f{n}", CUP="1")
        shop.judge(id, "accept", CUP="1")
        given.append(await shop.refund(id))
        shop.end(id)

    assert given == ["10.00"] * 3
    assert shop.desk.show("W1").refunded == Money(3000, "EUR")


async def test_a_claim_gives_back_shipping_too_and_all_of_it_is_all_that_was_paid(shop):
    id = shop.open(CUP="3", POT="1", claim=Claim.DAMAGED, shipping=True)
    shop.returns.leave(shop.step("returns.leave", id, "R1.1"))

    assert await shop.refund(id) == "64.90"
    assert shop.desk.show("W1").row.payment == "refunded"


async def test_a_second_refund_of_a_return_gives_nothing_more(shop):
    id = shop.open(POT="1")
    shop.judge(id, "accept", POT="1")
    await shop.refund(id)

    assert await shop.refund(id, 2) == "0.00"
    assert shop.desk.show("W1").refunded == Money(3000, "EUR")


async def test_no_return_gives_back_what_was_given_back_before(shop):
    await shop.cashier.refund(shop.step("payment.refund", "W1-F1", "F1.1"))
    id = shop.open(POT="1")
    shop.judge(id, "accept", POT="1")

    assert await shop.refund(id) == "0.00"


async def test_a_refund_the_bank_refuses_is_paid_by_hand_and_booked(database):
    shop = Counter(database)
    await shop.sell(token="tok_refund_fails")
    id = shop.open(POT="1")
    shop.judge(id, "accept", POT="1")

    for n in (1, 2):
        with pytest.raises(PaymentDeclined):
            await shop.refund(id, n)
    failed = shop.desk.show("W1").returns[0]
    told = await shop.cashier.pay_back(shop.step("payment.pay_back", id, "R1.1"))
    shop.end(id)

    assert (failed.refund, failed.refunded.minor) == ("failed", 0)
    assert told.values == {"amount": "30.00"}
    view = shop.desk.show("W1").returns[0]
    assert (view.refund, view.refunded.minor, view.state) == ("confirmed", 3000, "refunded")
    assert shop.wrong() == []


def test_the_story_of_an_order_tells_of_its_returns(shop):
    id = shop.open(CUP="1")
    shop.end(id, "closed")

    view = shop.desk.show("W1")

    assert [each.state for each in view.returns] == ["closed"]
    assert view.row.state == "open"


def a_goodwill(shop: Counter, minor: int, form: str) -> Asked:
    amount = Money(minor, "EUR")
    terms = Terms("goodwill", Money(0, "EUR"))
    asked = replace(shop.ask(form=form, CUP="1"), claim=Claim.GOODWILL, lines=(), value=amount, terms=terms)
    return replace(asked, second_person=minor > 5000)


async def test_a_goodwill_gives_back_what_was_said_and_nothing_comes_back(shop):
    id = shop.book.open_return(a_goodwill(shop, 750, "g"), LATER)

    assert await shop.refund(id) == "7.50"

    view = shop.desk.show("W1").returns[0]
    assert (view.claim, view.refunded, view.lines) == ("goodwill", Money(750, "EUR"), ())


async def test_a_goodwill_is_never_more_than_what_is_left_after_all_that_is_under_way(shop):
    shop.book.open_return(a_goodwill(shop, 6000, "g1"), LATER)  # of 64.90, and waits for a second person

    with pytest.raises(ActRefused, match=r"EUR 4.90 of what was paid can still be given back"):
        shop.book.open_return(a_goodwill(shop, 491, "g2"), LATER)
    shop.book.open_return(a_goodwill(shop, 490, "g2"), LATER)


async def test_a_goodwill_that_a_return_was_quicker_than_is_a_task_for_finance(shop):
    goodwill = shop.book.open_return(a_goodwill(shop, 3500, "g"), LATER)
    back = shop.open(form="r", CUP="3", POT="1")
    shop.judge(back, "accept", CUP="3", POT="1")
    assert await shop.refund(back) == "60.00"

    with pytest.raises(PaymentDeclined, match=r"only EUR 4.90 of what was paid is left"):
        await shop.refund(goodwill)


def test_two_who_ask_for_a_goodwill_at_once_never_get_more_than_was_paid(shop):
    def ask(n: int) -> bool:
        try:
            shop.book.open_return(a_goodwill(shop, 4000, f"g{n}"), LATER)
        except ActRefused:
            return False
        return True

    with ThreadPoolExecutor(4) as people:
        opened = list(people.map(ask, range(4)))

    assert opened.count(True) == 1


def test_who_asked_for_a_goodwill_is_known_to_the_task_of_the_second_person(shop):
    id = shop.book.open_return(a_goodwill(shop, 6000, "g"), LATER)

    assert shop.desk.answered_by("W1", id, "opening") == ["Grace"]


def an_exchange(shop: Counter, form="x", price=2500, credit=2500) -> Asked:
    """Three cups come back for a pot, which costs so much, and of which so much is paid by the cups."""
    asked = shop.ask(form=form, CUP="3")
    new = replace(an_order("W1-X1", line("POT", price=price), shipping=0), discount=Money(credit, "EUR"))
    new = replace(new, total=Money(price - credit, "EUR"), payment=PaymentTerms("card", token="tok_ok"))
    held = Placement("standard", {}, {"AWAITING_RETURN": "cups come back"}, body="x")
    return replace(asked, exchange=Exchange(new, held, Money(credit, "EUR")))


def asked_of(shop: Counter, number: str) -> list[tuple[str, str]]:
    with shop.database.read() as session:
        rows = session.exec(select(ActRow).where(ActRow.order == number)).all()
    return [(row.kind, row.target) for row in rows]


async def test_an_exchange_is_placed_with_its_return_or_not_at_all(shop):
    id = shop.book.open_return(an_exchange(shop), LATER)

    view = shop.desk.show("W1-X1")
    assert (view.row.state, view.replaces) == ("on_hold", "W1")
    assert shop.desk.show("W1").returns[0].exchange == "W1-X1"
    shop.end(id, "closed")
    with pytest.raises(OrderConflict):
        shop.book.open_return(an_exchange(shop, "again", price=2600), LATER)
    assert len(shop.desk.show("W1").returns) == 1


async def test_goods_that_came_back_pay_for_the_others_and_the_rest_goes_back(shop):
    id = shop.book.open_return(an_exchange(shop), LATER)
    shop.judge(id, "accept", CUP="3")

    gone = shop.returns.send_exchange(shop.step("returns.send_exchange", id, "R1.1"))

    assert gone.values == {"sent": True}
    assert asked_of(shop, "W1-X1") == [("release", "AWAITING_RETURN")]
    assert await shop.refund(id) == "5.00"


async def test_an_exchange_that_was_called_off_meanwhile_gives_all_the_money_back(shop):
    id = shop.book.open_return(an_exchange(shop), LATER)
    shop.judge(id, "accept", CUP="3")
    Journal(shop.database.url, dict).write(Batch("W1-X1", "W1-X1", 1, LATER, 1.0, ended="cancelled"))

    gone = shop.returns.send_exchange(shop.step("returns.send_exchange", id, "R1.1"))

    assert gone.values == {"sent": False}
    assert await shop.refund(id) == "30.00"


async def test_goods_that_do_not_come_back_pay_for_nothing(shop):
    id = shop.book.open_return(an_exchange(shop), LATER)
    call = shop.step("returns.drop_exchange", id, "R1.1")

    assert shop.returns.drop_exchange(call) == shop.returns.drop_exchange(call)

    assert asked_of(shop, "W1-X1") == [("cancel", "")]
