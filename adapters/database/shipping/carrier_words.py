"""What carriers last told of the parcels of an order, in plain words, or why nothing is heard of one."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from sqlmodel import Session, select

from adapters.database.tables.journal import ActRow
from adapters.database.tables.shipping import FollowedParcelRow
from domain.act import ActKind, Outcome
from domain.carrier_news import WORDS
from domain.fulfilment import Fulfilment

Told = tuple[str, datetime]


@dataclass(slots=True)
class CarrierWords:
    """By fulfilment, and by tracking number for what named no fulfilment."""

    by_lane: dict[str, Told] = field(default_factory=dict)
    by_tracking: dict[str, Told] = field(default_factory=dict)

    def of(self, part: Fulfilment, *, alone: bool) -> Told | None:
        """What names neither is about the only parcel there is."""
        named = self.by_lane.get(part.id) or self.by_tracking.get(part.tracking or "-")
        return named or (self.by_lane.get("") if alone else None)


def carrier_words(session: Session, order: str, acts: Iterable[ActRow]) -> CarrierWords:
    """`acts` are the order's, as they came."""
    found = CarrierWords()
    for act in acts:
        if act.kind != ActKind.EVENT or act.target not in WORDS or act.outcome == Outcome.REFUSED:
            continue
        told = WORDS[act.target], act.at
        if act.lane or not act.tracking:
            found.by_lane[act.lane] = told
        if act.tracking:
            found.by_tracking[act.tracking] = told
    _add_given_up(session, order, found)
    return found


def _add_given_up(session: Session, order: str, found: CarrierWords) -> None:
    """A parcel of which nobody tells anything, and why."""
    rows = FollowedParcelRow
    mine = select(rows).where(rows.order == order, rows.over != "", rows.last_scan == "")
    for row in session.exec(mine):
        found.by_tracking.setdefault(row.tracking, (f"Not followed: {row.over}", row.since))
