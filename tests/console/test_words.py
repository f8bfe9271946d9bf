"""How states, facts and times of the shop read on a screen."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from console.words import fact_value, is_money, say_answer, say_fact, say_payment, say_state
from domain.journal import AnswerOption
from starter.when import full
from tests.adapters.database.given import NOW


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("partially_fulfilled", "partly fulfilled"),
        ("warehouse-lead", "warehouse lead"),
        ("carrier.delivered", "carrier: delivered"),
    ],
)
def test_no_word_of_the_machine_is_left_in_a_state(word, said):
    assert say_state(word) == said


def test_the_money_of_an_order_stands_as_a_clerk_says_it():
    assert (say_payment("captured"), say_payment("voided")) == ("paid", "not charged")
    assert say_payment("refunded") == "refunded"


def test_a_task_tells_money_with_its_currency_and_a_claim_in_words():
    assert fact_value("564.90", "order.total", "EUR") == "EUR 564.90"
    assert fact_value("12.00", "transfer.amount", "EUR") == "EUR 12.00"
    assert fact_value("damaged", "return.claim", "EUR") == "Came damaged"
    assert fact_value("67", "screen.score", "EUR") == "67"
    assert [is_money(path) for path in ("order.total", "order.lines", "order.nothing", "note")] == [
        *(True, False, False, False)
    ]
    assert say_fact("screen.score") == "Fraud score"


async def test_a_closed_task_says_what_the_button_said(house):
    task = house.desk.task("1001.review.1")
    task = replace(task, answers=(AnswerOption("approve", "Looks fine"),))
    assert say_answer(replace(task, answer="approve")) == "Looks fine"
    assert say_answer(replace(task, answer="give_up")) == "give up"


async def test_times_are_those_of_the_shop_wherever_the_machine_stands(house, sign_in, clock):
    clock.now = datetime(2026, 11, 30, 23, 30, tzinfo=UTC)
    assert f"{house.now():%d %B %H:%M %Z}" == "01 December 00:30 CET"
    pat = await sign_in("pat", "warehouse")
    page = (await pat.get("/inbox")).text
    assert "Times are those of Europe/Berlin." in page


def test_a_time_in_full_leaves_nothing_to_guess():
    assert full(NOW, NOW) == f"{NOW:%a} {NOW.day} {NOW:%b %Y, %H:%M} UTC"


async def test_who_reviews_an_order_sees_its_total_in_its_currency(sign_in, database):
    with database.engine.begin() as connection:
        connection.exec_driver_sql(
            "UPDATE wait SET show = '{\"order.total\": \"89.00\"}' WHERE id = '1001.review.1'"
        )
    finn = await sign_in("finn", "fraud")
    assert "<dd>EUR 89.00</dd>" in (await finn.get("/tasks/1001.review.1")).text
