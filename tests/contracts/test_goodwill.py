"""Money given back out of goodwill: never more than was paid, however many ask at once."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from domain.errors import ActRefused, PaymentDeclined
from domain.money import Money
from domain.return_book import Asked
from domain.returns import Claim, Terms
from tests.contracts.counter import LATER, Counter


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
