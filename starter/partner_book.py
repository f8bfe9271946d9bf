"""What the doors for partners need of our own books."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from domain.act import ActRecord
from domain.partner import PartnerOrderView, PartnerState
from domain.partner_book import PartnerSummary, Saying


class PartnerBook(Protocol):
    """Every method knows the orders of one partner, and those alone."""

    def orders(
        self,
        partner: str,
        states: Sequence[PartnerState],
        limit: int,
        before: str = "",
        *,
        oldest_first: bool = False,
    ) -> Sequence[PartnerOrderView]:
        """The newest first unless said, after `before`. :raises NotFound: `before` is none of theirs."""
        ...

    def order(self, partner: str, id: str) -> PartnerOrderView:
        """:raises NotFound: it is none of theirs, or there is none."""
        ...

    def tell(self, partner: str, id: str, saying: Saying) -> Sequence[ActRecord]:
        """
        Keep what they tell, once a form, as acts to be carried; the first is `saying` itself.

        :raises NotFound: it is none of theirs, or there is none.
        :raises ActRefused: it cannot be so, as it stands.
        """
        ...

    def summary(self, partner: str, since: datetime, until: datetime) -> PartnerSummary: ...

    def partners(self) -> Mapping[str, int]:
        """Everybody who was ever asked, and how much of it is open."""
        ...
