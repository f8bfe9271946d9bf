"""What a partner says of one of their orders, and a day's orders summed up for them."""

from dataclasses import dataclass
from datetime import datetime

from domain.partner import PartnerDeed, PartnerOrderView


@dataclass(frozen=True, slots=True)
class Saying:
    """`form` is the id under which it is said, once; `reason` is free text of theirs."""

    deed: PartnerDeed
    form: str
    by: str
    at: datetime
    reason: str = ""
    tracking: str = ""
    carrier: str = ""


@dataclass(frozen=True, slots=True)
class PartnerSummary:
    """All that was placed with a partner from `since` to `until`, and what is open from before."""

    partner: str
    since: datetime
    until: datetime
    placed: tuple[PartnerOrderView, ...]
    open: tuple[PartnerOrderView, ...]
