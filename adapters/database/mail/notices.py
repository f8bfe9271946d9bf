"""Notices as rows: kept before they are sent, sent once."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, update
from sqlmodel import Session, col, select

from adapters.database.tables.mail import NoticeRow
from adapters.database.upsert import insert_new
from domain.errors import NotFound
from domain.notice import Letter, LetterState, Notice
from domain.view import NoticeView

WRITTEN = col(NoticeRow.created_at), col(NoticeRow.n), col(NoticeRow.id)
# Rows are written around the session, so what it read before may no longer be so.
FRESH = {"populate_existing": True}


def load_letter(session: Session, notice: Notice) -> Letter | None:
    """The letter that stands for this notice."""
    row = session.get(NoticeRow, notice.id, populate_existing=True)
    return None if row is None else _letter(row, replace(notice, marketing=row.marketing))


def keep_letter(session: Session, letter: Letter) -> None:
    """Keep a letter, unless one stands that is sent or pending; one that was refused gives way."""
    columns = _columns(letter)
    if not insert_new(session, NoticeRow, columns):
        refused = _in_state(letter.notice.id, LetterState.REFUSED)
        session.connection().execute(update(NoticeRow).where(*refused).values(**columns))


def count_tries(session: Session, ids: Sequence[str]) -> None:
    """These are being handed to the mail server now."""
    tried = update(NoticeRow).where(col(NoticeRow.id).in_(ids))
    session.connection().execute(tried.values(tries=col(NoticeRow.tries) + 1))


def mark_sent(session: Session, id: str, at: datetime) -> None:
    _settle(session, id, state=LetterState.SENT.value, sent_at=at, why="")


def mark_refused(session: Session, id: str, why: str) -> None:
    """A letter that was sent stays sent."""
    _settle(session, id, state=LetterState.REFUSED.value, why=why)


def notices_of(session: Session, order: str) -> tuple[NoticeView, ...]:
    """The order's notices as people see them, in the order they were written."""
    wanted = select(NoticeRow).where(NoticeRow.order == order).order_by(*WRITTEN)
    rows = session.exec(wanted, execution_options=FRESH)
    return tuple(NoticeView(row.id, row.template, row.state, row.subject, row.sent_at) for row in rows)


def last_about(session: Session, order: str, template: str) -> str:
    """Which part of an order the last notice of this kind was about; empty when there was none."""
    sent = select(NoticeRow.lane).where(NoticeRow.order == order, NoticeRow.template == template)
    return session.exec(sent.order_by(col(NoticeRow.created_at).desc()).limit(1)).first() or ""


def letter_of(session: Session, order: str, id: str) -> Letter:
    """
    A notice of this order as it was written.

    :raises NotFound: it has no such notice.
    """
    row = session.get(NoticeRow, id, populate_existing=True)
    if row is None or row.order != order:
        raise NotFound(f"Order {order} has no message {id}.")
    return _letter(row, Notice(row.id, row.order, row.lane, row.template, row.to, row.marketing, row.n))


def _settle(session: Session, id: str, **columns: Any) -> None:
    open_ = _in_state(id, LetterState.PENDING)
    session.connection().execute(update(NoticeRow).where(*open_).values(**columns))


def _in_state(id: str, state: LetterState) -> tuple[ColumnElement[bool], ...]:
    return col(NoticeRow.id) == id, col(NoticeRow.state) == state.value


def _letter(row: NoticeRow, notice: Notice) -> Letter:
    return Letter(
        notice=notice,
        at=row.created_at,
        language=row.language,
        message_id=row.message_id,
        recipient=row.recipient,
        subject=row.subject,
        text=row.text,
        html=row.html,
        state=LetterState(row.state),
        why=row.why,
    )


def _columns(letter: Letter) -> dict[str, Any]:
    notice = letter.notice
    return {
        "id": notice.id,
        "order": notice.order,
        "n": notice.n,
        "lane": notice.lane,
        "template": notice.template,
        "to": notice.to,
        "language": letter.language,
        "state": letter.state.value,
        "message_id": letter.message_id,
        "recipient": letter.recipient,
        "subject": letter.subject,
        "text": letter.text,
        "html": letter.html,
        "why": letter.why,
        "tries": 0,
        "marketing": notice.marketing,
        "created_at": letter.at,
        "sent_at": None,
    }
