"""The ledger: what became of each order's money, each movement once."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlmodel import Session

from adapters.database.engine import Database
from adapters.database.order.document import load_order
from adapters.database.order.fulfilments import load_fulfilment, load_fulfilments
from adapters.database.order.listed import changed
from adapters.database.payment.attempts import (
    attempt_done,
    latest_attempt,
    mark_attempt,
    open_attempt,
    unsettled_attempts,
)
from adapters.database.payment.bills_due import due_bills
from adapters.database.payment.entries import currency_of, entries_of
from adapters.database.payment.paying_anew import issue_pay_link, paid_anew
from adapters.database.payment.refunds import (
    RefundRequest,
    ask_ahead,
    ask_refunds,
    confirm_refund,
    fail_refund,
    keep_taking,
)
from adapters.database.results import store_result, stored_result
from adapters.database.returns.refunds import ask_return
from adapters.database.shop.refunds import book_waiting
from adapters.database.tables.money import PostingRow
from adapters.database.upsert import insert_all, insert_new
from domain.attempt import Attempt, AttemptState, base_of, call_of
from domain.fulfilment import Fulfilment, FulfilmentState
from domain.ledger import balance, figures_of, holds_of, taken_for
from domain.money import Money
from domain.order import Order
from domain.payment import Figures, Sheet
from domain.posting import Account, Entry, Kind
from domain.step import Call, StepResult


def post(session: Session, entry: Entry) -> bool:
    """Write an entry down, once by gateway object and kind. False when it stood there before."""
    attempt_done(session, entry.key, entry.object)
    first, *others = _rows(entry)
    if not insert_new(session, PostingRow, first):
        return False
    insert_all(session, PostingRow, others)
    changed(session, entry.order)
    keep_taking(session, entry)
    due_bills(session, entry)
    if entry.kind == Kind.REFUNDED:
        confirm_refund(session, base_of(entry.key)[0])
    if entry.kind == Kind.CAPTURED and entry.on(Account.CUSTOMER):
        book_waiting(session, post, entry.order, entry.at)
    return True


class Ledger(Database):
    """What the till reads and writes; each method is one transaction."""

    def answered(self, key: str) -> StepResult | None:
        """What this call was answered before."""
        with self.read() as session:
            return stored_result(session, key)

    def sheet(self, order: str, fulfilment: str) -> Sheet:
        """
        Where the money of an order, or of one fulfilment of it, stands.

        :raises NotFound: no such order or fulfilment.
        """
        with self.read() as session:
            whole, anew = load_order(session, order), paid_anew(session, order)
            if anew.token:
                whole = replace(whole, payment=replace(whole.payment, token=anew.token))
            share = load_fulfilment(session, fulfilment).total if fulfilment else whole.total
            entries = entries_of(session, order)
            to_come = _to_come(whole, load_fulfilments(session, order), entries)
            return _sheet(whole, fulfilment, share, entries, to_come, anew.authorization)

    def book(self, entries: Sequence[Entry]) -> None:
        """Write entries down without an answer: the call goes on."""
        with self.write() as session:
            for entry in entries:
                post(session, entry)

    def settle(
        self,
        call: Call,
        entries: Sequence[Entry],
        answer: Callable[[Figures, Sequence[Entry]], StepResult],
    ) -> StepResult:
        """
        Write down a call's entries and its answer in one transaction; an earlier answer stands.

        `answer` is given the order's figures and all entries of this call, also those booked before.

        :raises DatabaseUnavailable: somebody else moved the money meanwhile; nothing was written.
        """
        with self.write() as session:
            earlier = stored_result(session, call.key)
            if earlier is not None:
                return earlier
            for entry in entries:
                post(session, entry)
            written = entries_of(session, call.order)
            currency = currency_of(session, call.order)
            mine = [entry for entry in written if call_of(entry.key) == call.key]
            return store_result(session, call.key, answer(figures_of(written, currency), mine))

    def attempt(self, call: Call, base: str, target: str, amount: Money) -> Attempt:
        """The attempt to go on with under `base`; one that is still open keeps what it asked for."""
        with self.write() as session:
            return latest_attempt(session, call.order, base, target, amount, call.now)

    def unsettled(self, order: str, seq: str) -> tuple[Attempt, ...]:
        """What was asked for the order, or for one fulfilment of it, and never answered."""
        with self.read() as session:
            return unsettled_attempts(session, order, seq)

    def issue_pay_link(self, order: str, at: datetime) -> None:
        """For a customer whose bank refused; the link an order has stays."""
        with self.write() as session:
            issue_pay_link(session, order, at)

    def open_attempt(self, base: str) -> Attempt | None:
        """What was asked under `base` before and may have been done."""
        with self.read() as session:
            return open_attempt(session, base)

    def mark(self, attempt: Attempt, state: AttemptState) -> None:
        with self.write() as session:
            mark_attempt(session, attempt, state)

    def ask_refunds(self, call: Call, fulfilment: str) -> tuple[RefundRequest, ...]:
        """Claim all that may be given back: two calls never get more than there is."""
        with self.write() as session:
            return ask_refunds(session, call, fulfilment)

    def ask_ahead(self, call: Call) -> tuple[RefundRequest, ...]:
        """Claim what was paid ahead and no parcel that left still has to be paid from."""
        with self.write() as session:
            return ask_ahead(session, call)

    def ask_return(self, call: Call) -> tuple[RefundRequest, ...]:
        """Claim what the call's return comes to, less what was asked for it before."""
        with self.write() as session:
            return ask_return(session, call)

    def fail_refund(self, request: RefundRequest) -> None:
        with self.write() as session:
            fail_refund(session, request)


def _to_come(order: Order, parts: Sequence[Fulfilment], entries: Sequence[Entry]) -> Money:
    """What the order, or its parcels that are not called off, still have to be paid."""
    if not parts:
        due = order.total.minor - taken_for(entries, "", order.currency).minor
        return Money(max(due, 0), order.currency)
    wanted = [part for part in parts if part.state != FulfilmentState.CANCELLED]
    dues = (part.total.minor - taken_for(entries, part.id, order.currency).minor for part in wanted)
    ahead = -balance(entries, Account.AHEAD)
    return Money(max(sum(max(due, 0) for due in dues) - ahead, 0), order.currency)


def _sheet(
    order: Order,
    fulfilment: str,
    share: Money,
    entries: Sequence[Entry],
    to_come: Money,
    offered: str,
) -> Sheet:
    return Sheet(
        order=order,
        fulfilment=fulfilment,
        share=share,
        taken=taken_for(entries, fulfilment, order.currency),
        ahead=Money(-balance(entries, Account.AHEAD), order.currency),
        owed=Money(balance(entries, Account.RECEIVABLE), order.currency),
        figures=figures_of(entries, order.currency),
        holds=holds_of(entries, order.currency),
        to_come=to_come,
        offered=offered,
        parts=frozenset(base_of(entry.key)[0].partition("/")[2] for entry in entries),
    )


def _rows(entry: Entry) -> list[dict[str, Any]]:
    assert entry.balances
    return [
        {
            "entry": f"{entry.kind}:{entry.object}",
            "order": entry.order,
            "fulfilment": entry.fulfilment,
            "account": posting.account.value,
            "minor": posting.amount.minor,
            "currency": posting.amount.currency,
            "kind": entry.kind.value,
            "gateway_object": entry.object,
            "hold": entry.hold,
            "key": entry.key,
            "at": entry.at,
            "expires_at": entry.expires_at,
        }
        for posting in entry.postings
    ]
