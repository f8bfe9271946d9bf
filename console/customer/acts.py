"""What customers ask for: a call of the Orders facade in the role `customer`, kept before anything else."""

import asyncio

from fastapi import HTTPException, Request
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse, Response

from console.customer.house import Window, window_of
from console.customer.page import Told, order_page
from console.forms import form_id, text
from console.gate import form_of
from domain.errors import ActRefused, BadInput
from domain.returns import Claim
from domain.survey import MOST_WORDS, check_answer
from domain.view import OrderView
from starter.carrying import Person
from starter.customer_page import cancelling, has_arrived
from starter.customer_returns import CLAIMS
from starter.returning import Wish, goods_of, prepare_return
from starter.who import CUSTOMER

ROLE = CUSTOMER
NO_REASON = "Asked for on the page of the order"
CARE = "care"


async def cancel(request: Request, number: str) -> Response:
    """A look at what the flows allow comes first; the workflow has the last word."""
    window, sent = _asked(request, "cancel"), await form_of(request)
    if text(sent, "sure") != "yes":
        return await _again(request, Told("cancel.confirm", CARE), 422)
    form, why = _form(sent), text(sent, "why").strip()[:MOST_WORDS] or NO_REASON
    known = await asyncio.to_thread(window.house.book.act, form)
    refused = "" if known else await asyncio.to_thread(_not_now, window, number)
    if refused:
        return await _again(request, Told(f"cancel.{refused}", CARE), 409)
    try:
        await window.house.orders.cancel(number, Person(ROLE, ROLE), why, id=form)
    except ActRefused:
        return await _again(request, Told("cancel.refused", CARE), 409)
    return _back(request, f"act={form}")


async def return_(request: Request, number: str) -> Response:
    window, sent = _asked(request, "return"), await form_of(request)
    form = _form(sent)
    if await asyncio.to_thread(window.house.book.return_form, form):
        return _back(request, f"act={form}")
    try:
        wish = _wish(sent, number, form)
        house = window.house
        rules = house.shop().returns
        asked = await asyncio.to_thread(prepare_return, wish, house.book, house.shelf, rules, house.clock())
        await house.orders.open_return(asked)
    except BadInput:
        return await _again(request, Told("return.choose", CARE), 422)
    except ActRefused:
        return await _again(request, Told("return.refused", CARE), 409)
    return _back(request, f"act={form}")


async def survey(request: Request, number: str) -> Response:
    window, sent = window_of(request), await form_of(request)
    try:
        score, words = check_answer(text(sent, "score"), text(sent, "words"))
    except BadInput:
        return await _again(request, Told("survey.wrong", CARE), 422)
    try:
        await asyncio.to_thread(_keep, window, number, score, words)
    except ActRefused:
        return await _again(request, Told("survey.stands", CARE), 409)
    return _back(request, "said=thanks")


def _keep(window: Window, number: str, score: int, words: str) -> None:
    """:raises HTTPException: nothing has arrived that they could be asked about."""
    if not has_arrived(window.house.book.sold(number)):
        raise HTTPException(409)
    window.surveys.give(number, score, words, window.house.clock())


def _asked(request: Request, permission: str) -> Window:
    window = window_of(request)
    if not window.may(permission):
        raise HTTPException(404)
    return window


def _form(sent: FormData) -> str:
    try:
        return form_id(sent)
    except BadInput as error:
        raise HTTPException(422) from error


def _not_now(window: Window, number: str) -> str:
    view: OrderView = window.house.desk.show(number)
    return cancelling(view, window.house.desk.lanes(number), window.house.flow).why_not


def _wish(sent: FormData, number: str, form: str) -> Wish:
    """:raises BadInput: nothing chosen, no claim of ours, or not a word on why."""
    rows = zip(sent.getlist("sku"), sent.getlist("quantity"), strict=False)
    goods = goods_of([f"{sku}={each}" for sku, each in rows if str(each).strip() not in ("", "0")])
    claim, why = text(sent, "claim"), text(sent, "why").strip()[:MOST_WORDS]
    if not goods or claim not in CLAIMS:
        raise BadInput("say how many of which come back, and why", "quantity")
    return Wish(number, goods, Claim(claim), why, ROLE, ROLE, form)


async def _again(request: Request, told: Told, status: int) -> Response:
    return await asyncio.to_thread(order_page, request, told=told, status=status)


def _back(request: Request, said: str) -> Response:
    """To the page, which then tells what came of it; sending the form again would do nothing more."""
    number, code = request.path_params["number"], request.path_params["code"]
    chosen = request.query_params.get("language", "")
    known = chosen in window_of(request).words.languages()
    more = f"&language={chosen}" if known else ""
    return RedirectResponse(f"/order/{number}/{code}?{said}{more}", 303)
