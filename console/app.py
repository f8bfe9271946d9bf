"""The screens as one application: routes, who may open them, and what is said when something is wrong."""

import logging
import uuid
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from fastapi import Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.staticfiles import StaticFiles

from console.gate import SignInFirst, gate
from console.house import House
from console.pages import (
    accounts,
    audit,
    customers,
    documents,
    doing,
    engine,
    exports,
    flows,
    inbox,
    incidents,
    live,
    notices,
    numbers,
    order,
    orders,
    pack,
    partner,
    quarantine,
    second,
    sign_in,
    stock,
    tasks,
    untold,
)
from console.paper import problem
from console.policy import ROUTES
from console.shield import MUCH, PROBLEM, Shield, TooLarge
from console.turn import Turn
from domain.errors import BadInput, NotFound, OrderError, Unavailable

STATIC = Path(__file__).with_name("static")
Handler = Callable[..., Any]
PAGES: dict[str, Handler] = {
    "GET /sign-in": sign_in.form,
    "POST /sign-in": sign_in.enter,
    "POST /sign-out": sign_in.leave,
    "GET /": sign_in.home,
    "GET /account": sign_in.account,
    "POST /account/password": sign_in.change,
    "GET /account/second": second.second,
    "POST /account/second": second.use,
    "POST /account/second/codes": second.renew,
    "POST /account/second/drop": second.drop,
    "GET /account/pin": second.pin,
    "POST /account/pin": second.set_pin,
    "GET /inbox": inbox.inbox,
    "POST /inbox/next": inbox.next_,
    "POST /inbox/answers": inbox.answers,
    "GET /live/inbox": live.inbox,
    "GET /tasks/{task}": tasks.task,
    "POST /tasks/{task}/claim": tasks.claim,
    "POST /tasks/{task}/renew": tasks.renew,
    "POST /tasks/{task}/give-back": tasks.give_back,
    "POST /tasks/{task}/take-over": tasks.take_over,
    "POST /tasks/{task}/answer": tasks.answer,
    "GET /pack": pack.station,
    "POST /pack/next": pack.next_,
    "GET /pack/codes": documents.codes,
    "GET /pack/{task}": pack.parcel,
    "POST /pack/{task}": pack.answer,
    "GET /orders": orders.orders,
    "POST /orders/views": orders.keep,
    "POST /orders/views/drop": orders.drop,
    "GET /orders/{number}": order.order,
    "GET /orders/{number}/mails/{id}": order.mail,
    "GET /orders/{number}/flow": order.flow,
    "GET /orders/{number}/documents/{kind}": documents.document,
    "GET /print/{kind}": documents.round_,
    "POST /print/{kind}": documents.chosen,
    "GET /documents/style.css": documents.style,
    "GET /orders/{number}/history": engine.history,
    "GET /live/orders/{number}": live.order,
    "POST /orders/{number}/cancel": doing.cancel,
    "POST /orders/{number}/hold": doing.hold,
    "POST /orders/{number}/release": doing.release,
    "POST /orders/{number}/address": doing.address,
    "POST /orders/{number}/edit": doing.edit,
    "POST /orders/{number}/resend": doing.resend,
    "POST /orders/{number}/return": doing.return_,
    "POST /orders/{number}/refund": doing.refund,
    "POST /orders/{number}/note": doing.note,
    "GET /partner": partner.orders,
    "GET /partner/orders/{id}": partner.order,
    "GET /partner/orders/{id}/packing-slip": partner.slip,
    "POST /partner/orders/{id}/{deed}": partner.tell,
    "GET /customers": customers.customers,
    "GET /customers/one": customers.customer,
    "GET /customers/erase": customers.look,
    "POST /customers/erase": customers.erase,
    "GET /stock": stock.stock,
    "GET /stock/item": stock.item,
    "POST /stock/receive": stock.receive,
    "POST /stock/adjust": stock.adjust,
    "POST /stock/scrap": stock.scrap,
    "GET /quarantine": quarantine.quarantine,
    "GET /quarantine/{id}": quarantine.message,
    "POST /quarantine/{id}/retry": quarantine.retry,
    "POST /quarantine/{id}/discard": quarantine.discard,
    "GET /not-told": untold.untold,
    "POST /not-told/retry": untold.retry,
    "POST /not-told/let-go": untold.let_go,
    "GET /numbers": numbers.numbers,
    "GET /exports": exports.exports,
    "GET /exports/file": exports.file,
    "GET /audit": audit.audit,
    "GET /accounts": accounts.accounts,
    "POST /accounts": accounts.add,
    "POST /accounts/{whom}/roles": accounts.roles,
    "POST /accounts/{whom}/reset": accounts.reset,
    "POST /accounts/{whom}/share": accounts.share,
    "POST /accounts/{whom}/disable": accounts.disable,
    "POST /accounts/{whom}/enable": accounts.enable,
    "GET /notices": notices.notices,
    "GET /notices/{notice}": notices.notice,
    "GET /notices/{notice}/html": notices.html,
    "GET /flows": flows.flows,
    "POST /flows/publish": flows.publish,
    "GET /flows/{name}": flows.flow,
    "POST /flows/{name}/move": flows.move,
    "GET /incidents": incidents.incidents,
    "POST /incidents/retry": incidents.retry_all,
    "POST /incidents/{id}/retry": incidents.retry,
    "POST /incidents/{id}/skip": incidents.skip,
}

