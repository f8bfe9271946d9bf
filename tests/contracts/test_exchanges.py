"""Goods that come back pay for the others that go out, and for nothing else."""

from dataclasses import replace

import pytest
from sqlmodel import select

from adapters.database.journal.steps import Journal
from adapters.database.tables.journal import ActRow
from domain.errors import OrderConflict
from domain.journal import Batch
from domain.money import Money
from domain.order import PaymentTerms
from domain.placement import Placement
from domain.return_book import Asked, Exchange
from tests.contracts.counter import LATER, Counter
from tests.goods import line
from tests.goods import order as an_order


def an_exchange(shop: Counter, form="x", price=2500, credit=2500) -> Asked:
    """Three cups come back for a pot, which costs so much, and of which so much is paid by the cups."""
    asked = shop.ask(form=form, CUP="3")
    new = replace(an_order("W1-X1", line("POT", price=price), shipping=0), discount=Money(credit, "EUR"))
    new = replace(new, total=Money(price - credit, "EUR"), payment=PaymentTerms("card", token="tok_ok"))
    held = Placement("standard", {}, {"AWAITING_RETURN": "cups come back"}, body="x")
    return replace(asked, exchange=Exchange(new, held, Money(credit, "EUR")))


def asked_of(shop: Counter, number: str) -> list[tuple[str, str]]:
    with shop.database.read() as session:
        rows = session.exec(select(ActRow).where(ActRow.order == number)).all()
    return [(row.kind, row.target) for row in rows]


async def test_an_exchange_is_placed_with_its_return_or_not_at_all(shop):
    id = shop.book.open_return(an_exchange(shop), LATER)

    view = shop.desk.show("W1-X1")
    assert (view.row.state, view.replaces) == ("on_hold", "W1")
    assert shop.desk.show("W1").returns[0].exchange == "W1-X1"
    shop.end(id, "closed")
    with pytest.raises(OrderConflict):
        shop.book.open_return(an_exchange(shop, "again", price=2600), LATER)
    assert len(shop.desk.show("W1").returns) == 1


async def test_goods_that_came_back_pay_for_the_others_and_the_rest_goes_back(shop):
    id = shop.book.open_return(an_exchange(shop), LATER)
    shop.judge(id, "accept", CUP="3")

    gone = shop.returns.send_exchange(shop.step("returns.send_exchange", id, "R1.1"))

    assert gone.values == {"sent": True}
    assert asked_of(shop, "W1-X1") == [("release", "AWAITING_RETURN")]
    assert await shop.refund(id) == "5.00"


async def test_an_exchange_that_was_called_off_meanwhile_gives_all_the_money_back(shop):
    id = shop.book.open_return(an_exchange(shop), LATER)
    shop.judge(id, "accept", CUP="3")
    Journal(shop.database.url, dict).write(Batch("W1-X1", "W1-X1", 1, LATER, 1.0, ended="cancelled"))

    gone = shop.returns.send_exchange(shop.step("returns.send_exchange", id, "R1.1"))

    assert gone.values == {"sent": False}
    assert await shop.refund(id) == "30.00"


async def test_goods_that_do_not_come_back_pay_for_nothing(shop):
    id = shop.book.open_return(an_exchange(shop), LATER)
    call = shop.step("returns.drop_exchange", id, "R1.1")

    assert shop.returns.drop_exchange(call) == shop.returns.drop_exchange(call)

    assert asked_of(shop, "W1-X1") == [("cancel", "")]
