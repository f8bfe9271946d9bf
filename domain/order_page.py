"""What a page about one order is made of."""

from collections.abc import Sequence
from dataclasses import dataclass

from domain.attempt import Attempt
from domain.moving import LaneAt
from domain.return_book import Sold
from domain.view import OrderView


@dataclass(frozen=True, slots=True)
class OrderPage:
    """
    An order read whole: `lanes` are the open ones, `attempts` what its steps asked of the payment gateway,
    oldest first. `beat` is another word whenever anything of it has changed.
    """

    view: OrderView
    sold: Sold
    lanes: Sequence[LaneAt]
    attempts: Sequence[Attempt]
    beat: str


def beat_of(told: int, acts: int, kept: int, sent: int, waits: int) -> str:
    """Of how many lines its story has, acts, those not settled, mails sent, and open waits."""
    return f"{told}/{acts}/{kept}/{sent}/{waits}"
