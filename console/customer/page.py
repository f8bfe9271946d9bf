"""One order as its customer sees it."""

from dataclasses import dataclass
from typing import Any

from fastapi import HTTPException, Request
from starlette.responses import Response

from console.customer.house import Window, tongue, window_of
from console.customer.paper import customer_page
from console.customer.papers import papers_of
from console.forms import FORM_ID
from domain.act import Outcome
from domain.errors import FlowRefused, NotFound
from domain.order import Order
from domain.order_page import OrderPage
from domain.return_book import Sold
from domain.view import OrderView
from starter.customer_page import cancelling, comebacks, has_arrived, headline, parcels_of
from starter.customer_returns import Returnable, returnables


@dataclass(frozen=True, slots=True)
class Told:
    """What became of what they just sent: a text of the catalogue, and its tone."""

    text: str
    tone: str = "good"


def page(request: Request, act: str = "", said: str = "") -> Response:
    return order_page(request, told=_told(request, act, said))


def order_page(request: Request, *, told: Told | None = None, status: int = 200) -> Response:
    """:raises HTTPException: 404, for an order that is not here or whose customer was forgotten."""
    window, number = window_of(request), request.path_params["number"]
    house, read = window.house, _read(window, number)
    view, sold, lanes = read.view, read.sold, read.lanes
    words = tongue(request, sold.order.customer.language)
    parcels = parcels_of(view, sold, lanes, house.flow)
    return customer_page(
        words,
        "order.html",
        status=status,
        zone=house.now().tzinfo,
        path=f"/order/{number}/{request.path_params['code']}",
        chosen=request.query_params.get("language", ""),
        languages=window.words.languages().values(),
        shop=house.shop_name,
        shop_url=window.links.shop,
        person=window.person,
        view=view,
        order=sold.order,
        to=_town(sold.order),
        headline=headline(view, parcels, lanes),
        parcels=parcels,
        cancel=cancelling(view, lanes, house.flow) if window.may("cancel") else None,
        goods=_goods(window, sold),
        comebacks=comebacks(view, sold.order),
        papers=papers_of(window, number),
        pay_link=window.links.pay(number) if _pays_anew(view) else "",
        survey=window.surveys.given(number),
        asks=has_arrived(sold),
        now=house.clock(),
        told=told,
    )


def _read(window: Window, number: str) -> OrderPage:
    try:
        read = window.house.desk.page(number)
    except NotFound as error:
        raise HTTPException(404) from error
    if not read.sold.order.customer.email:
        raise HTTPException(404)
    return read


def _goods(window: Window, sold: Sold) -> tuple[Returnable, ...] | None:
    """None where goods are not sent back from here."""
    if not window.may("return"):
        return None
    shop = window.house.shop()
    try:
        return returnables(sold, shop.returns, shop.flows.get, window.house.clock())
    except FlowRefused:
        return None


def _town(order: Order) -> str:
    """No street and no name: the link may be passed on."""
    place = order.shipping_address
    return f"{place.postcode} {place.city}, {place.country}".strip()


def _pays_anew(view: OrderView) -> bool:
    asked = any(notice.template == "pay_again" for notice in view.notices)
    return asked and any(hold.kind == "AWAITING_PAYMENT" for hold in view.holds)


SAID: dict[str, Told] = {"thanks": Told("survey.thanks")}


def _told(request: Request, act: str, said: str) -> Told | None:
    """What came of a form, by its id; only of this very order."""
    if not FORM_ID.fullmatch(act):
        return SAID.get(said)
    window, number = window_of(request), request.path_params["number"]
    record = window.house.book.act(act)
    if record is None or record.order != number:
        return _told_return(window, number, act)
    outcome = record.result.outcome if record.result else Outcome.KEPT
    tones: dict[Outcome, Any] = {Outcome.DONE: "good", Outcome.KEPT: "calm", Outcome.REFUSED: "care"}
    return Told(f"cancel.{outcome.value}", tones[outcome])


def _told_return(window: Window, number: str, form: str) -> Told | None:
    id = window.house.book.return_form(form)
    return Told("return.done") if id.startswith(f"{number}-R") else None
