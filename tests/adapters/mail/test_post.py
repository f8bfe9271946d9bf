"""Notices go out once, to one recipient, whatever the mail server does."""

from dataclasses import replace
from datetime import timedelta

import pytest

from adapters.database.mail.notices import keep_letter, load_letter, notices_of
from adapters.mail.post import Post
from adapters.mail.server import MailServer
from adapters.mail.sink import listening
from adapters.mail.templates import Templates
from domain.errors import MailUnavailable, NotFound, SettingsRefused
from domain.notice import Letter, Posted
from domain.order import Customer
from tests.adapters.mail.conftest import SHIPPED, SHOP, a_notice, parsed
from tests.adapters.mail.servers import MoodyServer
from tests.adapters.placed import NOON, an_order, place

ADA = "ada@lovelace.example"
LATER = NOON + timedelta(hours=1)


async def test_a_customer_gets_a_mail_she_can_read_as_text_and_as_html(office):
    posted = await office.post.send((a_notice(),), NOON)

    assert posted == (Posted("1001.confirmation.1", sent=True),)
    [(recipient, content)] = office.server.taken
    mail = parsed(content)
    assert recipient == ADA
    assert mail["To"] == ADA
    assert mail["From"] == "Ada's Teapots <orders@teapots.example>"
    assert mail["Reply-To"] == "help@teapots.example"
    assert mail["Subject"] == "Thank you for your order 1001"
    assert mail["Message-ID"] == "<1001.confirmation.1@teapots.example>"
    assert mail["Date"].datetime == NOON
    assert mail["Auto-Submitted"] == "auto-generated"
    assert "2 x Red teapot: EUR 79.80" in mail.get_body(("plain",)).get_content()
    assert "Ada Lovelace" in mail.get_body(("html",)).get_content()
    assert max(map(len, content.splitlines())) < 998
    assert content.isascii()


async def test_a_notice_sent_before_is_not_sent_again(office):
    await office.post.send((a_notice(),), NOON)

    again = await office.post.send((a_notice(), a_notice()), LATER)

    assert again == (Posted("1001.confirmation.1", sent=True),) * 2
    assert len(office.server.taken) == 1
    assert office.row("1001.confirmation.1").sent_at == NOON


async def test_a_refusal_mended_and_a_letter_sent_stand_in_either_database(database, templates):
    place(database, an_order())
    server = MoodyServer()
    server.refuses[ADA] = "550 No"
    async with listening(server, "127.0.0.1", 0) as port:
        post = Post(database, templates, MailServer("127.0.0.1", port), SHOP, "orders@teapots.example")
        [refused] = await post.send((a_notice(),), NOON)
        server.refuses.clear()
        [mended] = await post.send((a_notice(),), LATER)
        [again] = await post.send((a_notice(),), LATER + timedelta(hours=1))

    assert (refused.sent, mended.sent, again.sent) == (False, True, True)
    assert len(server.taken) == 1


async def test_the_notices_of_one_wait_share_a_connection(office):
    notices = (a_notice(), a_notice("on_hold"), a_notice("cancelled"))

    posted = await office.post.send(notices, NOON)

    assert [one.id for one in posted] == [notice.id for notice in notices]
    assert len(office.server.taken) == 3
    assert len(office.server.lines) == 1


async def test_a_server_that_dies_after_taking_a_mail_gets_the_very_same_again(office):
    office.server.answers.append("drop")

    with pytest.raises(MailUnavailable):
        await office.post.send((a_notice(),), NOON)
    assert office.row("1001.confirmation.1").state == "pending"
    changed = Post(
        office.database, office.post._writer._templates, office.post._server, SHOP, "orders@teapots.example"
    )
    await changed.send((a_notice(),), NOON)

    [(_, first), (_, second)] = office.server.taken
    assert first == second
    assert office.row("1001.confirmation.1").tries == 2


@pytest.mark.parametrize("answer", ["451 Later", "421 Closing", "452 Full", "hang up"])
async def test_not_now_is_tried_again_and_the_others_go_out_meanwhile(office, answer):
    office.server.answers.append(answer)
    notices = (a_notice(), a_notice("on_hold"))

    with pytest.raises(MailUnavailable, match="1 of 2 notices wait"):
        await office.post.send(notices, NOON)
    assert office.row("1001.confirmation.1").state == "pending"
    assert office.row("1001.on_hold.1").state == "sent"
    posted = await office.post.send(notices, NOON)

    assert all(one.sent for one in posted)
    assert len(office.server.taken) == 2


