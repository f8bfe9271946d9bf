"""What was summed up for partners, as it was written; each period once."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, update
from sqlmodel import col, select

from adapters.database.partner.desk import PartnerDesk
from adapters.database.tables.partner import PartnerSummaryRow
from adapters.database.upsert import insert_new

ROWS = PartnerSummaryRow
# Longer than sending one takes.
PATIENCE = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class SummaryLetter:
    """`until` ends the period it is about. Without a `recipient` nothing is sent."""

    partner: str
    until: datetime
    at: datetime
    recipient: str = ""
    subject: str = ""
    text: str = ""
    html: str = ""
    why: str = ""


class SummaryShelf(PartnerDesk):
    def last(self, partner: str) -> datetime | None:
        """Until when everything has been summed up for them."""
        with self.read() as session:
            return session.exec(select(func.max(ROWS.until)).where(ROWS.partner == partner)).one()

    def keep(self, letter: SummaryLetter, since: datetime) -> bool:
        """Whether it is new: another worker may have been quicker."""
        row = {**asdict(letter), "since": since, "sent_at": None, "written_at": letter.at}
        del row["at"]
        with self.write() as session:
            return insert_new(session, ROWS, row)

    def take(self, letter: SummaryLetter, now: datetime) -> bool:
        """Whether it is this worker's to send; another one may try when this one is not heard of again."""
        free = col(ROWS.tried_at).is_(None) | (col(ROWS.tried_at) < now - PATIENCE)
        mine = *_this(letter), free, col(ROWS.sent_at).is_(None), col(ROWS.why) == ""
        with self.write() as session:
            taken = session.connection().execute(update(ROWS).where(*mine).values(tried_at=now))
            return taken.rowcount == 1

    def give_back(self, letter: SummaryLetter) -> None:
        """It could not be sent just now."""
        with self.write() as session:
            session.connection().execute(update(ROWS).where(*_this(letter)).values(tried_at=None))

    def unsent(self) -> Sequence[SummaryLetter]:
        """The oldest first."""
        waits = ROWS.sent_at == None, ROWS.why == "", ROWS.recipient != ""  # noqa: E711 - SQL's IS NULL
        with self.read() as session:
            rows = session.exec(select(ROWS).where(*waits).order_by(col(ROWS.until), col(ROWS.partner)))
            return [_letter(row) for row in rows]

    def settle(self, letter: SummaryLetter, at: datetime, why: str) -> None:
        """It is out, or was refused."""
        ends = {"why": why} if why else {"sent_at": at}
        with self.write() as session:
            session.connection().execute(update(ROWS).where(*_this(letter)).values(**ends))


def _this(letter: SummaryLetter) -> tuple[ColumnElement[bool], ...]:
    return col(ROWS.partner) == letter.partner, col(ROWS.until) == letter.until


def _letter(row: PartnerSummaryRow) -> SummaryLetter:
    return SummaryLetter(
        row.partner,
        row.until,
        row.written_at,
        row.recipient,
        row.subject,
        row.text,
        row.html,
        row.why,
    )
