"""`orders note`: what staff want each other to know."""

from typing import Annotated

from typer import Argument

from domain.errors import BadInput
from starter.answers import MAX_TEXT
from starter.cli.asking import read
from starter.cli.options import By
from starter.cli.saying import say
from starter.clock import now


def note(
    number: Annotated[str, Argument(help="The order's number.")],
    text: Annotated[str, Argument(help="Only staff read it.")],
    by: By = "",
) -> None:
    """Write a note into an order's timeline."""
    said = text.strip()
    if not said or len(said) > MAX_TEXT or "\x00" in said:
        raise BadInput(f"is not a note of 1 to {MAX_TEXT} characters", "text")
    here = now()
    read(lambda shop: shop.book.note(number, said, by, here))
    say("done", "green")
