"""Forgetting a customer: orders and books stay, whatever tells who it was goes, in one transaction."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, func, or_, update
from sqlmodel import Session, SQLModel, col, select

from adapters.database.audit_log import tell
from adapters.database.engine import Database
from adapters.database.order.document import order_from_json, order_json
from adapters.database.order.words import renew_words
from adapters.database.tables.accounts import SavedViewRow
from adapters.database.tables.audit import AuditRow
from adapters.database.tables.consent import BounceRow, ConsentRow
from adapters.database.tables.documents import BillDue, BillPage, BillRow
from adapters.database.tables.hooks import DisputeRow
from adapters.database.tables.journal import ActRow, HoldRow, NoteRow
from adapters.database.tables.mail import NoticeRow
from adapters.database.tables.money import RefundRow
from adapters.database.tables.orders import OrderDocument, PlacedOrder
from adapters.database.tables.returns import ReturnRow
from adapters.database.tables.shops import ShopMessageRow, ShopOrderRow
from adapters.database.tables.survey import SurveyRow
from adapters.database.upsert import table_of
from domain.audit import Deed, DeedKind
from domain.customer import Foreseen, forgotten
from domain.errors import ActRefused, NotFound
from domain.order import fold
from domain.returns import is_over

CUSTOMER = "customer"
OVER = ("completed", "cancelled")
TOLD = (DeedKind.ACT, DeedKind.REFUSED, DeedKind.RETURN, DeedKind.NOTE)
# Free words about an order, whoever wrote them: they may say who it was.
WORDS: tuple[tuple[type[SQLModel], tuple[str, ...]], ...] = (
    (NoteRow, ("text",)),
    (HoldRow, ("why",)),
    (ReturnRow, ("reason",)),
    (SurveyRow, ("words",)),
    (NoticeRow, ("recipient", "subject", "text", "html")),
    (BillRow, ("recipient",)),
    (BounceRow, ("what",)),
    (ActRow, ("reason",)),
    (DisputeRow, ("why",)),
)
Emptied = dict[str, Any]


class Forgetting(Database):
    """Whoever is forgotten cannot be found again, not even by us."""

    def foreseen(self, email: str) -> Foreseen:
        """:raises NotFound: nobody with this address has bought here."""
        with self.read() as session:
            return _foreseen(session, email)

    def forget(self, email: str, deed: Deed) -> Foreseen:
        """
        Erase; what was erased is told as it was foreseen. `deed` says who and why, never whom.

        :raises NotFound: nobody with this address has bought here.
        :raises ActRefused: something of theirs is still under way, which needs to know who they are.
        """
        with self.write() as session:
            self._leave_no_trace(session)
            found = _foreseen(session, email, lock=True)
            if found.why_not:
                raise ActRefused(" ".join(found.why_not))
            _empty(session, found.orders, email, deed.at)
            what = {"orders": len(found.orders), "letters": found.letters, "texts": found.texts}
            told = json.dumps(what, sort_keys=True)
            tell(session, Deed(deed.at, DeedKind.ERASE, CUSTOMER, told, "", deed.role, deed.by, deed.why))
        self._fold_in()
        return found

    def _leave_no_trace(self, session: Session) -> None:
        """SQLite leaves what was overwritten in its file unless it is told not to."""
        if self.engine.dialect.name == "sqlite":
            session.connection().exec_driver_sql("PRAGMA secure_delete=ON")

    def _fold_in(self) -> None:
        """What was overwritten still stands in SQLite's log until it is folded into the file."""
        if self.engine.dialect.name == "sqlite":
            with self.engine.connect() as connection:
                connection.exec_driver_sql("ROLLBACK")
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")


def _foreseen(session: Session, email: str, *, lock: bool = False) -> Foreseen:
    wanted = select(PlacedOrder).where(PlacedOrder.email == fold(email)).order_by(col(PlacedOrder.number))
    rows = session.exec(wanted.with_for_update() if lock else wanted).all() if fold(email) else []
    if not rows:
        raise NotFound("Nobody with this e-mail address has bought here.")
    numbers = tuple(row.number for row in rows)
    return Foreseen(
        numbers,
        letters=_count(session, NoticeRow, col(NoticeRow.order).in_(numbers)),
        texts=sum(
            _count(session, each, _of(each, numbers)) for each in (ActRow, NoteRow, ReturnRow, SurveyRow)
        ),
        bills=_count(session, BillRow, col(BillRow.order).in_(numbers)),
        originals=_count(session, ShopMessageRow, _messages(session, numbers, email)),
        why_not=tuple(_in_the_way(session, rows)),
    )


