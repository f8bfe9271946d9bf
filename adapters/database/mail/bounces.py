"""Mails of ours that came back: matched by their Message-ID, and told to a person once."""

from datetime import datetime

from sqlmodel import Session, col, select

from adapters.database.engine import Database
from adapters.database.payment.money_incidents import open_money_incident
from adapters.database.tables.consent import BounceRow
from adapters.database.tables.mail import NoticeRow
from adapters.database.upsert import insert_new
from domain.bounce import Bounce

ROLE = "support"
BY = "mail"


class Bounces(Database):
    """What came back of what we sent."""

    def keep(self, bounce: Bounce, at: datetime) -> str:
        """
        The order whose mail it was; empty for a mail that is none of ours.

        One that will not arrive is an incident of its order, whatever has become of that; one that is late
        stands in its row alone. The same report again changes nothing.
        """
        with self.write() as session:
            found = select(NoticeRow).where(NoticeRow.message_id == bounce.message_id)
            notice = session.exec(found.order_by(col(NoticeRow.id)).limit(1)).first()
            if notice is None:
                return ""
            if insert_new(session, BounceRow, _row(notice, bounce, at)) and bounce.permanent:
                _tell(session, notice, bounce, at)
            return notice.order


def _row(notice: NoticeRow, bounce: Bounce, at: datetime) -> dict[str, object]:
    return {
        "id": f"{notice.id}/{bounce.status or '-'}/{'failed' if bounce.permanent else 'delayed'}",
        "notice": notice.id,
        "order": notice.order,
        "status": bounce.status,
        "permanent": bounce.permanent,
        "what": bounce.why,
        "at": at,
    }


def _tell(session: Session, notice: NoticeRow, bounce: Bounce, at: datetime) -> None:
    name = notice.template.replace("_", " ")
    who = "the customer" if notice.to == "customer" else f"the {notice.to}"
    said = f"The mail “{name}” did not reach {who}: {bounce.why}."
    said = f"{said} Find out the right address and send it again."
    open_money_incident(
        session, notice.order, f"mail.{notice.id}", "A mail came back", said, at, role=ROLE, by=BY
    )
