"""What others did not take, as ops tells it again or lets it go."""

from dataclasses import replace
from datetime import timedelta

import pytest

from adapters.database.shop.hook_book import HookBook
from domain.order_event import DeliveryState, Listener
from tests.adapters.database.given import NOW, place

WHY = "books answers with 503. <b>(25 times)</b>"


@pytest.fixture(autouse=True)
def _told(house, shop):
    """`books` is written down, `gone` is not any more."""
    books = Listener("books", "https://books.example", frozenset(["all"]))
    written = replace(shop, listeners={"books": books})
    house.shop = lambda: written


@pytest.fixture(autouse=True)
def untold(database):
    """Three orders were placed; neither of two took it."""
    book = HookBook(database.url)
    place(database.url, "2001", "2002", "2003")
    book.fan_out(dict.fromkeys(("books", "gone"), lambda event: event.order.startswith("2")), NOW, 100)
    for delivery in book.take(NOW, 100):
        book.over(delivery, DeliveryState.DEAD, WHY, 503, NOW + timedelta(days=4))
    return book


def waiting(book):
    return sorted(
        (each.target, each.event.order) for each in book.latest(100) if each.state == DeliveryState.WAITING
    )


async def test_what_nobody_took_is_listed_by_who_was_to_take_it(sign_in):
    olga = await sign_in("olga", "ops")
    page = (await olga.get("/not-told")).text
    assert "books answers with 503. &lt;b&gt;(25 times)&lt;/b&gt;" in page
    assert 'href="/orders/2001"' in page
    assert page.count("3 events given up") == 2
    assert "Nobody of this name is told any more" in page
    # Who is not written down cannot be told again.
    assert page.count("Tell all again") == 1


async def test_ops_sees_from_every_page_that_something_was_not_told(sign_in):
    olga = await sign_in("olga", "ops")
    assert '>Not told <span class="count over">6</span>' in (await olga.get("/orders")).text
    for target in ("books", "gone"):
        await olga.send("/not-told/let-go", target=target, reason="nobody reads it")
    assert "Not told" not in (await olga.get("/orders")).text
    assert "Everybody took" in (await olga.get("/not-told")).text


async def test_one_is_told_again(untold, sign_in, house):
    olga = await sign_in("olga", "ops")
    event = "2002:order.placed:1"
    told = await olga.send("/not-told/retry", target="books", event=event)
    assert (told.status_code, told.headers["location"]) == (303, "/not-told?done=retried")
    assert waiting(untold) == [("books", "2002")]
    again = await olga.send("/not-told/retry", target="books", event=event)
    assert (again.status_code, "on its way to books already" in again.text) == (409, True)
    ((_, deed), *_) = house.audit.entries(1, by="olga")
    assert (deed.by, deed.subject, deed.what) == ("olga", event, "told books again")


async def test_all_of_one_are_told_again_and_each_says_how_it_went(untold, sign_in):
    olga = await sign_in("olga", "ops")
    page = await olga.send("/not-told/retry", target="books")
    assert page.status_code == 200
    assert page.text.count("being told again") == 3
    assert waiting(untold) == [("books", f"200{n}") for n in (1, 2, 3)]
    # What happened first goes first.
    assert [page.text.index(f"/orders/200{n}") for n in (1, 2, 3)] == sorted(
        page.text.index(f"/orders/200{n}") for n in (1, 2, 3)
    )
    over = await olga.send("/not-told/retry", target="books")
    assert (over.status_code, "It is over" in over.text) == (409, True)


async def test_who_may_not_read_orders_finds_no_way_to_them(sign_in, house):
    house.permissions = lambda: {"doorkeeper": frozenset({"place"})}
    dora = await sign_in("dora", "doorkeeper")
    for page in (await dora.get("/not-told"), await dora.send("/not-told/retry", target="books")):
        assert (page.status_code, "2001" in page.text) == (200, True)
        assert "/orders/2001" not in page.text


async def test_what_nobody_has_to_know_is_let_go_with_a_reason(untold, sign_in, house):
    olga = await sign_in("olga", "ops")
    one = {"target": "gone", "event": "2001:order.placed:1"}
    assert (await olga.send("/not-told/let-go", **one, reason=" ")).status_code == 409
    assert untold.count_given_up() == {"books": 3, "gone": 3}
    assert (await olga.send("/not-told/let-go", **one, reason="closed")).status_code == 303
    assert untold.count_given_up() == {"books": 3, "gone": 2}
    ((_, deed), *_) = house.audit.entries(1, by="olga")
    assert (deed.by, deed.why) == ("olga", "closed")
    # It was looked at by a person, and can still be told.
    untold.retry("2001:order.placed:1", "gone", "olga", NOW)
    assert waiting(untold) == [("gone", "2001")]
    # What is on its way is not let go with the others.
    await olga.send("/not-told/let-go", target="gone", reason="closed")
    assert (waiting(untold), untold.count_given_up()) == ([("gone", "2001")], {"books": 3})


async def test_those_who_bring_no_orders_in_do_not_see_it(sign_in):
    pat = await sign_in("pat", "warehouse")
    assert (await pat.get("/not-told")).status_code == 403
    assert (await pat.send("/not-told/retry", target="books")).status_code == 403
    assert "Not told" not in (await pat.get("/orders")).text
