"""What the till answers: amounts in major units, the order's payment facts, one sentence."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from domain.facts import Facts, payment_facts
from domain.money import Money
from domain.payment import Figures, Sheet, state_of
from domain.posting import Account, Entry, Kind
from domain.step import Call, StepResult

# From the figures, and the call's own entries, as they stand once they are written.
Answer = Callable[[Figures, Sequence[Entry]], StepResult]


def answer(call: Call, sheet: Sheet, kinds: Iterable[Kind], otherwise: str) -> Answer:
    """`amount` is what the call moved of these kinds; `otherwise` is said when that is nothing."""
    counted = frozenset(kinds)

    def made(figures: Figures, entries: Sequence[Entry]) -> StepResult:
        moved = [(entry, _moved(entry)) for entry in entries if entry.kind in counted]
        amount = sum((money.minor for _, money in moved), 0)
        said = ", ".join(f"{money} {_did(entry)}" for entry, money in moved if money.minor)
        return StepResult(
            values={"amount": str(Money(amount, sheet.order.currency).major)},
            order={"payment": _payment_facts(call, sheet, figures)},
            said=said or otherwise,
        )

    return made


def held_answer(call: Call, sheet: Sheet, otherwise: str = "") -> Answer:
    """`amount` and `expires_at` of what the call held, or else of all that is held."""

    def made(figures: Figures, entries: Sequence[Entry]) -> StepResult:
        amount, expires_at = figures.held, figures.expires_at
        for entry in entries:
            if entry.kind == Kind.AUTHORIZED:
                amount, expires_at = entry.amount, entry.expires_at
        values = {"amount": str(amount.major), "expires_at": expires_at and expires_at.isoformat()}
        facts = {"payment": _payment_facts(call, sheet, figures)}
        return StepResult(values=values, order=facts, said=otherwise or _held(amount, expires_at))

    return made


def _payment_facts(call: Call, sheet: Sheet, figures: Figures) -> Facts:
    return payment_facts(sheet.order, state_of(figures, sheet.order.total, call.now), figures)


def _moved(entry: Entry) -> Money:
    """What an entry moved: a capture counts for its parcel, also where the money was there before."""
    taken = -entry.on(Account.SALES) if entry.kind == Kind.CAPTURED else entry.amount.minor
    return Money(taken, entry.amount.currency)


def _did(entry: Entry) -> str:
    if entry.kind == Kind.CAPTURED:
        return "owed by the customer" if entry.on(Account.RECEIVABLE) else "taken"
    if entry.kind == Kind.REFUNDED and entry.on(Account.PAYABLE):
        return "to be paid back by hand"
    if entry.kind == Kind.REFUNDED:
        return "no longer owed" if entry.on(Account.RECEIVABLE) else "given back"
    return "let go" if entry.kind == Kind.VOIDED else "received"


def _held(amount: Money, expires_at: datetime | None) -> str:
    until = f" until {expires_at.day} {expires_at:%b %Y}" if expires_at else ""
    return f"{amount} held{until}" if amount.minor else "Nothing left to hold"
