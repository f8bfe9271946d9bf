"""The gateway's messages as rows: kept once, and looked at again while nobody knows what they are about."""

from datetime import timedelta

from adapters.database.payment.gateway_news import NewsBook
from domain.gateway_news import GatewayNews, NewsKind
from domain.money import Money
from tests.adapters.placed import NOON

NEWS = GatewayNews(
    "evt_1",
    "stripe",
    NewsKind.DISPUTE,
    "du_1",
    "ch_1",
    "",
    "",
    Money(500, "EUR"),
    "open",
    NOON,
    "fraudulent",
)


def test_a_message_is_kept_once_and_rests_between_two_looks(database):
    book = NewsBook(database.url)
    assert [book.keep(NEWS, NOON) for _ in range(2)] == [True, False]
    assert book.latest("stripe") == NOON
    assert book.latest("simulated") is None
    looks = [book.report(NOON + timedelta(seconds=seconds)) for seconds in (0, 5, 10, 15, 30)]
    assert looks == [1, 0, 1, 0, 1]
