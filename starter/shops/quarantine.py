"""What shops told and nobody understood, as people see to it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from domain.errors import BadInput
from domain.web_shop import ShopMessage
from starter.answers import MAX_TEXT, UNKEPT
from starter.formats.json_text import loads

MOST_CHARACTERS = 2_000_000


class Quarantine(Protocol):
    def quarantined(self, limit: int) -> Sequence[ShopMessage]:
        """The newest first."""
        ...

    def count_quarantined(self) -> int: ...

    def message(self, id: str) -> ShopMessage:
        """:raises NotFound: there is none."""
        ...

    def retry(self, id: str, body: str, by: str, at: datetime) -> None:
        """
        Look at it again, with `body` in place of what came where that is not empty.

        :raises NotFound: there is none.
        :raises ActRefused: it is not in quarantine any more.
        """
        ...

    def discard(self, id: str, why: str, by: str, at: datetime) -> None:
        """
        Nothing will come of it; it stays to be read.

        :raises NotFound: there is none.
        :raises ActRefused: it is not in quarantine any more.
        """
        ...


def mended(text: str) -> str:
    """
    What a person made of a message, fit to be looked at again.

    :raises BadInput: it is no JSON, or too much.
    """
    if len(text) > MOST_CHARACTERS:
        raise BadInput("is too much", "body")
    try:
        loads(text)
    except BadInput as error:
        raise BadInput(str(error), "body") from error
    return text


def reason(typed: str) -> str:
    """:raises BadInput: it does not say why."""
    said = typed.strip()
    if not said or len(said) > MAX_TEXT or UNKEPT.search(said):
        raise BadInput("say why", "reason")
    return said
