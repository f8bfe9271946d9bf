"""Partners who are people keep the same port as simulated ones, held against both databases."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from activities.partner import Partners as Port
from adapters.database.order.orders import Orders as OrderBook
from adapters.database.partner.desk import PartnerDesk
from adapters.partner.chosen import ChosenPartners
from adapters.partner.people import PeoplePartners
from adapters.partner.simulated import SimulatedPartners
from domain.act import Act, ActKind, ActRecord
from domain.errors import ActRefused, MailUnavailable, NotFound, PartnerUnavailable
from domain.fulfilment import FulfilmentState
from domain.notice import Posted
from domain.partner import How, Partner, PartnerDeed, Partners, PartnerState
from domain.partner_book import Saying
from domain.step import Call
from tests.adapters.placed import NOON, a_fulfilment, an_order, place
from tests.contracts.test_partners import House as SimulatedHouse
from tests.partners import said, standing

OAK = Partner("Oak & Sons", How.CONSOLE, "orders@oak.example", "de")
WRITTEN = Partners(
    (OAK, Partner("Iron", How.API, "iron@iron.example"), Partner("Fern", How.MAIL, "fern@fern.example"))
)


class Post:
    """Takes every mail once, as the shop's own does."""

    def __init__(self):
        self.sent: list[str] = []
        self.away = False
        self.refuses = ""

    async def send(self, notices, now):
        if self.away:
            raise MailUnavailable("The mail server is away.")
        (notice,) = notices
        if self.refuses:
            return (Posted(notice.id, sent=False, why=self.refuses),)
        if notice.id not in self.sent:
            self.sent.append(notice.id)
        return (Posted(notice.id, sent=True),)


class House(SimulatedHouse):
    """An order with one fulfilment at a partner's, each as it is written down."""

    def __init__(self, database, written=WRITTEN):
        self.database = database
        self.post = Post()
        self.simulated = SimulatedPartners(database)
        people = PeoplePartners(database, self.post)
        self.chosen = ChosenPartners(database, self.simulated, people, lambda: written)
        self.partners = self.chosen  # type: ignore[assignment] # it keeps the same port

    def tell_us(self, deed, name="Oak & Sons", **more):
        form = more.pop("form", f"form-{deed}")
        return PartnerDesk(self.database.url).tell(
            name, "1001-F1", Saying(deed, form, "olga", NOON, **more)
        )

    def state(self):
        return standing(self.database.url, "1001-F1").state

    def said(self):
        return said(self.database.url, "1001")


@pytest.fixture
def house(database):
    opened = House(database)
    opened.begin("oak &  sons")
    return opened


def test_the_adapter_keeps_the_port(house):
    port: Port = house.partners
    assert port is house.partners


def test_an_order_is_on_their_list_and_mailed_once(house):
    first = house.do("order")
    assert house.do("order", hours=5) == first
    assert first.said == "Sent to Oak & Sons."
    assert house.do("order", 2, hours=5).said == "Oak & Sons had been asked before."
    assert house.post.sent == ["1001-F1.partner_order"]
    assert house.report(1000) == [], "people do not answer by themselves"
    (view,) = PartnerDesk(house.database.url).orders("Oak & Sons", list(PartnerState), 10)
    assert (view.id, view.address, [str(line.quantity) for line in view.lines]) == (
        "1001-F1",
        (),
        ["2", "1.5"],
    )


def test_while_the_mail_is_away_the_order_waits_and_goes_out_once(house):
    house.post.away = True
    with pytest.raises(PartnerUnavailable):
        house.do("order")
    house.post.away = False
    assert house.do("order").said == "Sent to Oak & Sons."
    assert house.post.sent == ["1001-F1.partner_order"]


def test_a_refused_mail_stops_only_those_who_have_nothing_else(database):
    house = House(database)
    house.post.refuses = "No such mailbox."
    house.begin("Oak & Sons")
    assert house.do("order").said == "Sent to Oak & Sons. The mail was not: No such mailbox."


def test_an_order_that_is_a_mail_has_to_be_sent(database):
    house = House(database)
    house.post.refuses = "No such mailbox."
    house.begin("Fern")
    with pytest.raises(ActRefused, match="No such mailbox"):
        house.do("order")
    house.post.refuses = ""
    house.do("order", hours=1)
    assert house.post.sent == ["1001-F1.partner_order"]
    (view,) = PartnerDesk(database.url).orders("Fern", list(PartnerState), 10)
    assert view.address[0] == "Ada Lovelace", "who gets the order by mail has to know where it goes"


def test_a_program_asks_by_itself(database):
    house = House(database)
    house.begin("Iron")
    house.do("order")
    assert house.post.sent == []


def test_one_who_accepts_and_ships_is_taken_down_as_they_told(house):
    house.do("order")
    house.tell_us(PartnerDeed.ACCEPT)
    house.tell_us(PartnerDeed.SHIP, tracking="77", carrier="Van Go")
    taken = house.do("hand_over", hours=30)
    assert taken.values == {"carrier": "Van Go", "tracking": "77"}
    assert house.fulfilment().state == FulfilmentState.SHIPPED
    assert house.differences() == []


