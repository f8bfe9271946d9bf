"""Published flows: immutable definitions, and which one new orders take."""

from collections.abc import Sequence
from datetime import datetime

from pydantic import ValidationError
from sqlalchemy import func
from sqlmodel import Session, col, select

from adapters.database.audit_log import tell
from adapters.database.engine import Database
from adapters.database.flow.standings import standings
from adapters.database.journal.steps import definition
from adapters.database.tables.flows import DefinitionRow, PointerRow, PublicationRow
from adapters.database.tables.journal import LaneRow
from adapters.database.tables.orders import PlacedOrder
from adapters.database.upsert import insert_all, put_all
from domain.audit import Deed, DeedKind
from domain.errors import FlowRefused
from domain.moving import FlowVersion, SubjectAt
from flow.model import Flow, dumps, loads


class FlowShelf(Database):
    """A definition is known by the sha256 of its canonical JSON, and never changes."""

    def current(self) -> dict[str, str]:
        """Flow -> sha256 of the version new orders take."""
        with self.read() as session:
            return dict(session.exec(select(PointerRow.name, PointerRow.sha256)).all())

    def publish(self, definitions: Sequence[str], by: str, why: str, at: datetime) -> Sequence[str]:
        """
        Store canonical definitions and point their names at them, in one transaction.

        :raises FlowRefused: one is not a definition.
        """
        flows = [_flow(text) for text in definitions]
        said = {"by": by, "why": why, "at": at}
        with self.write() as session:
            insert_all(session, DefinitionRow, [_columns(flow) for flow in flows])
            pointers = [{"name": flow.name, "sha256": flow.sha256} for flow in flows]
            put_all(session, PointerRow, pointers)
            insert_all(session, PublicationRow, [pointer | said for pointer in pointers])
            for flow in flows:
                tell(session, Deed(at, DeedKind.FLOW, flow.name, flow.sha256, by=by, why=why))
        return [flow.sha256 for flow in flows]

    def definition(self, sha256: str) -> str:
        """:raises NotFound: never published here."""
        with self.read() as session:
            return definition(session, sha256)

    def standings(self, flow: str = "") -> Sequence[SubjectAt]:
        """Where every open order and return stands that has begun; or those with something in `flow`."""
        with self.read() as session:
            return standings(session, flow)

    def versions(self) -> Sequence[FlowVersion]:
        """Every publication, the latest first, with the open orders that follow its version."""
        wanted = (
            select(PublicationRow, DefinitionRow)
            .join(DefinitionRow, col(DefinitionRow.sha256) == col(PublicationRow.sha256))
            .order_by(col(PublicationRow.id).desc())
        )
        with self.read() as session:
            orders = _open_orders(session)
            return [
                FlowVersion(
                    name=row.name,
                    sha256=row.sha256,
                    title=stored.title,
                    level=stored.level,
                    published_at=row.at,
                    by=row.by,
                    why=row.why,
                    open_orders=orders.get(row.sha256, 0),
                )
                for row, stored in session.exec(wanted)
            ]


def _flow(text: str) -> Flow:
    try:
        return loads(text)
    except ValidationError as error:
        raise FlowRefused(
            "This is not a flow's definition; check the file and publish it again."
        ) from error


def _columns(flow: Flow) -> dict[str, str]:
    return {
        "sha256": flow.sha256,
        "name": flow.name,
        "title": flow.title,
        "level": flow.level.value,
        "body": dumps(flow),
    }


def _open_orders(session: Session) -> dict[str, int]:
    """Sha256 -> how many open orders are pinned to it themselves, or have an open lane that is."""
    pinned = (
        select(PlacedOrder.flow_hash, func.count())
        .where(col(PlacedOrder.ended_at).is_(None))
        .group_by(PlacedOrder.flow_hash)
    )
    lanes = (
        select(LaneRow.flow_hash, func.count(func.distinct(LaneRow.order)))
        .where(LaneRow.state == "", LaneRow.id != LaneRow.order)
        .group_by(LaneRow.flow_hash)
    )
    return {**dict(session.exec(lanes).all()), **dict(session.exec(pinned).all())}
