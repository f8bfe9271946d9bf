"""The timeline of an order: what its workflow wrote down, and what people noted beside it."""

from collections.abc import Mapping

from sqlmodel import Session, col, select

from adapters.database.tables.journal import ActRow, NoteRow, TimelineRow
from domain.carrier_news import WORDS
from domain.view import TimelineView


def story_of(session: Session, order: str, acts: Mapping[str, ActRow]) -> tuple[TimelineView, ...]:
    """In the order it happened; notes stand where they were written. `acts` are the order's, by id."""
    wanted = select(TimelineRow).where(TimelineRow.order == order)
    rows = session.exec(wanted.order_by(col(TimelineRow.subject), col(TimelineRow.seq)))
    told = [_told(row, acts.get(row.act)) for row in rows]
    notes = select(NoteRow).where(NoteRow.order == order).order_by(col(NoteRow.id))
    noted = [_noted(row) for row in session.exec(notes)]
    return tuple(sorted(told + noted, key=lambda line: line.at))


def _told(row: TimelineRow, act: ActRow | None) -> TimelineView:
    return TimelineView(
        at=row.at,
        text=_plain(row.text, act),
        by=act.by if act else "",
        role=act.role if act else "",
        step=row.step,
        lane=row.lane,
        kind=row.kind,
        why=_why(act) if act else "",
    )


def _plain(text: str, act: ActRow | None) -> str:
    """What a carrier tells has words of its own, after the title of a step that waited for it."""
    words = WORDS.get(act.target) if act else None
    if words is None or act is None or act.target not in text:
        return text
    return f"{text.partition(act.target)[0]}{words}"


def _why(act: ActRow) -> str:
    """The reason, and what was typed into the answer's free fields."""
    typed = (f"{name}: {text}" for name, text in act.texts.items() if text)
    return "; ".join(part for part in (act.reason, *typed) if part)


def _noted(row: NoteRow) -> TimelineView:
    return TimelineView(at=row.at, text=row.text, by=row.by, role="", step="", lane="", kind="note", why="")
