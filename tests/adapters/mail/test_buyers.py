"""The people who buy hear of what runs low: once, whatever the mail server does."""

from datetime import timedelta
from email import message_from_bytes, policy

import pytest

from adapters.database.stock.room import StockRoom
from adapters.mail.buyers import BuyersPost
from adapters.mail.server import MailServer
from adapters.mail.sink import listening
from domain.stock_book import ItemChange
from tests.adapters.mail.conftest import SHOP
from tests.adapters.mail.servers import MoodyServer
from tests.adapters.placed import NOON
from tests.goods import ship_by

SOON = NOON + timedelta(seconds=30)
LATER = NOON + timedelta(minutes=5)


@pytest.fixture
async def told(sqlite_database, templates):
    """A shop whose last cup has just been scrapped, its mail server and what writes to the buyers."""
    room, server = StockRoom(sqlite_database.url, ship_by), MoodyServer()
    room.receive("CUP", "5", "main", "A cup", "Grace", NOON)
    room.set_item("CUP", ItemChange(low_at="3"), "Grace", NOON)
    room.scrap("CUP", "2", "main", "Broken", "Grace", NOON)
    room.scrap("CUP", "3", "main", "Broken", "Grace", NOON)
    async with listening(server, "127.0.0.1", 0) as port:
        post = BuyersPost(room, templates, MailServer("127.0.0.1", port), SHOP, "orders@teapots.example")
        yield room, server, post


async def test_everything_scarce_since_the_last_time_is_one_mail_to_the_shops_own_address(told):
    room, server, post = told
    assert await post.report(NOON)
    assert not await post.report(LATER)
    [(recipient, content)] = server.taken
    mail = message_from_bytes(content, policy=policy.default)
    assert recipient == "help@teapots.example"
    assert mail["Subject"] == "1 out of stock, 1 running low"
    words = mail.get_body(("plain",)).get_content().replace("\r\n", "\n")  # type: ignore[union-attr] # it has one
    assert "Running low: A cup (CUP)\n  3 available" in words
    assert "Out of stock: A cup (CUP)\n  0 available" in words
    assert [row.told_at for row in room.told(9)] == [NOON, NOON]


async def test_a_mail_that_was_taken_without_a_word_is_sent_again_to_the_last_byte(told):
    _, server, post = told
    server.answers.append("drop")
    assert not await post.report(NOON)
    assert not await post.report(SOON)
    assert await post.report(LATER)
    (_, first), (_, second) = server.taken
    assert first == second


async def test_of_two_workers_one_writes(told):
    room, server, post = told
    letter, rows = room.take(NOON)
    assert (letter, len(rows)) == ("stock.2", 2)
    assert not await post.report(SOON)
    assert server.taken == []


async def test_an_address_that_refuses_mail_is_not_tried_for_ever(told):
    room, server, post = told
    server.refuses["help@teapots.example"] = "550 No such user"
    assert not await post.report(NOON)
    assert not await post.report(LATER)
    assert room.take(LATER) == ("", ())
    assert [row.told_at for row in room.told(9)] == [None, None]
