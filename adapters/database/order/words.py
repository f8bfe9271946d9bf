"""Orders found by how the words of their number, e-mail address or customer's name begin."""

import re
from collections.abc import Sequence

from sqlalchemy import ColumnElement, delete, func
from sqlmodel import Session, col, select

from adapters.database.tables.orders import OrderWord, PlacedOrder
from adapters.database.upsert import insert_all, table_of
from domain.order import fold

PIECE = re.compile(r"[^\W_]+")
LONGEST = 60
# So many words of a search count; nobody types more.
MOST = 8
# What more orders have is found sooner by looking at one after the other.
RARE = 5_000
LAST = "\U0010ffff"


def keep_words(session: Session, order: str, find: str) -> None:
    """`find` is what it is found by, folded."""
    insert_all(session, OrderWord, [{"word": word, "order": order} for word in pieces_of(find)])


def renew_words(session: Session, order: str, find: str) -> bool:
    """Whether those that stood were others."""
    stood = session.exec(select(OrderWord.word).where(OrderWord.order == order)).all()
    if set(stood) == set(pieces_of(find)):
        return False
    words = table_of(OrderWord)
    session.connection().execute(delete(words).where(words.c.order == order))
    keep_words(session, order, find)
    return True


def pieces_of(find: str) -> list[str]:
    """The words that `keep_words` keeps."""
    return sorted({piece[:LONGEST] for piece in PIECE.findall(find)})


def containing(session: Session, sought: str) -> Sequence[ColumnElement[bool]] | None:
    """
    Every word of `sought` stands in number, e-mail or name, and each piece of it begins one there.

    None when nothing does, or nothing of it is a letter or a digit. However many orders there are, each
    piece is looked up once.
    """
    typed = fold(sought).split()[:MOST]
    conditions = [col(PlacedOrder.find).contains(word, autoescape=True) for word in typed]
    pieces = dict.fromkeys(piece[:LONGEST] for word in typed for piece in PIECE.findall(word))
    if not pieces:
        return None
    for piece in list(pieces)[:MOST]:
        begins = col(OrderWord.word) >= piece, col(OrderWord.word) < piece + LAST
        some = select(OrderWord.order).where(*begins)
        many = session.exec(select(func.count()).select_from(some.limit(RARE + 1).subquery())).one()
        if not many:
            return None
        if many <= RARE:
            conditions.append(col(PlacedOrder.number).in_(some))
    return conditions