def test_what_they_have_not_accepted_is_taken_back_at_once_and_told(house):
    house.do("order")
    assert house.do("cancel").values == {"withdrawn": True}
    assert house.post.sent == ["1001-F1.partner_order", "1001-F1.partner_cancel.1"]
    with pytest.raises(ActRefused, match="it is withdrawn"):
        house.tell_us(PartnerDeed.ACCEPT)


def test_what_was_given_up_before_it_was_sent_is_never_sent(house):
    assert house.do("cancel").values == {"withdrawn": True}
    assert house.do("order", hours=1).said.endswith("had been asked before.")
    assert (house.post.sent, house.state()) == ([], PartnerState.WITHDRAWN)
    desk, day = PartnerDesk(house.database.url), timedelta(days=1)
    assert desk.orders("oak &  sons", list(PartnerState), 9) == []
    assert desk.summary("oak &  sons", NOON - day, NOON + day).placed == ()
    assert desk.partners() == {}
    with pytest.raises(NotFound):
        desk.order("oak &  sons", "1001-F1")


@pytest.mark.parametrize(
    ("deed", "answer", "state"),
    [
        (PartnerDeed.LET_GO, "accepted", PartnerState.CANCELLED),
        (PartnerDeed.KEEP, "refused", PartnerState.ACCEPTED),
    ],
)
def test_one_who_has_accepted_is_asked_and_answers(house, deed, answer, state):
    house.do("order")
    house.tell_us(PartnerDeed.ACCEPT)
    asked = house.do("cancel", hours=3)
    assert asked.values == {"withdrawn": False}
    house.tell_us(deed)
    assert house.said()[1:] == [f"partner.cancel_answered {answer}"]
    assert house.state() == state
    again = house.do("cancel", 2, hours=9)
    assert again.values == {"withdrawn": state == PartnerState.CANCELLED}


def test_one_who_has_shipped_lets_nothing_go(house):
    house.do("order")
    house.tell_us(PartnerDeed.ACCEPT)
    house.tell_us(PartnerDeed.SHIP, tracking="77")
    assert house.do("cancel", hours=3).values == {"withdrawn": False}
    assert house.said()[-1] == "partner.cancel_answered refused"


def test_what_is_told_in_their_name_counts(house):
    """As a clerk writes it down who has them on the telephone."""
    house.do("order")
    act = Act("by-phone", ActKind.EVENT, "partner.answered", values={"answer": "accepted"})
    book = OrderBook(house.database.url)
    for _ in "12":
        book.record(ActRecord(act, "1001", "sue", "buyer", "", NOON))
    assert house.do("cancel", hours=1).values == {"withdrawn": False}


def test_an_unknown_partner_stops_and_asks_where_the_shop_wants_to_know_them_all(database):
    house = House(database, replace(WRITTEN, otherwise=None))
    house.begin("Nobody")
    with pytest.raises(ActRefused, match=r"no partner Nobody in config/partners.yaml"):
        house.do("order")
    assert house.do("cancel").values == {"withdrawn": True}


def test_one_that_is_simulated_goes_on_until_somebody_of_theirs_sits_down(database):
    house = House(database)
    house.begin("acme")
    house.do("order")
    house.tell_us(PartnerDeed.ACCEPT, "acme")
    assert house.report(300) == []
    with pytest.raises(NotFound):
        house.tell_us(PartnerDeed.SHIP, "Oak & Sons", tracking="7")


def test_an_order_that_was_sent_is_finished_the_way_it_was_sent(database):
    house = House(database)
    house.begin("Oak & Sons")
    house.do("order")
    house.chosen._partners = Partners
    house.tell_us(PartnerDeed.ACCEPT)
    assert house.do("cancel", hours=3).values == {"withdrawn": False}
    assert house.report(300) == []


def test_two_presses_at_the_same_moment_are_one(house):
    house.do("order")
    first, again = house.tell_us(PartnerDeed.ACCEPT), house.tell_us(PartnerDeed.ACCEPT)
    assert [record.act.id for record in (*first, *again)] == ["form-accept"] * 2
    with pytest.raises(ActRefused, match="something else"):
        house.tell_us(PartnerDeed.REJECT, form="form-accept")
    assert house.said() == ["partner.answered accepted"]


def test_a_summary_holds_all_that_was_placed_and_what_is_open_from_before(house):
    house.do("order")
    desk = PartnerDesk(house.database.url)
    day = timedelta(days=1)
    today = desk.summary("Oak & Sons", NOON - day, NOON + day)
    tomorrow = desk.summary("Oak & Sons", NOON + day, NOON + 2 * day)
    assert [[view.id for view in each] for each in (today.placed, today.open)] == [["1001-F1"], []]
    assert [[view.id for view in each] for each in (tomorrow.placed, tomorrow.open)] == [[], ["1001-F1"]]
    assert desk.summary("Fern", NOON - day, NOON + day).placed == ()


def _call(key: str) -> Call:
    return Call("1001", "1001-F1", "order", 1, key, NOON)


async def _twice(house):
    return await asyncio.gather(*(house.partners.order(_call("1001:partner.order:F1.1")) for _ in "12"))


def test_two_workers_at_once_put_it_there_once(database):
    house = House(database)
    order = an_order()
    place(database, order, a_fulfilment(order, supplier="Oak & Sons", location=""))
    first, second = asyncio.run(_twice(house))
    assert first == second
    assert house.post.sent == ["1001-F1.partner_order"]
