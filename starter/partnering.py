"""What partners do with their own orders: the same from the screens and from their programs."""

import asyncio
import logging
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime

from domain.act import ActResult
from domain.errors import BadInput, NotFound
from domain.order import fold
from domain.partner import PartnerDeed, Partners
from domain.partner_book import Saying
from domain.tracking import BY_NAME, recognise, tidy
from domain.tracking import explain as explain_number
from starter.answers import MAX_TEXT, UNKEPT
from starter.carrying import ID
from starter.orders import Orders
from starter.partner_book import PartnerBook
from starter.who import Who

LONGEST_CARRIER = 40

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Told:
    """As it was typed."""

    reason: str = ""
    tracking: str = ""
    carrier: str = ""


NOTHING = Told()


class Partnering:
    """`orders` is asked anew each time: until Temporal is there, it keeps what it is given."""

    def __init__(
        self, book: PartnerBook, orders: Callable[[], Orders], clock: Callable[[], datetime]
    ) -> None:
        self._book = book
        self._orders = orders
        self._clock = clock

    async def tell(
        self, who: Who, id: str, deed: PartnerDeed, form: str, told: Told = NOTHING
    ) -> ActResult:
        """
        What somebody of a partner's says of an order of theirs, once a form.

        :raises NotFound: it is none of theirs, or there is none.
        :raises ActRefused: it cannot be so, as it stands.
        :raises BadInput: a reason or a tracking number is missing, or cannot be one.
        """
        try:
            await asyncio.to_thread(self._book.order, who.partner, id)
        except NotFound:
            log.warning("An account of the partner %s asked for an order that is not theirs", who.partner)
            raise
        saying = _saying(who, deed, form, told, self._clock())
        records = await asyncio.to_thread(self._book.tell, who.partner, id, saying)
        results = [record.result or await self._orders().carry(record) for record in records]
        return results[0]


def partner_names(written: Partners, asked: Collection[str]) -> list[str]:
    """Those written down, and those that orders were sent to."""
    return list(dict.fromkeys([*(partner.name for partner in written.known), *asked]))


def partner_named(typed: str, written: Partners, asked: Collection[str]) -> str:
    """
    A partner as the shop writes them, or as orders name them.

    :raises BadInput: nobody ships for us under this name.
    """
    names = partner_names(written, asked)
    found = next((name for name in names if fold(name) == fold(typed)), "")
    if not found:
        raise BadInput(f"there is no partner {typed!r}; there are {', '.join(names) or 'none'}", "partner")
    return found


def _saying(who: Who, deed: PartnerDeed, form: str, told: Told, now: datetime) -> Saying:
    if not ID.fullmatch(form):
        raise BadInput("is not an id of up to 200 letters, digits and signs", "id")
    reason = told.reason.strip()
    if deed == PartnerDeed.REJECT and not reason:
        raise BadInput("say why", "reason")
    if len(reason) > MAX_TEXT or UNKEPT.search(reason):
        raise BadInput(f"is not a text of up to {MAX_TEXT} characters", "reason")
    tracking, carrier = _parcel(told) if deed == PartnerDeed.SHIP else ("", "")
    return Saying(deed, form, who.name, now, reason, tracking, carrier)


def _parcel(told: Told) -> tuple[str, str]:
    """
    The number as carriers write it, and the carrier as we know them, or as it was typed.

    :raises BadInput: there is none, or a carrier that we know would not write it so.
    """
    tracking, typed = tidy(told.tracking), " ".join(told.carrier.split())
    if not tracking or not tracking.isprintable():
        raise BadInput("is not a tracking number", "tracking")
    if len(typed) > LONGEST_CARRIER or not typed.isprintable():
        raise BadInput(f"is not a name of up to {LONGEST_CARRIER} characters", "carrier")
    known, names = BY_NAME.get(typed.casefold()), recognise(tracking)
    if known is not None and known.name not in names:
        raise BadInput(f"is not a number of {known.name}", "tracking")
    if not typed and not names and "check digit" in (said := explain_number(tracking)):
        raise BadInput(f"{said} Name the carrier if it is another's", "tracking")
    return tracking, known.name if known else typed
