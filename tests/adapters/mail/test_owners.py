"""The owners hear once a day how it went, whatever workers and mail servers do."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from email import message_from_bytes, policy

import pytest

from adapters.database.numbers.daily import DailyBook
from adapters.database.payment.ledger import Ledger
from adapters.database.stock.room import StockRoom
from adapters.mail.owners import Habits, OwnersPost
from adapters.mail.server import MailServer
from adapters.mail.sink import listening
from domain.errors import DatabaseUnavailable
from domain.period import Period
from domain.posting import Account, Slip
from domain.reconcile import Difference
from tests.adapters.mail.conftest import SHOP
from tests.adapters.mail.servers import MoodyServer
from tests.adapters.placed import NOON, an_order, eur, place
from tests.goods import ship_by

BERLIN = "Europe/Berlin"
# 06:00 in Berlin on the day after.
DUE = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)
LATER = DUE + timedelta(minutes=20)


def a_post(database, templates, port, **changes):
    habits = Habits(time(6), lambda: BERLIN, "owner@teapots.example", lambda _: ())
    server = MailServer("127.0.0.1", port)
    return OwnersPost(
        DailyBook(database.url),
        templates,
        server,
        SHOP,
        "orders@teapots.example",
        replace(habits, **changes),
    )


ports: dict[int, int] = {}


@pytest.fixture
async def server():
    moody = MoodyServer()
    async with listening(moody, "127.0.0.1", 0) as port:
        ports[id(moody)] = port
        yield moody


@pytest.fixture
def shop(sqlite_database):
    """An order yesterday, sold, and a part of it given back, what that cost; a cup that is out."""
    pot, felt = an_order().lines
    lines = replace(pot, tax_rate=Decimal(19)), replace(felt, tax_rate=Decimal(7))
    place(sqlite_database, an_order(lines=lines))
    slip = Slip("1001", "1001-F1", "1001:payment.capture:F1.1:v1", NOON)
    sold, back = slip.captured("cap", eur(9_820), "hold"), slip.refunded("ref", eur(820), Account.GATEWAY)
    Ledger(sqlite_database.url).book(
        [slip.authorized("hold", eur(9_820), None), sold, back, slip.fee("fee", eur(162))]
    )
    room = StockRoom(sqlite_database.url, ship_by)
    room.receive("CUP", "5", "main", "A cup", "Grace", NOON)
    room.scrap("CUP", "5", "main", "Broken", "Grace", NOON)
    return sqlite_database


def words(content):
    mail = message_from_bytes(content, policy=policy.default)
    plain = mail.get_body(("plain",)).get_content()  # type: ignore[union-attr] # it has one
    return mail, plain.replace("\r\n", "\n")


async def test_yesterday_is_told_from_six_in_the_morning_on_and_once(shop, server, templates):
    post = a_post(shop, templates, ports[id(server)])
    assert not await post.report(DUE - timedelta(minutes=1))
    assert await post.report(DUE) == "2026-11-21"
    assert not await post.report(LATER)
    [(recipient, content)] = server.taken
    mail, text = words(content)
    assert recipient == "owner@teapots.example"
    assert mail["Subject"] == "Saturday, 21 November 2026: 1 order"
    assert "Orders           1, EUR 98.20" in text
    assert "Came in          EUR 98.20" in text
    assert "Given back       EUR 8.20" in text
    assert "Fees             EUR 1.62" in text
    assert "Tax at 7 %       EUR 0.85\nTax at 19 %      EUR 12.29\n" in text.replace("\n  ", "\n")
    assert "Open orders      1: 1 under 1 day" in text
    assert "out: A cup (CUP)" in text
    assert "The books        agree" in text


async def test_of_two_workers_one_writes(shop, server, templates):
    one, other = a_post(shop, templates, ports[id(server)]), a_post(shop, templates, ports[id(server)])
    server.answers.append("drop")
    assert not await one.report(DUE)
    assert not await other.report(DUE + timedelta(minutes=5))
    assert await other.report(LATER) == "2026-11-21"
    (_, first), (_, second) = server.taken
    assert first == second


async def test_what_does_not_agree_in_the_books_is_told_first_of_all(shop, server, templates):
    wrong = Difference("M1", "1001", "Its money does not add up.", "look")
    post = a_post(shop, templates, ports[id(server)], reconcile=lambda _: [wrong, wrong])
    await post.report(DUE)
    mail, text = words(server.taken[0][1])
    assert mail["Subject"].endswith("to be looked at")
    assert "2 do not agree; the first: M1 1001: Its money does not add up." in text


async def test_books_that_cannot_be_compared_keep_nobody_from_writing(shop, server, templates):
    def nobody(_):
        raise DatabaseUnavailable("The database does not answer.")

    await a_post(shop, templates, ports[id(server)], reconcile=nobody).report(DUE)
    assert "could not be compared" in words(server.taken[0][1])[1]


async def test_an_address_that_refuses_mail_is_not_tried_for_ever(shop, server, templates):
    post = a_post(shop, templates, ports[id(server)])
    server.refuses["owner@teapots.example"] = "550 No such user"
    assert not await post.report(DUE)
    assert not await post.report(LATER)
    assert server.taken == []


async def test_a_shop_that_had_no_order_by_then_is_told_nothing(sqlite_database, server, templates):
    post = a_post(sqlite_database, templates, ports[id(server)])
    assert not await post.report(DUE)
    place(sqlite_database, an_order(placed_at=DUE + timedelta(hours=1)))
    assert not await post.report(LATER)
    assert await post.report(DUE + timedelta(days=1)) == "2026-11-22"


def test_a_worker_that_died_over_it_leaves_the_report_to_the_next(database):
    place(database, an_order())
    book, day = DailyBook(database.url), Period(date(2026, 11, 21), date(2026, 11, 21), BERLIN)
    assert book.take(day, DUE) is not None
    assert book.take(day, DUE + timedelta(minutes=1)) is None
    assert book.take(day, LATER) is not None
    book.settle(day.last, LATER)
    assert book.take(day, LATER + timedelta(hours=1)) is None
