"""One click ends marketing: from the page, and from the mail program itself."""

import httpx
import pytest

from adapters.database.customer.consents import Consents
from config.page import PageWords
from config.settings import SHIPPED
from console.customer.app import create_customer
from console.customer.house import Window
from console.customer.limits import Limits
from console.site import Site
from domain.consent import Consent
from domain.link import Links
from tests.adapters.database.given import NOW
from tests.console.conftest import URL

LINKS = Links((b"k" * 32,), URL, "https://teapots.example")
ADA = "ada@example.org"
PATH = LINKS.unsubscribe("1001").removeprefix(URL)


class NoSurveys:
    def given(self, _order):
        return None

    def give(self, _order, _score, _words, _now):
        raise AssertionError("nobody asks here")


@pytest.fixture
def consents(database):
    book = Consents(database.url)
    book.say(ADA, Consent(granted=True, source="Order 1000, web", at=NOW))
    return book


@pytest.fixture
async def visitor(house, consents):
    books = NoSurveys(), "help@shop.example", consents
    window = Window(house, LINKS, PageWords(SHIPPED), *books, Limits(lambda *_: 1))
    app = create_customer(window, Site.at(URL))
    transport = httpx.ASGITransport(app=app, client=("192.0.2.7", 4711))
    async with httpx.AsyncClient(transport=transport, base_url=URL) as client:
        yield client


async def test_a_look_at_the_page_changes_nothing(visitor, consents):
    page = await visitor.get(PATH)

    assert page.status_code == 200
    assert "Teapots &amp; more" in page.text
    assert [each.granted for each in consents.of(ADA)] == [True]


async def test_a_press_ends_it_once_and_says_how_we_know(visitor, consents, clock):
    answers = [await visitor.post(PATH) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert "You get no more offers from us by mail." in answers[0].text
    ended, before = consents.of(ADA)
    assert (ended.granted, ended.source, ended.at) == (False, "Link in a mail", clock.now)
    assert before.source == "Order 1000, web"


async def test_a_mail_program_may_press_it_from_elsewhere(visitor, consents):
    headers = {"sec-fetch-site": "cross-site", "origin": "https://mail.example"}

    answer = await visitor.post(PATH, data={"List-Unsubscribe": "One-Click"}, headers=headers)

    assert answer.status_code == 200
    assert not consents.of(ADA)[0].granted


@pytest.mark.parametrize(
    "path", [PATH[:-1] + "x", PATH.replace("1001", "1002"), LINKS.order("1001").removeprefix(URL) + "x"]
)
async def test_a_link_that_is_none_of_ours_opens_nothing(visitor, consents, path):
    answers = [await visitor.get(path), await visitor.post(path)]

    assert {answer.status_code for answer in answers} <= {404, 405}
    assert consents.of(ADA)[0].granted


async def test_the_code_of_the_orders_own_page_does_not_open_this_one(visitor):
    code = LINKS.order("1001").rpartition("/")[2]

    assert (await visitor.get(f"/unsubscribe/1001/{code}")).status_code == 404


async def test_it_is_said_in_the_readers_language(visitor):
    page = await visitor.get(PATH, params={"language": "de"})

    assert "Keine Angebote mehr per Mail" in page.text