async def test_an_address_the_server_refuses_is_said_without_naming_it(office):
    office.server.refuses[ADA] = f"550 {ADA} is unknown here"

    [posted] = await office.post.send((a_notice(),), NOON)

    assert not posted.sent
    assert posted.why == "The recipient's address is refused by the mail server (550)."
    assert office.row(posted.id).state == "refused"


async def test_an_address_refused_for_now_is_not_refused_for_good(office):
    office.server.refuses[ADA] = "450 Greylisted"

    with pytest.raises(MailUnavailable, match="450"):
        await office.post.send((a_notice(),), NOON)

    assert office.row("1001.confirmation.1").state == "pending"


async def test_a_mail_refused_for_its_content_is_refused(office):
    office.server.answers.append("554 Looks like spam")

    [posted] = await office.post.send((a_notice(),), NOON)

    assert posted.why == "The mail is refused by the mail server (554)."


async def test_a_refusal_stands_for_one_posting_and_can_be_mended_after(office):
    office.server.refuses[ADA] = "550 No"
    await office.post.send((a_notice(),), NOON)
    office.server.refuses.clear()

    [same_posting] = await office.post.send((a_notice(),), NOON)
    [asked_again] = await office.post.send((a_notice(),), LATER)

    assert not same_posting.sent
    assert asked_again.sent
    assert office.row("1001.confirmation.1").why == ""


async def test_without_a_mail_server_nothing_is_lost(office):
    away = Post(office.database, office.post._writer._templates, MailServer("127.0.0.1", 1), SHOP, ADA)

    with pytest.raises(MailUnavailable, match="2 of 2 notices wait: The mail server cannot be reached"):
        await away.send((a_notice(), a_notice("on_hold")), NOON)
    posted = await office.post.send((a_notice(), a_notice("on_hold")), NOON)

    assert all(one.sent for one in posted)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "ada",
        "ada@",
        "@lovelace.example",
        "ada@localhost",
        "ada@lovelace.example, eve@evil.example",
        "ada@lovelace.example;eve@evil.example",
        "ada@lovelace.example\r\nBcc: eve@evil.example",
        "ada@lovelace.example\n",
        "Ada Lovelace <ada@lovelace.example>",
        '"ada b"@lovelace.example',
        "ada..l@lovelace.example",
        "ada@-lovelace.example",
        "ada@lovelace..example",
        "ada@straße.example",
        "a" * 65 + "@lovelace.example",
        "ada@" + "lovelace." * 30 + "example",
        "ada@lovelace.example\x00",
        "ädä@lovelace.example",
    ],
)
async def test_what_is_not_one_mailbox_is_refused_before_any_server_hears_of_it(office, address):
    place(office.database, an_order("1002", customer=Customer(address, "Ada")))

    [posted] = await office.post.send((a_notice(order="1002"),), NOON)

    assert not posted.sent
    assert "mail address" in posted.why
    assert "lovelace" not in posted.why
    assert office.server.envelopes == []


async def test_several_addresses_are_called_several(office):
    place(office.database, an_order("1002", customer=Customer("a@b.example, c@d.example", "Ada")))

    [posted] = await office.post.send((a_notice(order="1002"),), NOON)

    assert posted.why == "There has to be one mail address, not several."


def test_a_letter_that_is_under_way_is_not_written_over(database):
    place(database, an_order())
    first, second = (Letter(a_notice(), NOON, subject=subject) for subject in ("One", "Two"))

    with database.write() as session:
        keep_letter(session, first)
        keep_letter(session, second)

    with database.read() as session:
        assert load_letter(session, a_notice()) == first


async def test_a_domain_beyond_ascii_is_written_as_servers_know_it(office):
    place(office.database, an_order("1002", customer=Customer("ada@bücher.example", "Ada")))

    await office.post.send((a_notice(order="1002"),), NOON)

    assert office.server.taken[0][0] == "ada@xn--bcher-kva.example"


