"""Flows in force, and where the orders and returns that run on them stand."""

from dataclasses import dataclass
from datetime import datetime

from domain.journal import Walk


@dataclass(frozen=True, slots=True)
class FlowVersion:
    name: str
    sha256: str
    title: str
    level: str
    published_at: datetime
    by: str
    why: str
    open_orders: int = 0


@dataclass(frozen=True, slots=True)
class LaneAt:
    """Where an open lane stands; `phase` is one of the engine's."""

    id: str
    flow: str
    flow_hash: str
    step: str
    title: str
    phase: str
    since: datetime
    walk: Walk
    leaving: bool = False


@dataclass(frozen=True, slots=True)
class SubjectAt:
    """An open order, or return of it (`subject`), and where its lanes stand: its own first."""

    order: str
    subject: str
    lanes: tuple[LaneAt, ...]
    holds: tuple[str, ...] = ()
