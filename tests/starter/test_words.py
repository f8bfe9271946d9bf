"""What support reads first about an order."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from domain.money import Money
from domain.view import (
    HoldView,
    IncidentView,
    OrderRow,
    OrderView,
    PaymentView,
    ReturnView,
    RunningView,
    TimelineView,
    WaitView,
)
from starter.when import span, when
from starter.words import answer_line

NOW = datetime(2026, 11, 18, 11, 20, tzinfo=UTC)  # a Wednesday
EUR = Money(8490, "EUR")
NOTHING = Money(0, "EUR")

PACKING = WaitView(
    step="pack",
    title="Pick and pack",
    lane="A-1-F1",
    kind="ask",
    role="warehouse",
    event="",
    since=NOW - timedelta(hours=26, minutes=6),
    due=NOW.replace(hour=17, minute=0),
    late=NOW.replace(day=19, hour=17, minute=0),
    then="Not packed in time",
)


def order(state="open", payment="authorized", **parts) -> OrderView:
    row = OrderRow("A-1", "web", state, payment, "in_progress", "", EUR, NOW, (), None, 0, "Iris Vos")
    view = OrderView(
        row=row,
        customer_email="iris@teapot.example",
        address=(),
        lines=(),
        flow="standard",
        flow_version="0123456789ab",
        end="",
        waiting_for=(),
        fulfilments=(),
        payments=(),
        holds=(),
        timeline=(),
        incidents=(),
        notices=(),
        returns=(),
        pending_acts=0,
        authorized=EUR,
        captured=NOTHING,
        refunded=NOTHING,
        expires_at=NOW.replace(day=27),
    )
    return replace(view, **parts)


def test_it_says_what_the_order_waits_for_since_when_what_is_next_and_the_money():
    assert answer_line(order(waiting_for=(PACKING,)), NOW) == (
        "Waiting for the warehouse: Pick and pack, since yesterday 09:14 (26 h). "
        "Due today 17:00; if nobody does by tomorrow 17:00, then: Not packed in time. "
        "Paid: EUR 84.90 authorised, not taken, holds until 27 Nov."
    )


def test_a_task_past_its_time_is_called_overdue():
    late = replace(PACKING, due=NOW - timedelta(hours=3))
    assert "Due today 08:20, 3 h overdue" in answer_line(order(waiting_for=(late,)), NOW)


def test_a_weekday_keeps_its_capital():
    later = replace(PACKING, due=NOW + timedelta(days=3), late=None)
    assert " Due Sat 11:20. Paid" in answer_line(order(waiting_for=(later,)), NOW)


def test_the_wait_that_is_due_first_speaks_and_the_others_are_counted():
    delivery = replace(
        PACKING,
        title="Wait for delivery",
        kind="event",
        role="",
        event="carrier.delivered",
        due=None,
        late=None,
    )
    said = answer_line(order(waiting_for=(delivery, PACKING)), NOW)
    assert said.startswith("Waiting for the warehouse: Pick and pack")
    assert "1 more thing to wait for." in said
    assert answer_line(order(waiting_for=(delivery,)), NOW).startswith(
        "Wait for delivery, since yesterday 09:14"
    )


def test_an_incident_says_what_went_wrong_and_who_has_to_look():
    incident = IncidentView(
        id="i",
        order="A-1",
        lane="A-1-F1",
        step="capture",
        title="Take the payment",
        what="the gateway has not answered for 20 minutes.",
        role="finance",
        since=NOW - timedelta(minutes=20),
        due=NOW + timedelta(hours=4),
        may_skip=(),
    )
    said = answer_line(order(incidents=(incident,), waiting_for=(PACKING,)), NOW)
    assert said.startswith(
        "Stopped at Take the payment, since today 11:00 (20 min): "
        "the gateway has not answered for 20 minutes. The finance team has to look, due today 15:20."
    )
    assert "Pick and pack" not in said


def test_a_hold_names_its_reason_and_who_set_it():
    hold = HoldView("INCORRECT_ADDRESS", "noor", "no house number.", NOW - timedelta(days=9))
    said = answer_line(order(state="on_hold", holds=(hold,), waiting_for=(PACKING,)), NOW)
    assert said.startswith(
        "On hold for a right address, since 9 Nov 11:20 by noor: no house number. Waiting"
    )


def test_an_order_that_has_ended_says_how():
    assert answer_line(order("completed", "captured", end="Completed", captured=EUR), NOW) == (
        "Completed. Paid: EUR 84.90."
    )
    assert answer_line(order("cancelled", "voided", end="Sold out"), NOW) == (
        "Cancelled: Sold out. Nothing was paid: the money held was let go."
    )


def test_an_order_with_nothing_open_is_on_its_way():
    begun = TimelineView(NOW, "Screen for fraud", "", "", "screen", "A-1", "step", "")
    assert answer_line(order(timeline=(begun,)), NOW).startswith("On its way: nobody has to do anything")


def test_an_order_that_has_not_begun_is_kept():
    assert answer_line(order(), NOW).startswith("Kept: it begins as soon as its worker is there.")


def test_what_is_kept_is_told():
    assert "1 request is kept" in answer_line(order(pending_acts=1), NOW)
    assert "2 requests are kept" in answer_line(order(pending_acts=2), NOW)


def test_a_half_shipped_order_says_what_was_taken_and_what_is_still_held():
    half = order(payment="partially_captured", captured=Money(4000, "EUR"))
    assert answer_line(half, NOW).endswith(
        "Paid: EUR 40.00 of EUR 84.90 taken; EUR 44.90 authorised, not taken, holds until 27 Nov."
    )


def test_what_was_let_go_is_no_longer_held():
    let_go = PaymentView("voided", Money(4490, "EUR"), "A-1:void:1", NOW)
    view = order(payment="partially_captured", captured=Money(4000, "EUR"), payments=(let_go,))
    assert answer_line(view, NOW).endswith("Paid: EUR 40.00 of EUR 84.90 taken.")


@pytest.mark.parametrize(
    ("payment", "said"),
    [
        ("pending", "Not paid yet: EUR 84.90 is due."),
        ("captured", "Paid: EUR 84.90."),
        ("partially_refunded", "Paid: EUR 84.90, of it EUR 10.00 given back."),
        ("refunded", "The money has been given back: EUR 10.00."),
        ("failed", "Not paid: the bank said no."),
        ("none", "Nothing was paid."),
    ],
)
def test_every_state_of_the_money_has_its_words(payment, said):
    view = order(payment=payment, captured=EUR, refunded=Money(1000, "EUR"))
    assert answer_line(view, NOW).endswith(said)


def test_an_expired_authorisation_is_not_called_paid():
    assert answer_line(order(payment="expired"), NOW).endswith("the bank no longer holds the EUR 84.90.")


def test_instants_are_told_on_the_readers_clock():
    here = NOW.astimezone(timezone(timedelta(hours=2)))
    assert when(NOW, here) == "today 13:20"
    assert when(NOW.replace(hour=23), here) == "tomorrow 01:20"
    assert when(NOW + timedelta(days=3), here) == "Sat 13:20"
    assert when(NOW + timedelta(days=60), here) == "17 Jan 2027 13:20"


def test_lengths_of_time_take_the_unit_people_would():
    lengths = [timedelta(seconds=40), timedelta(minutes=119), timedelta(hours=26), timedelta(days=3)]
    assert [span(length) for length in lengths] == ["40 s", "119 min", "26 h", "3 days"]


def test_what_the_machine_is_at_is_named_and_since_when():
    begun = TimelineView(NOW, "Confirm the order.", "", "", "confirm", "A-1", "step", "")
    running = RunningView("A-1", "Hold the money", NOW - timedelta(minutes=14))
    said = answer_line(order(payment="pending", timeline=(begun,), running=(running,)), NOW)
    assert said.startswith(
        "Being done: Hold the money, since today 11:06 (14 min). Nobody has to do anything"
    )


def test_an_ended_order_says_what_still_comes_back():
    back = ReturnView(
        *("A-1-R1", "open", "none", "too big", "Ann", NOW, "return", "0123456789ab", "Expect the parcel"),
        *((), EUR, NOTHING, NOTHING, ""),
    )
    parcel = replace(PACKING, title="Expect the parcel", role="returns", lane="A-1-R1", due=None, late=None)

    said = answer_line(order("completed", "captured", returns=(back,), waiting_for=(parcel,)), NOW)

    assert said.startswith(
        "Completed. Return A-1-R1 is open. Waiting for the returns team: Expect the parcel"
    )
    over = replace(back, state="closed")
    assert "Return" not in answer_line(order("completed", "captured", returns=(over,)), NOW)
