"""The pages of a partner: their own orders, and what they say of one. Nothing else is there for them."""

import asyncio

from fastapi import HTTPException, Request
from starlette.responses import Response

from console.forms import form_id, text
from console.gate import form_of
from console.house import house_of, who_of
from console.pages.documents import as_pdf
from console.pages.told import Told as Word
from console.pages.told import back_to
from console.paper import page
from domain.act import Outcome
from domain.document import DocumentKind
from domain.errors import ActRefused, BadInput
from domain.partner import OVER, PartnerDeed, PartnerState
from starter.partnering import Partnering, Told

A_SCREENFUL = 50
# What a partner looks for: what they have to do, and what they have done.
LISTS = {
    "open": (PartnerState.SENT, PartnerState.ACCEPTED),
    "shipped": (PartnerState.SHIPPED,),
    "over": tuple(OVER),
}


def orders(request: Request, list: str = "open", before: str = "") -> Response:
    house, who = house_of(request), who_of(request)
    if list not in LISTS:
        raise HTTPException(404)
    # What is to be done is done in the order it came, so that none is buried.
    found = house.partners.orders(
        who.partner, LISTS[list], A_SCREENFUL + 1, before, oldest_first=list == "open"
    )
    shown = found[:A_SCREENFUL]
    return page(
        request,
        "partner_orders.html",
        partner=who.partner,
        rows=shown,
        list=list,
        lists=LISTS,
        more=shown[-1].id if len(found) > A_SCREENFUL else "",
    )


def order(request: Request, id: str, act: str = "") -> Response:
    return _page(request, id, act=act)


def slip(request: Request, id: str) -> Response:
    """
    What lies in the parcel, under the shop's own name; the customer's address is on it.

    :raises NotFound: it is none of theirs, or there is none.
    :raises ActRefused: it is not theirs to ship, or not yet.
    """
    house, who = house_of(request), who_of(request)
    if not house.partners.order(who.partner, id).address:
        raise ActRefused(f"The packing slip of {id} is here once you have accepted it.")
    return as_pdf(house.cabinet.make(DocumentKind.PACKING_SLIP, [id], house.now()))


async def tell(request: Request, id: str, deed: str) -> Response:
    """Once, however often it is sent."""
    house, who, sent = house_of(request), who_of(request), await form_of(request)
    if deed not in set(PartnerDeed):
        raise HTTPException(404)
    typed = Told(text(sent, "reason"), text(sent, "tracking"), text(sent, "carrier"))
    partnering = Partnering(house.partners, lambda: house.orders, house.clock)
    try:
        form = form_id(sent)
        await partnering.tell(who, id, PartnerDeed(deed), form, typed)
    except (BadInput, ActRefused) as error:
        status = 422 if isinstance(error, BadInput) else 409
        return await asyncio.to_thread(_page, request, id, error=str(error), status=status, typed=typed)
    return back_to(f"/partner/orders/{id}", form)


def _page(
    request: Request,
    id: str,
    *,
    act: str = "",
    error: str = "",
    status: int = 200,
    typed: Told | None = None,
) -> Response:
    """:raises NotFound: it is none of theirs, or there is none."""
    house, who = house_of(request), who_of(request)
    view = house.partners.order(who.partner, id)
    return page(
        request,
        "partner_order.html",
        status=status,
        view=view,
        may=[deed.value for deed in view.may],
        error=error,
        told=_told(request, id, act),
        typed=typed or Told(),
    )


def _told(request: Request, id: str, act: str) -> Word | None:
    """What became of what they have just sent; nothing about acts of others, or of other orders."""
    house, who = house_of(request), who_of(request)
    record = house.book.act(act) if act else None
    if record is None or record.by != who.name or record.act.lane != id:
        return None
    if record.result is not None and record.result.outcome == Outcome.REFUSED:
        return Word(f"The shop could not take it: {record.result.why}", "bad")
    return Word("Done. The shop knows.", "good")