log = logging.getLogger("console")


def create_app(house: House) -> Callable[..., Awaitable[None]]:
    """The ASGI application of this shop's screens; it holds nothing that `house` does not."""
    app = FastAPI(
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        dependencies=[Depends(gate)],
        redirect_slashes=False,
        default_response_class=Response,
    )
    app.state.house = house
    app.add_api_route("/health", health, methods=["GET"])
    turn = Turn()
    for key, handler in PAGES.items():
        method, path = key.split(" ")
        methods = ["GET", "HEAD"] if method == "GET" else [method]
        app.add_api_route(path, turn.taking(handler), methods=methods, response_model=None)
    app.mount("/static", StaticFiles(directory=STATIC))
    _say_no(app)
    assert {"GET /health", *PAGES} == set(ROUTES), "every route has its row in the policy table"
    return Shield(app, house.site, problem)


def health() -> Response:
    return PlainTextResponse("ok")


def _say_no(app: FastAPI) -> None:
    app.add_exception_handler(SignInFirst, _elsewhere)
    app.add_exception_handler(HTTPException, _refused)
    app.add_exception_handler(RequestValidationError, _not_read)
    app.add_exception_handler(OrderError, _no)
    app.add_exception_handler(TooLarge, _too_large)
    app.add_exception_handler(Exception, _mistake)


async def _elsewhere(_request: Request, error: Exception) -> Response:
    assert isinstance(error, SignInFirst)
    return RedirectResponse(error.to, 303)


async def _refused(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    said = error.detail if error.status_code in (401, 403, 429) else SAID.get(error.status_code, "")
    return problem(error.status_code, said, headers=error.headers)


async def _not_read(_request: Request, _error: Exception) -> Response:
    return problem(422, "Something in it is not as a form of ours sends it.")


async def _no(_request: Request, error: Exception) -> Response:
    """What the facade or the books refused, in their own sentence."""
    if isinstance(error, NotFound):
        return problem(404, SAID[404])
    if isinstance(error, Unavailable):
        log.warning("%s", error)
        return problem(503, f"{error} Try again in a moment.", headers={"retry-after": "5"})
    return problem(422 if isinstance(error, BadInput) else 409, str(error))


async def _too_large(_request: Request, _error: Exception) -> Response:
    return problem(413, MUCH)


async def _mistake(request: Request, error: Exception) -> Response:
    """Written down in full under a number; said to nobody."""
    number = uuid.uuid4().hex[:12]
    request.scope[PROBLEM] = number
    log.error("Problem %s at %s %s", number, request.method, request.url.path, exc_info=error)
    return problem(500, "This is a mistake of Orderkeeper's own. It has been written down.", number)


SAID = {
    400: "Something in it could not be read.",
    404: "There is nothing here, or nothing that your roles may see.",
    405: "This address does not take that.",
}
