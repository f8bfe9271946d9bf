"""Documents as people ask for them: by order and kind, or all parcels of a round."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from domain.document import Document, DocumentKind, Printed
from domain.errors import BadInput, NotFound


class Cabinet(Protocol):
    """Where the shop's documents are made and kept."""

    def of(self, number: str, now: datetime) -> Sequence[Document]:
        """
        Every document that there is of an order now.

        :raises NotFound: no such order.
        """
        ...

    def to_pack(self, location: str = "") -> Sequence[str]:
        """The parcels that wait to be packed, first things first; of every location when it is empty."""
        ...

    def style(self) -> str:
        """The style sheet of the pages that documents are on, for screen and printer."""
        ...

    def make(self, kind: DocumentKind, ids: Sequence[str], now: datetime) -> Printed:
        """
        One document for each of `ids`; a pick list is one for each location of theirs.

        :raises NotFound: there is no such thing.
        :raises BadInput: none or too many are asked for.
        :raises SettingsRefused: the shop's template, or a font of its own, is wrong.
        """
        ...

    def codes(self, codes: Mapping[str, str], now: datetime) -> Printed:
        """A sheet of what can be scanned, and what each means."""
        ...


def kind_of(word: str) -> DocumentKind:
    """:raises BadInput: there is no such kind; the message names all."""
    try:
        return DocumentKind(word)
    except ValueError as error:
        raise BadInput(f"{word!r} is none of {', '.join(DocumentKind)}", "kind") from error


def choose(documents: Sequence[Document], kind: DocumentKind, part: str = "") -> tuple[str, ...]:
    """
    The ids of an order's documents of this kind, or the one of `part`.

    :raises NotFound: there is none.
    """
    found = tuple(each.id for each in documents if each.kind == kind and part in ("", each.id))
    if not found:
        what = f"{kind.called.lower()} {part}".strip()
        raise NotFound(f"There is no {what} of this order now.")
    return found


def round_of(cabinet: Cabinet, location: str) -> Sequence[str]:
    """
    The parcels of a pick list.

    :raises NotFound: nothing waits to be packed there.
    """
    waiting = cabinet.to_pack(location)
    if not waiting:
        raise NotFound(f"Nothing waits to be packed{f' at {location}' if location else ''}.")
    return waiting
