"""How the shop does: each figure against a shop small enough to count by hand, in both databases."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import event, update

from adapters.database.customer.surveys import Surveys
from adapters.database.journal.steps import Journal
from adapters.database.numbers import NumbersDesk
from adapters.database.payment.ledger import Ledger
from adapters.database.tables.journal import WaitRow
from adapters.database.tables.orders import FulfilmentRow, PlacedOrder
from domain.journal import LaneStatus, WaitOpened
from domain.numbers import Ended, MoneyByDay, Speed
from domain.period import Period
from domain.posting import Account, Slip
from tests.adapters.database.given import HASH, a_batch
from tests.adapters.placed import NOON, a_fulfilment, an_order, eur, place, send_back

HOUR = timedelta(hours=1)
DAY = 24 * HOUR
WEEK = Period(date(2026, 11, 18), date(2026, 11, 24), "Europe/Berlin")


@pytest.fixture
def desk(database):
    return NumbersDesk(database.url)


def put(database, number, *, at=NOON, flow="warehouse"):
    order = an_order(number, placed_at=at)
    return place(database, order, replace(a_fulfilment(order), flow=flow))


def change(database, model, key, **values):
    column = model.id if model is FulfilmentRow else model.number
    with database.write() as session:
        session.connection().execute(update(model).where(column == key).values(**values))


def sell(database, number, minor=9_820, at=NOON):
    slip = Slip(number, f"{number}-F1", f"{number}:payment.capture:F1.1:v1", at)
    Ledger(database.url).book([slip.captured(f"cap-{number}", eur(minor), "hold")])


def give_back(database, number, minor, at=NOON):
    slip = Slip(number, f"{number}-F1", f"{number}:payment.refund:R1.1:v1", at)
    Ledger(database.url).book([slip.refunded(f"ref-{number}", eur(minor), Account.GATEWAY)])


def test_orders_and_money_fall_on_the_shops_own_days(database, desk):
    midnight = datetime(2026, 11, 20, 23, tzinfo=UTC)
    put(database, "1", at=midnight - timedelta(seconds=1))
    put(database, "2", at=midnight)
    put(database, "3", at=midnight + DAY - timedelta(seconds=1))
    put(database, "4", at=NOON - 30 * DAY)
    sell(database, "1", 5_000, at=midnight)
    give_back(database, "1", 1_000, at=midnight + DAY)
    kept = Slip("1", "1-F1", "", midnight).fee("txn-1", eur(95))
    Ledger(database.url).book([kept])
    found = desk.numbers(WEEK)
    assert found.orders == (0, 0, 1, 2, 0, 0, 0)
    assert found.money == (
        MoneyByDay(
            "EUR",
            ordered=(0, 0, 9_820, 19_640, 0, 0, 0),
            sold=(0, 0, 0, 5_000, 0, 0, 0),
            refunded=(0, 0, 0, 0, 1_000, 0, 0),
            fees=(0, 0, 0, 95, 0, 0, 0),
        ),
    )
    assert (found.placed, found.refunds) == (3, 1)


def test_parcels_are_timed_from_the_placing_of_their_order(database, desk):
    for n, hours in enumerate((1, 2, 3, 30), 1):
        put(database, f"{n}")
        promise = NOON + 24 * HOUR if n != 1 else None
        change(database, FulfilmentRow, f"{n}-F1", left_at=NOON + hours * HOUR, ship_by=promise)
    shipped = desk.numbers(WEEK).shipped
    assert shipped.speed == Speed(4, 7_200, 108_000)
    assert [each.count for each in shipped.by_bar] == [0, 0, 0, 3, 1, 0, 0]
    assert (shipped.promised, shipped.on_time) == (3, 2)


def test_a_parcel_has_left_when_its_lane_first_says_so(database, desk):
    put(database, "1")
    lane = LaneStatus(
        "1-F1", "warehouse", HASH, "x", "Wait", "", "waiting", NOON, facts={"state": "shipped"}
    )
    journal = Journal(database.url, dict)
    journal.write(a_batch(order="1", lanes=(lane,), now=NOON + HOUR))
    journal.write(
        a_batch(2, order="1", lanes=(replace(lane, facts={"state": "fulfilled"}),), now=NOON + DAY)
    )
    assert desk.numbers(WEEK).shipped.speed == Speed(1, 3_600, 3_600)


def waited(database, number, role, title, due, closed):
    lane = LaneStatus(number, "standard", HASH, "review", title, "", "waiting", NOON)
    wait = WaitOpened(number, title, 1, "ask", title, NOON, role=role)
    journal = Journal(database.url, dict)
    journal.write(a_batch(order=number, opened=(wait,), lanes=(lane,)))
    with database.write() as session:
        mine = update(WaitRow).where(WaitRow.order == number)
        session.connection().execute(mine.values(due=due, closed_at=closed))


def test_the_latest_steps_stand_first_and_reviews_are_counted(database, desk):
    for n, (role, title, due, closed) in enumerate(
        (
            ("warehouse", "Pack", NOON, NOON + 2 * HOUR),
            ("warehouse", "Pack", NOON, NOON + 4 * HOUR),
            ("warehouse", "Pack", NOON + 9 * HOUR, NOON),
            ("fraud", "Review", NOON + HOUR, NOON),
            ("fraud", "Review", None, NOON),
            ("fraud", "Review", NOON, None),
        ),
        1,
    ):
        put(database, f"{n}")
        waited(database, f"{n}", role, title, due, closed)
    found = desk.numbers(WEEK)
    told = [(s.title, s.done, s.late, s.late_on_average, s.late_at_worst) for s in found.steps]
    assert told == [("Pack", 3, 2, 10_800, 14_400), ("Review", 1, 0, 0, 0)]
    assert found.reviewed == 2


def test_how_orders_ended_tells_how_many_were_refused_as_fraud(database, desk):
    for n, title in enumerate(("Completed", "Completed", "Refused as fraud"), 1):
        put(database, f"{n}")
        state = "completed" if title == "Completed" else "cancelled"
        change(database, PlacedOrder, f"{n}", ended_at=NOON, end_title=title, state=state)
    found = desk.numbers(WEEK)
    assert found.ended == (Ended("Completed", "completed", 2), Ended("Refused as fraud", "cancelled", 1))
    assert found.refused == 1


def test_returns_are_counted_by_reason_and_the_survey_by_mark(database, desk):
    for n, claim in enumerate(("damaged", "damaged", "none"), 1):
        put(database, f"{n}")
        send_back(database, f"{n}", claim=claim)
    for n, mark in enumerate((5, 5, 2), 1):
        Surveys(database.url).give(f"{n}", mark, "", NOON)
    found = desk.numbers(WEEK)
    assert found.returns == {"damaged": 2, "none": 1}
    assert (found.survey, found.answered) == ((0, 1, 0, 0, 2), 3)


def test_of_one_way_only_its_own_parcels_count(database, desk):
    for number, flow in (("1", "warehouse"), ("2", "pickup")):
        put(database, number, flow=flow)
        sell(database, number)
        send_back(database, number, claim="damaged")
        Surveys(database.url).give(number, 4, "", NOON)
        change(database, FulfilmentRow, f"{number}-F1", left_at=NOON + HOUR)
        change(database, PlacedOrder, number, ended_at=NOON, end_title="Completed", state="completed")
    found = desk.numbers(WEEK, "pickup")
    assert (found.placed, sum(found.money[0].ordered), sum(found.money[0].sold)) == (1, 9_820, 9_820)
    assert (found.shipped.speed.count, found.ended[0].count) == (1, 1)
    assert (found.returns, found.answered) == ({"damaged": 1}, 1)
    assert desk.numbers(WEEK, "nowhere").placed == 0


def test_however_many_orders_there_are_it_takes_as_few_statements(database, desk):
    def statements():
        seen = []
        listener = lambda *told: seen.append(told[2])  # noqa: E731 - to be taken off again
        event.listen(desk.engine, "before_cursor_execute", listener)
        desk.numbers(WEEK)
        event.remove(desk.engine, "before_cursor_execute", listener)
        return [each for each in seen if not each.startswith("BEGIN")]

    few = len(statements())
    for n in range(20):
        put(database, f"{n}")
        sell(database, f"{n}")
    assert len(statements()) == few
    assert few <= 8


def test_open_orders_are_told_by_age_and_by_step_the_oldest_first(database, desk):
    for n, days in enumerate((0, 1, 3, 40), 1):
        put(database, f"{n}", at=NOON - days * DAY)
    change(database, PlacedOrder, "3", state="completed", ended_at=NOON)
    waited(database, "1", "warehouse", "Pack", NOON - HOUR, None)
    waited(database, "2", "warehouse", "Pack", NOON + HOUR, None)
    waited(database, "4", "fraud", "Review", NOON, NOON)
    found = desk.ageing(NOON, 2)
    assert found.ages == (1, 1, 0, 0, 0, 0, 1)
    assert [row.number for row in found.oldest] == ["4", "2"]
    assert [(step.title, step.count, step.overdue) for step in found.steps] == [("Pack", 2, 1)]
