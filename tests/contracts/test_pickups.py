"""What `activities.pickup.Pickups` promises, held against both databases."""

import pytest

from activities.pickup import Pickups
from adapters.database.order.acts import keep_act, settle_act
from adapters.database.shipping import pickups
from domain.act import Act, ActKind, ActRecord, ActResult, Outcome
from domain.errors import WrongCode
from domain.order import Delivery, DeliveryMethod
from domain.step import Call
from tests.adapters.placed import NOON, a_fulfilment, an_order, place


class Counter:
    """One pickup; every code that is made is another one."""

    def __init__(self, database) -> None:
        self.database = database
        self.codes = iter(["271828", "314159", "161803"])
        self.pickups = pickups.Pickups(database.url, lambda: next(self.codes))
        order = an_order(delivery=Delivery(DeliveryMethod.PICKUP, pickup_location="town"))
        place(database, order, *(a_fulfilment(order, n, method=DeliveryMethod.PICKUP) for n in (1, 2)))
        self.typed = 0

    def call(self, step, n=1, part=1):
        key = f"1001:pickup.{step}:F{part}.{n}"
        return Call("1001", f"1001-F{part}", step, n, key, NOON)

    def type(self, code, part=1, *, step="collect", refused=False, field="code"):
        self.typed += 1
        act = Act(f"form{self.typed}", ActKind.ANSWER, f"1001-F{part}.{step}.{self.typed}", "code")
        with self.database.write() as session:
            keep_act(session, ActRecord(act, "1001", "Mary", "counter", "", NOON, {field: code}))
            if refused:
                settle_act(session, act.id, ActResult(Outcome.REFUSED, "late"), NOON)


@pytest.fixture
def counter(database):
    return Counter(database)


def test_the_adapter_keeps_the_port(counter):
    port: Pickups = counter.pickups
    assert port is counter.pickups


def test_a_pickup_has_one_code_which_no_answer_tells(counter):
    first = counter.pickups.code(counter.call("code"))
    again = counter.pickups.code(counter.call("code"))
    counter.pickups.code(counter.call("code", 2))

    assert counter.pickups.shown("1001-F1") == "271828"
    assert first == again
    assert "271828" not in repr(first)
    assert counter.pickups.shown("1001-F2") == ""


def test_the_right_code_is_right_however_it_is_spaced(counter):
    counter.pickups.code(counter.call("code"))
    counter.type(" 271 828 ")
    assert counter.pickups.check(counter.call("check")).said == "The code is right."


def test_a_wrong_code_is_refused_and_the_next_one_counts(counter):
    counter.pickups.code(counter.call("code"))
    counter.type("000000")
    with pytest.raises(WrongCode, match="1001-F1") as refusal:
        counter.pickups.check(counter.call("check"))
    assert "000000" not in str(refusal.value)

    counter.type("271828", step="last_call")
    assert counter.pickups.check(counter.call("check", 2)).said == "The code is right."
    counter.type("000000")
    assert counter.pickups.check(counter.call("check", 2)).said == "The code is right."


@pytest.mark.parametrize(
    "typed",
    [{"part": 2}, {"refused": True}, {"field": "note"}],
    ids=["other pickup", "refused", "other field"],
)
def test_what_was_typed_elsewhere_does_not_count(counter, typed):
    counter.pickups.code(counter.call("code"))
    counter.type("271828", **typed)
    with pytest.raises(WrongCode):
        counter.pickups.check(counter.call("check"))


def test_where_no_code_was_given_out_none_is_right(counter):
    counter.type("")
    with pytest.raises(WrongCode):
        counter.pickups.check(counter.call("check"))


def test_codes_are_six_digits():
    codes = {pickups.six_digits() for _ in range(50)}
    assert len(codes) > 1
    assert all(len(code) == 6 and code.isdigit() for code in codes)