def _in_the_way(session: Session, rows: Sequence[PlacedOrder]) -> list[str]:
    """A sentence for each thing that is not over."""
    numbers = [row.number for row in rows]
    open_ = [
        f"Order {row.number} is still {row.state.replace('_', ' ')}."
        for row in rows
        if row.state not in OVER
    ]
    returns = session.exec(select(ReturnRow.id, ReturnRow.state).where(col(ReturnRow.order).in_(numbers)))
    open_ += [f"Return {id} is still open." for id, state in returns if not is_over(state)]
    others: tuple[tuple[str, type[SQLModel], ColumnElement[bool]], ...] = (
        ("A request about order {} is still to be carried out.", ActRow, col(ActRow.outcome) == ""),
        ("A mail about order {} is still to be sent.", NoticeRow, col(NoticeRow.state) == "pending"),
        ("Money of order {} is still on its way back.", RefundRow, col(RefundRow.state) == "requested"),
        ("Order {} is disputed at the bank.", DisputeRow, col(DisputeRow.closed_at).is_(None)),
        ("The invoice of order {} is still to be written.", BillDue, col(BillDue.n) > 0),
    )
    for said, model, still in others:
        order = table_of(model).c.order
        found = session.exec(select(order).where(order.in_(numbers), still).distinct().order_by(order))
        open_ += [said.format(number) for number in found]
    return open_


def _empty(session: Session, numbers: Sequence[str], email: str, at: datetime) -> None:
    _empty_orders(session, numbers, at)
    # Before the words of acts go: what the audit log tells of them goes by the same orders.
    _empty_audit(session, numbers, email)
    for model, columns in WORDS:
        _put(session, model, _of(model, numbers), dict.fromkeys(columns, ""))
    _put(session, ActRow, _of(ActRow, numbers), {"texts": {}})
    bills = select(BillRow.number).where(col(BillRow.order).in_(numbers))
    _put(session, BillPage, col(BillPage.number).in_(bills), {"page": ""})
    theirs = or_(col(ConsentRow.email) == fold(email), col(ConsentRow.order).in_(numbers))
    _put(session, ConsentRow, theirs, {"email": "", "source": ""})
    _put(
        session, ShopMessageRow, _messages(session, numbers, email), {"body": "", "original": "", "why": ""}
    )
    sought = col(SavedViewRow.query).icontains(_typed(email), autoescape=True)
    plain = col(SavedViewRow.query).icontains(fold(email), autoescape=True)
    session.connection().execute(delete(table_of(SavedViewRow)).where(or_(sought, plain)))


def _empty_orders(session: Session, numbers: Sequence[str], at: datetime) -> None:
    for document in session.exec(select(OrderDocument).where(col(OrderDocument.number).in_(numbers))):
        document.whole, document.body = order_json(forgotten(order_from_json(document.whole))), ""
        session.add(document)
    session.flush()
    for row in session.exec(select(PlacedOrder).where(col(PlacedOrder.number).in_(numbers))):
        renew_words(session, row.number, fold(row.number))
        row.email = row.name = ""
        row.find, row.erased_at = fold(row.number), at
        row.placed_holds = dict.fromkeys(row.placed_holds, "")
        session.add(row)
    session.flush()


def _empty_audit(session: Session, numbers: Sequence[str], email: str) -> None:
    """Who, why and to whom go together with the seal's salt: the chain still holds."""
    log = table_of(AuditRow).c
    words = log.order.in_(numbers), log.kind.in_(TOLD), or_(log.why != "", log.role == CUSTOMER)
    these = or_(log.whom == fold(email), words[0] & words[1] & words[2])
    _put(session, AuditRow, these, dict.fromkeys(("by", "why", "whom", "salt"), ""))


def _messages(session: Session, numbers: Sequence[str], email: str) -> ColumnElement[bool]:
    """What shops sent about these orders, or about this address; those that wait are looked at later."""
    known = select(ShopOrderRow.shop, ShopOrderRow.theirs).where(col(ShopOrderRow.order).in_(numbers))
    about = [
        (col(ShopMessageRow.shop) == shop) & (col(ShopMessageRow.theirs) == theirs)
        for shop, theirs in session.exec(known)
    ]
    said = col(ShopMessageRow.body).icontains(fold(email), autoescape=True)
    original = col(ShopMessageRow.original).icontains(fold(email), autoescape=True)
    return or_(said, original, *about)


def _typed(email: str) -> str:
    """As it stands in an address."""
    return fold(email).replace("@", "%40")


def _of(model: type[SQLModel], numbers: Sequence[str]) -> ColumnElement[bool]:
    return table_of(model).c.order.in_(numbers)


def _put(session: Session, model: type[SQLModel], these: ColumnElement[bool], emptied: Emptied) -> None:
    session.connection().execute(update(table_of(model)).where(these).values(**emptied))


def _count(session: Session, model: type[SQLModel], these: ColumnElement[bool]) -> int:
    return session.exec(select(func.count()).select_from(model).where(these)).one()
