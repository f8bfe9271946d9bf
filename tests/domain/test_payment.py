"""Entries balance, and what an order's money comes to is never more than it was."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from domain.attempt import Attempt, AttemptState, base_of, call_of, part_of
from domain.ledger import balance, figures_of, holds_of, taken_for
from domain.money import Money
from domain.order import NUMBER, PaymentState, PaymentTerms
from domain.payment import Figures, Hold, Sheet, Way, state_of, way_of
from domain.posting import Account, Slip
from domain.step import Call
from tests.adapters.placed import an_order

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
LATER = NOW + timedelta(days=7)
amounts = st.integers(1, 10**9).map(lambda minor: Money(minor, "EUR"))
OUT_OF = st.sampled_from([Account.GATEWAY, Account.PAYABLE, Account.RECEIVABLE])


def eur(minor):
    return Money(minor, "EUR")


def figures(authorized=0, captured=0, refunded=0, voided=0, received=0, expires_at=None):
    taken = eur(captured), eur(refunded)
    return Figures(eur(authorized), *taken, eur(voided), eur(received), expires_at)


def sheet(fulfilment="", share=9_820, taken=0, holds=(), money=None, **terms):
    order = an_order(payment=PaymentTerms("card", **terms))
    return Sheet(
        order=order,
        fulfilment=fulfilment,
        share=eur(share),
        taken=eur(taken),
        ahead=eur(0),
        owed=eur(0),
        figures=money or figures(),
        holds=tuple(holds),
        to_come=eur(share - taken),
    )


@settings(max_examples=50)
@given(amounts, amounts, OUT_OF, st.text(max_size=3))
def test_every_entry_balances(amount, owed, out_of, fulfilment):
    slip = Slip("1001", fulfilment, "key", NOW)
    for entry in (
        slip.authorized("a", amount, LATER),
        slip.captured("c", amount, "a"),
        slip.voided("a", amount),
        slip.received("r", amount, Account.BANK),
        slip.paid_ahead("r", amount + owed, owed),
        slip.assigned(amount),
        slip.invoiced(amount),
        slip.refunded("f", amount, out_of),
    ):
        assert entry.balances
        assert len({posting.account for posting in entry.postings}) == len(entry.postings)


class OrdersMoney(RuleBasedStateMachine):
    """Any lawful run of entries, against three plain counters."""

    def __init__(self):
        super().__init__()
        self.entries = []
        self.held, self.taken, self.back = {}, {}, {}
        self.ahead = 0

    @initialize()
    def begin(self):
        self.n = 0

    def slip(self, fulfilment=""):
        self.n += 1
        return Slip("1001", fulfilment, f"key{self.n}", NOW)

    @rule(minor=st.integers(1, 1_000))
    def hold(self, minor):
        slip = self.slip()
        self.entries.append(slip.authorized(f"a{self.n}", eur(minor), NOW + timedelta(days=self.n)))
        self.held[f"a{self.n}"] = minor

    @precondition(lambda self: any(self.held.values()))
    @rule(data=st.data(), part=st.sampled_from(["F1", "F2"]))
    def take(self, data, part):
        hold = data.draw(st.sampled_from([hold for hold, left in self.held.items() if left]))
        minor = data.draw(st.integers(1, self.held[hold]))
        self.entries.append(self.slip(part).captured(f"c{self.n}", eur(minor), hold))
        self.held[hold] -= minor
        self.taken[part] = self.taken.get(part, 0) + minor

    @precondition(lambda self: any(self.held.values()))
    @rule(data=st.data())
    def let_go(self, data):
        hold = data.draw(st.sampled_from([hold for hold, left in self.held.items() if left]))
        self.entries.append(self.slip().voided(hold, eur(self.held[hold])))
        self.held[hold] = 0

    @rule(minor=st.integers(1, 1_000))
    def receive(self, minor):
        slip = self.slip()
        self.entries.append(slip.received(f"r{self.n}", eur(minor), Account.BANK))
        self.entries.append(slip.paid_ahead(f"r{self.n}", eur(minor), eur(0)))
        self.ahead += minor
        self.taken[""] = self.taken.get("", 0) + minor

    @precondition(lambda self: self.ahead)
    @rule(data=st.data())
    def assign(self, data):
        minor = data.draw(st.integers(1, self.ahead))
        self.entries.append(self.slip("F1").assigned(eur(minor)))
        self.ahead -= minor
        self.taken["F1"] = self.taken.get("F1", 0) + minor
        self.taken[""] -= minor

    @precondition(lambda self: self.taken.get("F1", 0) > self.back.get("F1", 0))
    @rule(data=st.data())
    def give_back(self, data):
        minor = data.draw(st.integers(1, self.taken["F1"] - self.back.get("F1", 0)))
        self.entries.append(self.slip("F1").refunded(f"f{self.n}", eur(minor), Account.GATEWAY))
        self.back["F1"] = self.back.get("F1", 0) + minor

    @invariant()
    def the_ledger_says_what_happened(self):
        money = figures_of(self.entries, "EUR")
        assert money.captured == eur(sum(self.taken.values()))
        assert money.refunded == eur(sum(self.back.values()))
        assert money.held == eur(sum(self.held.values()))
        assert money.refunded <= money.captured
        assert balance(self.entries, Account.AHEAD) == -self.ahead
        assert taken_for(self.entries, "F1", "EUR") == eur(self.taken.get("F1", 0))
        assert {hold.id: hold.left.minor for hold in holds_of(self.entries, "EUR")} == self.held
        ends = [NOW + timedelta(days=int(hold[1:])) for hold, left in self.held.items() if left]
        assert money.expires_at == min(ends, default=None)
        assert sum(balance(self.entries, account) for account in Account) == 0


TestOrdersMoney = OrdersMoney.TestCase
TestOrdersMoney.settings = settings(max_examples=50, stateful_step_count=20)


@pytest.mark.parametrize(
    ("money", "word"),
    [
        (figures(), "pending"),
        (figures(authorized=100, expires_at=LATER), "authorized"),
        (figures(authorized=100, expires_at=NOW), "expired"),
        (figures(authorized=100, captured=40, expires_at=NOW), "partially_captured"),
        (figures(authorized=100, captured=100), "captured"),
        (figures(captured=100, received=100), "captured"),
        (figures(authorized=100, captured=100, refunded=40), "partially_refunded"),
        (figures(authorized=100, captured=60, refunded=60, voided=40), "refunded"),
        (figures(authorized=100, voided=100), "voided"),
    ],
)
def test_the_state_of_a_payment_in_one_word(money, word):
    assert state_of(money, eur(100), NOW) == word


def test_an_order_that_costs_nothing_has_no_payment():
    assert state_of(figures(), eur(0), NOW) == "none"


@pytest.mark.parametrize(
    ("method", "way"),
    [
        ("card", Way.GATEWAY),
        ("paypal", Way.GATEWAY),
        ("", Way.GATEWAY),
        ("transfer", Way.TRANSFER),
        ("Bank Transfer", Way.TRANSFER),
        ("boleto", Way.TRANSFER),
        ("invoice", Way.LATER),
        ("cash-on-delivery", Way.LATER),
    ],
)
def test_how_the_money_of_a_method_comes(method, way):
    assert way_of(method) == way


def test_an_order_holds_what_no_standing_hold_covers():
    assert sheet().to_authorize(NOW) == eur(9_820)
    half = Hold("a", "", eur(4_000), LATER)
    assert sheet(holds=[half]).to_authorize(NOW) == eur(5_820)
    assert sheet(holds=[half]).to_authorize(LATER) == eur(9_820)
    assert sheet(taken=9_000, holds=[half]).to_authorize(NOW) == eur(0)


def test_a_parcel_draws_on_its_own_hold_before_the_orders_and_never_on_anothers():
    orders, mine = Hold("o", "", eur(100), LATER), Hold("m", "1001-F1", eur(100), LATER)
    other = Hold("x", "1001-F2", eur(100), LATER)
    lane = sheet("1001-F1", share=100, holds=[orders, other, mine])
    assert lane.hold_for(eur(100), NOW) == mine
    assert lane.to_void() == (mine,)
    assert sheet("1001-F1", share=100, holds=[orders, other]).hold_for(eur(100), NOW) == orders
    assert sheet("1001-F1", share=100, holds=[other]).hold_for(eur(100), NOW) is None
    assert sheet("1001-F1", share=100, holds=[other]).to_authorize(NOW) == eur(100)


@given(st.integers(0, 500), st.integers(0, 500))
def test_what_is_still_to_be_taken_is_never_less_than_nothing(share, taken):
    assert sheet("1001-F1", share, taken).to_capture() == eur(max(share - taken, 0))


def test_money_that_came_by_itself_is_never_charged():
    assert sheet(state=PaymentState.PAID).came_paid
    assert sheet(money=figures(captured=9_820, received=9_820)).came_paid
    assert not sheet().came_paid


def test_a_key_is_read_before_it_is_asked_again_once_it_is_unclear_or_old():
    call = Call("1001", "1001", "pay", 1, "1001:pay:O.1", NOW, speed=2.0)
    fresh = Attempt("b", 1, AttemptState.ASKED, "", eur(1), NOW - timedelta(hours=11))
    old = Attempt("b", 1, AttemptState.ASKED, "", eur(1), NOW - timedelta(hours=11.5))
    unclear = Attempt("b", 1, AttemptState.UNKNOWN, "", eur(1), NOW)
    assert [attempt.must_read(call) for attempt in (fresh, old, unclear)] == [False, True, True]


@settings(max_examples=50)
@given(st.from_regex(NUMBER, fullmatch=True), st.integers(1, 99))
def test_a_gateway_key_tells_the_call_it_belongs_to(order, n):
    call = f"{order}:payment.refund:F1.1"
    attempt = Attempt(part_of(call, "auth_1"), n, AttemptState.ASKED, "", eur(1), NOW)
    assert base_of(attempt.key) == (f"{call}/auth_1", n)
    assert call_of(attempt.key) == call_of(call) == call
