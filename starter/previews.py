"""Notices as they would go out, for whoever writes their templates."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from domain.notice import Letter


class Previews(Protocol):
    """Writes; keeps and sends nothing."""

    def names(self) -> Mapping[str, Sequence[str]]:
        """Every notice that is about an order, and the languages that it is written in."""
        ...

    def write(self, name: str, order: str, now: datetime, language: str = "", part: str = "") -> Letter:
        """
        As it would go out now, in `language` or the reader's own; about `part` of the order, or about the
        one that it would most likely be about. Refused, with why, where it cannot be written.

        :raises NotFound: no such order, notice or part.
        """
        ...
