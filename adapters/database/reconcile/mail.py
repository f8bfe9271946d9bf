"""
What must be true of notices.

N1 what was written goes out, or somebody is told why not. N2 each has a Message-ID of its own. N3 each
goes to the address of its own order, and is about that order.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import exists, func, select
from sqlmodel import Session

from adapters.database.tables.journal import IncidentRow
from adapters.database.tables.mail import NoticeRow
from adapters.database.tables.orders import PlacedOrder
from adapters.database.upsert import table_of
from domain.notice import LetterState
from domain.reconcile import Difference, Repair, RepairKind

ORDERS = table_of(PlacedOrder).c
NOTICES = table_of(NoticeRow).c
INCIDENTS = table_of(IncidentRow).c
# By then its tries have run out, and somebody is asked.
OUT_WITHIN = timedelta(days=1)


def mail_differences(session: Session, now: datetime) -> list[Difference]:
    """Everything that is wrong with notices; empty when nothing is."""
    return [*_not_out(session, now), *_one_id(session), *_strangers(session)]


def _not_out(session: Session, now: datetime) -> Iterator[Difference]:
    asked = exists().where(INCIDENTS.order == NOTICES.order, INCIDENTS.closed_at.is_(None))
    waiting = (
        select(NOTICES.id, NOTICES.order, NOTICES.template, NOTICES.created_at)
        .where(NOTICES.state == LetterState.PENDING.value, ~asked)
        .where(NOTICES.created_at < now - OUT_WITHIN)
    )
    for id, order, template, at in session.execute(waiting):
        said = f"Its notice “{template}” of {at:%Y-%m-%d %H:%M} was written and never went out."
        yield Difference("N1", order, said, "`--repair` sends it.", Repair(RepairKind.SEND, id))


def _one_id(session: Session) -> Iterator[Difference]:
    ids = select(func.min(NOTICES.order), NOTICES.message_id, func.count())
    twice = ids.group_by(NOTICES.message_id).having(func.count() > 1)
    for order, id, many in session.execute(twice.where(NOTICES.message_id != "")):
        said = f"{many} notices go by the one Message-ID {id}."
        yield Difference("N2", order, said, "Tell the developers: some mail programs show one of them.")


def _strangers(session: Session) -> Iterator[Difference]:
    all_of_them = select(NOTICES.order, NOTICES.id, NOTICES.template).join_from(
        NOTICES.id.table, ORDERS.number.table, ORDERS.number == NOTICES.order
    )
    elsewhere = func.lower(NOTICES.recipient) != func.lower(ORDERS.email)
    to_customer = NOTICES.to == "customer", NOTICES.recipient != "", ORDERS.email != ""
    for order, _, template in session.execute(all_of_them.where(*to_customer, elsewhere)):
        said = f"Its notice “{template}” went to an address that is not its customer's."
        yield Difference("N3", order, said, "Find out who changed it, and tell both people.")
    for order, id, _ in session.execute(all_of_them.where(~NOTICES.id.startswith(NOTICES.order))):
        said = f"Its notice {id} is about another order."
        yield Difference("N3", order, said, "Tell the developers.")
