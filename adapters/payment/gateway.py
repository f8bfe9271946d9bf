"""What the till asks of a payment gateway, and the ways a gateway may answer."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from domain.money import Money
from domain.step import Call


@dataclass(frozen=True, slots=True)
class Authorization:
    """Money held. `captured` of it was taken, `released` let go; what is left may be taken."""

    id: str
    order: str
    key: str  # ours; empty for one the shop brought
    amount: Money
    captured: Money
    released: Money
    expires_at: datetime | None  # None where the gateway does not say
    kind: Literal["authorization"] = "authorization"

    @property
    def left(self) -> Money:
        return self.amount - self.captured - self.released


@dataclass(frozen=True, slots=True)
class Fee:
    """
    What the gateway kept for itself of `about` (a capture, a refund, a dispute), in the currency that it
    keeps the shop's money in; below nought where it gave a fee back.
    """

    id: str
    about: str
    amount: Money
    at: datetime | None = None  # None where the gateway does not say


@dataclass(frozen=True, slots=True)
class Capture:
    """
    Money taken. `authorization` is empty where the shop took it before we came. `fee` is None where there
    is none, or none is known yet: a gateway may tell it later.
    """

    id: str
    order: str
    key: str
    amount: Money
    authorization: str
    fee: Fee | None = None
    kind: Literal["capture"] = "capture"


@dataclass(frozen=True, slots=True)
class Refund:
    """Money on its way back; only `confirmed` is it there, and even that may fail later."""

    id: str
    order: str
    key: str
    amount: Money
    capture: str
    state: Literal["pending", "confirmed", "failed"] = "confirmed"
    kind: Literal["refund"] = "refund"


Made = Authorization | Capture | Refund


class Gateway(Protocol):
    """
    A payment gateway in its own terms.

    Each call carries our `key` and the order's number as metadata. The same key with the same
    parameters gets the same answer, errors included, and acts once. Calls without a key read, or
    register what exists. All may raise the errors below; reads only `NotYet` and `NoAnswer`.
    """

    @property
    def multi_capture(self) -> bool:
        """Whether one authorisation may be captured in parts; else the first part lets go the rest."""
        ...

    async def authorize(self, call: Call, key: str, amount: Money, token: str) -> Authorization: ...

    async def capture(self, call: Call, key: str, authorization: str, amount: Money) -> Capture: ...

    async def void(self, call: Call, key: str, authorization: str) -> Authorization:
        """Let go what is left of an authorisation."""
        ...

    async def refund(self, call: Call, key: str, capture: str, amount: Money) -> Refund: ...

    async def adopt(self, call: Call, authorization: str, amount: Money, token: str) -> Authorization:
        """Take over what the shop has authorised itself."""
        ...

    async def adopt_payment(self, call: Call, payment: str, amount: Money, token: str) -> Capture:
        """
        Take over what the shop has charged itself, so that it can be given back.

        :raises Elsewhere: `payment` is no name of a payment here.
        """
        ...

    async def find(self, call: Call, key: str, about: str, since: datetime) -> Made | None:
        """
        What was made for the order under this key; None when surely nothing.

        `about` is what the question was about: the authorisation, the capture, or for a new hold its token
        or nothing. `since` is when it was first asked.
        """
        ...

    async def held(self, call: Call, authorization: str) -> Authorization | None:
        """The authorisation as it stands."""
        ...


class GatewayError(Exception):
    """What a gateway may answer instead of doing it; `GATEWAY_ERRORS` names them for storing."""


class Declined(GatewayError):
    """A definite no: the card, or the bank behind it."""


class PerhapsDone(GatewayError):
    """Already captured, refunded or closed: reading the object tells."""


class Misused(GatewayError):
    """The key with other parameters, or more than there is: our bug."""


class Elsewhere(GatewayError):
    """It was paid where this gateway cannot reach it: to the shop itself, or by another gateway."""


class NotYet(GatewayError):
    """The key is in use, or too many calls: nothing was done, the same key may ask again."""


class Failed(GatewayError):
    """An error of theirs (5xx), kept under the key: done or not, reading tells."""


class NoAnswer(GatewayError):
    """Time-out, reset, empty or garbled: done or not, the same key may ask again for a day."""


GATEWAY_ERRORS: dict[str, type[GatewayError]] = {
    error.__name__: error for error in (Declined, PerhapsDone, Misused, NotYet, Failed, NoAnswer)
}
