"""
What must be true of the words that lists of orders are narrowed and searched by.

L1 each order's state and the words kept of its money and goods follow from its holds, ledger and parcels.
L2 what it is found by, and what else lists show of it, follow from the order itself.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, case, func, select
from sqlmodel import Session

from adapters.database.order.listed import BEFORE_ALL
from adapters.database.order.shown import should_show
from adapters.database.order.words import pieces_of
from adapters.database.tables.journal import HoldRow
from adapters.database.tables.money import AttemptRow, PostingRow
from adapters.database.tables.orders import FulfilmentRow, OrderDocument, OrderWord, PlacedOrder
from adapters.database.upsert import table_of
from domain.money import Money
from domain.order import PaymentState
from domain.payment import Figures
from domain.posting import SHOWN, Account, Kind
from domain.reconcile import Difference, Repair, RepairKind
from domain.state import fulfilment_state, order_state, payment_state

ORDERS = table_of(PlacedOrder).c
POSTINGS = table_of(PostingRow).c
ATTEMPTS = table_of(AttemptRow).c
PARTS = table_of(FulfilmentRow).c
HOLDS = table_of(HoldRow).c
WORDS = table_of(OrderWord).c
DOCUMENTS = table_of(OrderDocument).c
# What these say follows from nothing else, and takes long to read.
NEEDED = tuple(column for column in ORDERS if column.name not in ("flows", "placed_holds"))
# An order ends in one of these; which, its flow has said.
ENDS = ("completed", "cancelled")
AT_ONCE = 2_000
ANEW = "Lists and searches go by it: `--repair` works it out anew."
LOOK = "Look at its timeline; tell the developers."
GONE = "Was the database put back to an older copy? Restore the newer one."


def list_differences(session: Session) -> Iterator[Difference]:
    """Everything that lists would get wrong, in as many statements for two thousand orders as for one."""
    last = ""
    while True:
        next_ones = select(*NEEDED).where(ORDERS.number > last).order_by(ORDERS.number).limit(AT_ONCE)
        orders = session.execute(next_ones).all()
        if not orders:
            return
        first, last = last, orders[-1].number
        beside = _Beside.read(session, first, last)
        for order in orders:
            yield from _follows(order, beside)
            yield from _is_found(order, beside)


@dataclass(frozen=True, slots=True)
class _Beside:
    """What the words of some orders follow from, by number."""

    figures: Mapping[str, Figures]
    declined: frozenset[str]
    parts: Mapping[str, Sequence[str]]
    held: frozenset[str]
    documents: Mapping[str, str]
    words: Mapping[str, str]

    @classmethod
    def read(cls, session: Session, after: str, to: str) -> "_Beside":
        def mine(order: Any) -> ColumnElement[bool]:
            return and_(order > after, order <= to)

        refused = select(ATTEMPTS.order).where(mine(ATTEMPTS.order), ATTEMPTS.state == "refused")
        held = select(HOLDS.order).where(mine(HOLDS.order)).distinct()
        parts: dict[str, list[str]] = defaultdict(list)
        for order, state in session.execute(select(PARTS.order, PARTS.state).where(mine(PARTS.order))):
            parts[order].append(state)
        # No word has a space in it.
        together = func.aggregate_strings(WORDS.word, " ")
        words = select(WORDS.order, together).where(mine(WORDS.order)).group_by(WORDS.order)
        whole = select(DOCUMENTS.number, DOCUMENTS.whole).where(mine(DOCUMENTS.number))
        return cls(
            _figures(session, mine(POSTINGS.order)),
            frozenset(session.scalars(refused.distinct())),
            parts,
            frozenset(session.scalars(held)),
            _pairs(session, whole),
            _pairs(session, words),
        )


def _figures(session: Session, mine: ColumnElement[bool]) -> dict[str, Figures]:
    """What the ledger says of each order that it knows, added up by the database."""
    ends = _first_ends(session, mine)
    # A gateway may keep its fee in another currency than the order's.
    paid = mine, POSTINGS.kind != Kind.FEE.value
    summed = select(POSTINGS.order, func.min(POSTINGS.currency), *TOTALS).where(*paid)
    found = {}
    for order, currency, *totals in session.execute(summed.group_by(POSTINGS.order)):
        held, taken, back, let_go, came = (Money(int(each), currency) for each in totals)
        found[order] = Figures(held, taken, back, let_go, came, ends.get(order))
    return found


def _total(*kinds: Kind) -> ColumnElement[int]:
    """The kinds that come after the first are taken off it."""
    shown = []
    for off, kind in enumerate(kinds):
        accounts, sign = SHOWN[kind]
        there = POSTINGS.account.in_([each.value for each in accounts])
        minor = (-sign if off else sign) * POSTINGS.minor
        shown.append((and_(POSTINGS.kind == kind.value, there), minor))
    return func.sum(case(*shown, else_=0))


# As the fields of `Figures` follow one another.
TOTALS = (
    _total(Kind.AUTHORIZED),
    _total(Kind.CAPTURED),
    _total(Kind.REFUNDED, Kind.REFUND_FAILED),
    _total(Kind.VOIDED),
    _total(Kind.RECEIVED),
)


def _first_ends(session: Session, mine: ColumnElement[bool]) -> dict[str, datetime]:
    """When the first of what is still held of an order runs out."""
    on_hold = POSTINGS.account == Account.HELD.value, POSTINGS.hold != ""
    first = func.min(case((POSTINGS.kind == Kind.AUTHORIZED.value, POSTINGS.expires_at))).label("ends")
    holds = (
        select(POSTINGS.order, first)
        .where(mine, *on_hold)
        .group_by(POSTINGS.order, POSTINGS.hold)
        .having(func.sum(POSTINGS.minor) != 0)
        .subquery()
        .c
    )
    wanted = select(holds.order, func.min(holds.ends)).where(holds.ends.is_not(None)).group_by(holds.order)
    return _pairs(session, wanted)


def _pairs(session: Session, wanted: Select[Any]) -> dict[str, Any]:
    return {row[0]: row[1] for row in session.execute(wanted)}


def _follows(order: Row[Any], beside: _Beside) -> Iterator[Difference]:
    number, ended = order.number, order.ended_at is not None
    if ended and order.state not in ENDS:
        said = f"It has ended, and lists call it {order.state.replace('_', ' ')}."
        yield Difference("L1", number, said, LOOK)
        return
    state = order.state if ended else order_state("", [number] if number in beside.held else [])
    nothing = Figures.none(order.currency)
    money = beside.figures.get(number, nothing)
    payment = payment_state(
        money,
        Money(order.total_minor, order.currency),
        BEFORE_ALL,
        ended=ended,
        declined=number in beside.declined and money == nothing,
        came=PaymentState(order.payment_state),
    )
    held, cancelled = state == "on_hold", state == "cancelled"
    goods = fulfilment_state(beside.parts.get(number, ()), held=held, cancelled=cancelled)
    until = money.expires_at if payment == "authorized" else None
    words = {"state": state, "payment": payment, "payment_until": until, "fulfilment": goods}
    wrong = {name: word for name, word in words.items() if getattr(order, name) != word}
    if wrong:
        says = ", ".join(f"{name} {_said(getattr(order, name))}" for name in wrong)
        really = ", ".join(_said(word) for word in wrong.values())
        yield _wrong("L1", order, f"Lists give it {says}, and it is {really}.")


def _said(word: str | datetime | None) -> str:
    if isinstance(word, datetime):
        return f"{word:%Y-%m-%d %H:%M}"
    return (word or "none").replace("_", " ")


def _is_found(order: Row[Any], beside: _Beside) -> Iterator[Difference]:
    whole = beside.documents.get(order.number, "")
    try:
        shown = should_show(whole, erased=order.erased_at is not None)
    except ValueError:
        said = f"The order itself {'cannot be read' if whole else 'is gone'}, and lists still show it."
        yield Difference("L2", order.number, said, GONE)
        return
    wrong = [name for name, value in shown.items() if getattr(order, name) != value]
    if wrong:
        # Not what they say: it may be personal.
        yield _wrong("L2", order, f"Lists show of it what the order does not say ({', '.join(wrong)}).")
    elif set(beside.words.get(order.number, "").split()) != set(pieces_of(shown["find"])):
        yield _wrong("L2", order, "It is not found by the words of its number, e-mail address and name.")


def _wrong(rule: str, order: Row[Any], said: str) -> Difference:
    return Difference(rule, order.number, said, ANEW, Repair(RepairKind.LIST, order.number))
