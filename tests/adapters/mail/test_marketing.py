"""Marketing goes to those who agreed to it, and each can end it with one click."""

from dataclasses import replace
from datetime import timedelta

import pytest

from adapters.database.customer.consents import Consents
from adapters.mail.post import Post
from adapters.mail.server import MailServer
from adapters.mail.templates import Templates
from domain.consent import Consent
from domain.link import Links
from domain.notice import Posted
from domain.order import Customer
from tests.adapters.mail.conftest import SHOP, a_notice, parsed
from tests.adapters.placed import NOON, an_order, place

ADA = "ada@lovelace.example"
LATER = NOON + timedelta(hours=1)


@pytest.fixture
async def offering(office, tmp_path):
    """An office of a shop with an offer to make, whose customers can end such mails."""
    said = "Subject: An offer\n\n{{ order.name }}, buy two.\n\nNo more of these: {{ unsubscribe_link }}\n"
    (tmp_path / "offer.txt.j2").write_text(said)
    (tmp_path / "bare.txt.j2").write_text("Subject: An offer\n\nBuy two.\n")
    templates = Templates(tmp_path)
    shop = replace(SHOP, links=Links((b"k" * 32,), "https://orders.teapots.example"))
    server = MailServer("127.0.0.1", office.post._server.port)
    yield Post(office.database, templates, server, shop, "orders@teapots.example")
    templates.close()


def agreed(office, email=ADA, *, granted=True, at=NOON):
    Consents(office.database.url).say(email, Consent(granted, "a form on the site", at))


async def test_marketing_goes_to_those_who_agreed_only(office, offering):
    place(office.database, an_order("1002", customer=Customer("eve@example.org", "Eve")))
    agreed(office, "Eve@Example.org")

    [to_ada] = await offering.send((a_notice("offer", marketing=True),), NOON)
    [to_eve] = await offering.send((a_notice("offer", order="1002", marketing=True),), NOON)

    assert to_ada == Posted("1001.offer.1", sent=False)
    assert to_eve.sent
    assert [to for to, _ in office.server.taken] == ["eve@example.org"]


async def test_the_newest_word_of_a_person_counts_whatever_came_in_first(office, offering):
    agreed(office, granted=False, at=NOON)
    agreed(office, granted=True, at=NOON - timedelta(days=400))

    [posted] = await offering.send((a_notice("offer", marketing=True),), NOON)

    assert not posted.sent
    assert [each.granted for each in Consents(office.database.url).of(ADA)] == [False, True]


async def test_marketing_is_ended_with_one_click_and_other_mails_have_no_such_button(office, offering):
    agreed(office)

    await offering.send((a_notice("offer", marketing=True),), NOON)
    await office.post.send((a_notice(),), NOON)

    offer, confirmation = (parsed(content) for _, content in office.server.taken)
    link = Links((b"k" * 32,), "https://orders.teapots.example").unsubscribe("1001")
    assert offer["List-Unsubscribe"] == f"<{link}>"
    assert offer["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert link in offer.get_body(("plain",)).get_content()
    assert confirmation["List-Unsubscribe"] is None


async def test_marketing_sent_again_still_asks_for_consent_and_offers_the_way_out(office, offering):
    agreed(office)
    await offering.send((a_notice("offer", marketing=True),), NOON)
    again = replace(a_notice("offer", id="1001.resend.1"), again="1001.offer.1")
    agreed(office, granted=False, at=NOON + timedelta(hours=1))

    [refused] = await offering.send((again,), LATER)
    agreed(office, granted=True, at=NOON + timedelta(hours=2))
    [sent] = await offering.send((replace(again, id="1001.resend.2"),), LATER)

    assert not refused.sent
    assert sent.sent
    assert parsed(office.server.taken[-1][1])["List-Unsubscribe"]


async def test_marketing_that_its_reader_cannot_end_is_not_sent(office, offering):
    agreed(office)

    [posted] = await offering.send((a_notice("bare", marketing=True),), NOON)

    assert posted.why == (
        "Template bare.txt.j2 is marketing, and has no unsubscribe_link by which its reader can end it."
    )
    assert office.server.taken == []
