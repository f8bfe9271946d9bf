"""Mails to partners: to their own address, in their language, and no more than they may know."""

import asyncio
from datetime import timedelta
from email import message_from_bytes, policy

import pytest

from adapters.database.partner.summaries import SummaryShelf
from adapters.mail.post import Post
from adapters.mail.server import MailServer
from adapters.mail.sink import listening
from adapters.partner.summary import Sending, Summaries
from domain.partner import How, Partner, Partners, PartnerState
from tests.adapters.database.given import NOW, place
from tests.adapters.mail.conftest import SHOP, a_notice
from tests.adapters.mail.servers import MoodyServer
from tests.adapters.mail.test_templates import unclosed
from tests.partners import ask

SENDER = "orders@teapots.example"
OAK = Partner("Oak & Sons", How.CONSOLE, "orders@oak.example", "de")
FERN = Partner("Fern", How.MAIL, "fern@fern.example")
WRITTEN = Partners((OAK, FERN, Partner("Iron", How.API)))
DAY = timedelta(days=1)


def mail_of(taken):
    recipient, content = taken
    mail = message_from_bytes(content, policy=policy.default)
    return recipient, mail["Subject"], body_of(content, "plain")


def html_of(taken):
    return body_of(taken[1], "html")


def body_of(content, kind):
    body = message_from_bytes(content, policy=policy.default).get_body((kind,))
    assert body is not None
    return body.get_content().replace("\r\n", "\n")


def a_tell(part="1001-F1", template="partner_order"):
    return a_notice(template, part.partition("-")[0], lane=part, to="partner")


class Desk:
    def __init__(self, url, database, templates, server, port):
        self.url = url
        self.server = server
        mail = MailServer("127.0.0.1", port)
        self.post = Post(database, templates, mail, SHOP, SENDER, lambda: WRITTEN)
        sending = Sending(templates, mail, SHOP, SENDER)
        self.shelf = SummaryShelf(url)
        self.summaries = Summaries(self.shelf, sending, lambda: WRITTEN)

    def mails(self):
        return [mail_of(taken) for taken in self.server.taken]


@pytest.fixture
async def desk(sqlite_database, templates):
    url, server = sqlite_database.url, MoodyServer()
    place(url, "1001", "1002", "1003")
    async with listening(server, "127.0.0.1", 0) as port:
        yield Desk(url, sqlite_database, templates, server, port)


async def test_a_partner_is_written_to_at_their_own_address_and_learns_no_address_of_the_customers(desk):
    ask(desk.url, "1001", "Oak & Sons")
    (posted,) = await desk.post.send((a_tell(),), NOW)

    assert posted.sent
    ((recipient, subject, words),) = desk.mails()
    assert (recipient, subject) == ("orders@oak.example", "Bestellung 1001-F1")
    assert "2 x Mug (MUG)" in words
    for secret in ("Lovelace", "Mill Lane", "example.org", "9.50", "9,50", "23"):
        assert secret not in words


async def test_once_they_have_accepted_the_address_may_be_in_a_mail(desk):
    ask(desk.url, "1001", "Oak & Sons", state=PartnerState.ACCEPTED)
    await desk.post.send((a_tell(),), NOW)
    assert "1 Mill Lane" in desk.mails()[0][2]


async def test_a_part_without_a_partner_and_a_partner_without_an_address_are_told_to_people(desk):
    ask(desk.url, "1001", "Iron")
    of_an_order = a_notice("partner_order", to="partner")
    posted = await desk.post.send((a_tell(), of_an_order), NOW)
    whys = [each.why for each in posted]
    assert [each.sent for each in posted] == [False, False]
    assert whys[0] == "config/partners.yaml has no mail address of the partner Iron."
    assert "this part of the order has none" in whys[1]
    assert desk.server.taken == []


async def test_a_template_to_a_partner_that_names_the_customer_is_refused(desk):
    ask(desk.url, "1001", "Oak & Sons")
    (posted,) = await desk.post.send((a_tell(template="confirmation"),), NOW)
    assert not posted.sent
    assert desk.server.taken == []


@pytest.mark.parametrize("template", ["partner_order", "partner_cancel"])
@pytest.mark.parametrize("state", [PartnerState.SENT, PartnerState.ACCEPTED, PartnerState.WITHDRAWN])
@pytest.mark.parametrize("partner", ["Oak & Sons", "Fern"])
async def test_every_mail_to_a_partner_can_be_filled_in(desk, template, state, partner):
    ask(desk.url, "1001", partner, state=state)
    (posted,) = await desk.post.send((a_tell(template=template),), NOW)
    assert posted.sent
    _, subject, words = desk.mails()[0]
    html = html_of(desk.server.taken[0])
    assert 10 < len(subject) < 90
    assert "\n\n\n" not in words
    assert unclosed(html) == []
    assert ("Lovelace" in html + words) == (state == PartnerState.ACCEPTED and template == "partner_order")
    assert not any("Oak & Sons" in each for each in html.split("<") if partner == "Oak & Sons")


async def test_every_morning_all_orders_of_the_day_before_are_summed_up_once(desk):
    ask(desk.url, "1001", "Fern")
    ask(desk.url, "1002", "Fern", state=PartnerState.REJECTED)
    ask(desk.url, "1003", "Fern", at=NOW - 3 * DAY)

    await desk.summaries.report(NOW)
    assert desk.mails()[0][1].startswith("Orders placed with you: 0"), "what is open from before"
    for hours in (16, 20, 23):
        await desk.summaries.report(NOW + timedelta(hours=hours))

    (_, (recipient, subject, words)) = desk.mails()
    assert recipient == "fern@fern.example"
    assert subject == "Orders placed with you: 2 from 2026-03-02 00:00 to 2026-03-03 00:00"
    assert "1001-F1 of 2 March 2026: sent\n  2 x Mug (MUG)" in words
    assert "1002-F1 of 2 March 2026: rejected" in words
    assert "Open from before:\n\n1003-F1" in words
    assert "Ada Lovelace" not in words


async def test_a_summary_that_waited_holds_everything_since_the_last(desk):
    await desk.summaries.report(NOW)
    ask(desk.url, "1001", "Fern")
    desk.server.answers.extend(["450 Later."])
    await desk.summaries.report(NOW + 5 * DAY)
    await desk.summaries.report(NOW + 5 * DAY)
    assert [subject for _, subject, _ in desk.mails()] == [
        "Orders placed with you: 1 from 2026-03-02 00:00 to 2026-03-07 00:00"
    ]
    assert desk.shelf.unsent() == []


async def test_two_workers_that_look_at_once_send_one_summary(desk):
    ask(desk.url, "1001", "Fern")
    twice = (desk.summaries.report(NOW + DAY) for _ in range(2))
    await asyncio.gather(*twice)
    assert len(desk.server.taken) == 1


async def test_where_there_is_nothing_to_tell_nobody_is_written_to(desk):
    await desk.summaries.report(NOW)
    await desk.summaries.report(NOW + DAY)
    assert desk.server.taken == []


async def test_a_german_partner_is_summed_up_to_in_german(desk):
    ask(desk.url, "1001", "Oak & Sons", state=PartnerState.SHIPPED)
    await desk.summaries.report(NOW + DAY)
    ((recipient, subject, words),) = desk.mails()
    assert recipient == "orders@oak.example"
    assert subject.startswith("Bei Ihnen bestellt: 1")
    assert "1001-F1 vom 2. März 2026: versandt" in words
    assert unclosed(html_of(desk.server.taken[0])) == []