async def test_a_name_cannot_smuggle_a_header_a_recipient_or_a_tag(office):
    name = "Ada\r\nBcc: eve@evil.example\n<script>alert(1)</script>{{ 7*7 }}"
    place(office.database, an_order("1002", customer=Customer(ADA, name)))

    await office.post.send((a_notice(order="1002"),), NOON)

    mail = parsed(office.server.taken[0][1])
    assert office.server.envelopes == [[ADA]]
    assert mail["Bcc"] is None
    assert "Dear Ada Bcc: eve@evil.example" in mail.get_body(("plain",)).get_content()
    assert "<script>" not in mail.get_body(("html",)).get_content()
    assert "{{ 7*7 }}" in mail.get_body(("html",)).get_content()


async def test_a_domain_in_capitals_is_the_same_domain(office):
    place(office.database, an_order("1002", customer=Customer("Ada@Lovelace.Example", "Ada")))

    [posted] = await office.post.send((a_notice(order="1002"),), NOON)

    assert posted.sent
    assert [to for to, _ in office.server.taken] == ["Ada@lovelace.example"]


async def test_a_german_customer_is_written_to_in_german(office):
    place(office.database, an_order("1002", customer=Customer(ADA, "Ada", language="de-AT")))

    await office.post.send((a_notice(order="1002"),), NOON)

    mail = parsed(office.server.taken[0][1])
    assert mail["Subject"] == "Danke für Ihre Bestellung 1002"
    assert "Summe: 98,20 EUR" in mail.get_body(("plain",)).get_content()
    assert '<html lang="de">' in mail.get_body(("html",)).get_content()


async def test_a_wrong_template_is_an_answer_and_the_other_notices_go_out(office):
    posted = await office.post.send((a_notice("no_such"), a_notice()), NOON)

    assert posted[0].why == "There is no template no_such.txt.j2 in the shop's folders."
    assert posted[1].sent


async def test_a_web_shop_writes_in_its_own_words(office, tmp_path):
    (tmp_path / "outlet").mkdir()
    (tmp_path / "outlet" / "confirmation.txt.j2").write_text("Subject: Outlet {{ order.number }}\n\nHi.\n")
    place(office.database, an_order("1002", channel="outlet"))
    templates = Templates(tmp_path, SHIPPED)
    server = MailServer("127.0.0.1", office.post._server.port)
    post = Post(office.database, templates, server, SHOP, "orders@teapots.example")

    await post.send((a_notice(), a_notice(order="1002")), NOON)

    templates.close()
    subjects = [parsed(content)["Subject"] for _, content in office.server.taken]
    assert subjects == ["Thank you for your order 1001", "Outlet 1002"]


async def test_staff_are_reminded_at_the_shops_own_address(office):
    values = {"task": "1001-F1.pack.1", "title": "Pick and pack", "role": "warehouse"}
    notice = a_notice("task_reminder", lane="1001-F1", to="warehouse", values=values)

    await office.post.send((notice,), NOON)

    [(recipient, content)] = office.server.taken
    assert recipient == "help@teapots.example"
    assert parsed(content)["Subject"] == "Reminder: Pick and pack (1001)"
    assert b"Lovelace" not in content


async def test_an_odd_notice_id_makes_a_message_id_of_its_own(office):
    ids = ("1001.ship..1", "1001.ship.-.1", "1001." + "x" * 300)

    await office.post.send(tuple(a_notice(id=id) for id in ids), NOON)

    sent = {parsed(content)["Message-ID"] for _, content in office.server.taken}
    assert len(sent) == 3
    assert all(id.startswith("<1001") and len(id) < 250 and ".." not in id for id in sent)


async def test_the_order_page_shows_what_was_sent(office):
    await office.post.send((a_notice(),), NOON)
    await office.post.send((a_notice("no_such"),), LATER)

    with office.database.read() as session:
        views = notices_of(session, "1001")

    assert [(view.template, view.state, view.at) for view in views] == [
        ("confirmation", "sent", NOON),
        ("no_such", "refused", None),
    ]


async def test_a_notice_of_no_order_is_refused(office):
    with pytest.raises(NotFound):
        await office.post.send((a_notice(order="9999"),), NOON)


@pytest.mark.parametrize(
    ("shop", "sender"),
    [
        (SHOP, "orders"),
        (replace(SHOP, reply_to="a@b.example, c@d.example"), ADA),
        (replace(SHOP, name="A\nB"), ADA),
    ],
)
def test_a_shop_without_an_address_of_its_own_does_not_open(sqlite_database, templates, shop, sender):
    with pytest.raises(SettingsRefused):
        Post(sqlite_database, templates, MailServer("localhost", 25), shop, sender)
