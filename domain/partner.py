"""Those who ship for us: how each works with us, how far one of their orders is, and what they may say."""

from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from domain.order import fold

# The role of a partner's accounts, and the one permission that only they have.
ROLE, SHIP = "partner", "ship"


class How(StrEnum):
    """How a partner is asked, and answers."""

    CONSOLE = "console"  # on our pages, told of each order by mail where it has an address
    API = "api"  # a program of theirs asks for orders
    MAIL = "mail"  # the order is a mail, and we write down what they answer
    SIMULATED = "simulated"  # tries things out: ships nothing


@dataclass(frozen=True, slots=True)
class Partner:
    """`name` is a supplier as the lines of orders name it, or the location of a fulfilment service."""

    name: str
    how: How
    email: str = ""
    language: str = "en"


@dataclass(frozen=True)
class Partners:
    """Those the shop has written down, and `otherwise` for all others; None refuses them."""

    known: tuple[Partner, ...] = ()
    otherwise: Partner | None = Partner("", How.SIMULATED)

    def find(self, name: str) -> Partner | None:
        """However it is spaced or capitalised."""
        mine = (partner for partner in self.known if fold(partner.name) == fold(name))
        return next(mine, self.otherwise and replace(self.otherwise, name=name))


class PartnerState(StrEnum):
    """How far a partner is. `WITHDRAWN`: taken back in time, or never sent; `CANCELLED`: let go later."""

    SENT = "sent"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    SHIPPED = "shipped"
    WITHDRAWN = "withdrawn"
    CANCELLED = "cancelled"


class PartnerDeed(StrEnum):
    """What a partner tells of an order of theirs."""

    ACCEPT = "accept"
    REJECT = "reject"
    PICK = "pick"
    SHIP = "ship"
    LET_GO = "let_go"  # our wish to cancel, granted
    KEEP = "keep"  # and not


# Where the customer's address is theirs to know.
IN_HAND = frozenset((PartnerState.ACCEPTED, PartnerState.SHIPPED))
OVER = frozenset((PartnerState.REJECTED, PartnerState.WITHDRAWN, PartnerState.CANCELLED))


@dataclass(frozen=True, slots=True)
class Standing:
    """What decides what a partner may say next; `supplies` when the goods are its own."""

    state: PartnerState
    supplies: bool
    picked: bool = False
    cancel_asked: bool = False

    def why_not(self, deed: PartnerDeed) -> str:
        """Empty when the partner may say it now."""
        if self.state in OVER:
            return f"it is {self.state.value}"
        if deed in (PartnerDeed.LET_GO, PartnerDeed.KEEP):
            return "" if self.cancel_asked else "nobody asks for it to be let go"
        if self.state == PartnerState.SHIPPED:
            return "it is shipped"
        if deed in (PartnerDeed.ACCEPT, PartnerDeed.REJECT):
            return "" if self.state == PartnerState.SENT else "it is accepted"
        return self._not_leaving(deed)

    def _not_leaving(self, deed: PartnerDeed) -> str:
        if self.state == PartnerState.SENT:
            return "it is not accepted yet"
        if deed != PartnerDeed.PICK or not (self.supplies or self.picked):
            return ""
        return "it is picked" if self.picked else "nobody waits for that"

    def may(self) -> tuple[PartnerDeed, ...]:
        return tuple(deed for deed in PartnerDeed if not self.why_not(deed))


@dataclass(frozen=True, slots=True)
class PartnerLine:
    """`personalisation` is the customer's own words: empty until the partner has accepted."""

    sku: str
    title: str
    quantity: Decimal
    personalisation: str = ""


@dataclass(frozen=True, slots=True)
class PartnerOrderView:
    """
    Everything a partner sees of an order of theirs; no price, and no mail address or telephone.

    `address` is empty until they have accepted. `may` is what they can say now.
    """

    id: str
    partner: str
    state: PartnerState
    asked_at: datetime
    lines: tuple[PartnerLine, ...]
    express: bool
    ship_by: datetime | None
    may: tuple[PartnerDeed, ...]
    address: tuple[str, ...] = ()
    carrier: str = ""
    tracking: str = ""
    cancel_asked_at: datetime | None = None

    @property
    def open(self) -> bool:
        return self.state in (PartnerState.SENT, PartnerState.ACCEPTED)
