"""The customers' own application, beside the staff's screens and knowing nothing of their sessions."""

import logging
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from fastapi import Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import FileResponse, Response

from console.customer import acts, unsubscribe
from console.customer.gate import gate
from console.customer.house import Window, tongue
from console.customer.page import page
from console.customer.paper import problem
from console.customer.papers import paper
from console.shield import PROBLEM, Shield, TooLarge
from console.site import Site
from console.turn import Turn
from domain.errors import NotFound, OrderError, Unavailable

PREFIX = "/order/"
STYLE = Path(__file__).parent.with_name("static") / "customer.css"
MISTAKE = 500
KINDS = {404: "not_found", 405: "not_found", 429: "often", 503: "later"}
# Nothing of the link goes on to where its other links lead, and nobody lists it.
ALONE = {"referrer-policy": "no-referrer", "x-robots-tag": "noindex, nofollow, noarchive"}
ROUTES: dict[str, Callable[..., Any]] = {
    "GET /order/{number}/{code}": page,
    "GET /order/{number}/{code}/documents/{kind}/{part}": paper,
    "POST /order/{number}/{code}/cancel": acts.cancel,
    "POST /order/{number}/{code}/return": acts.return_,
    "POST /order/{number}/{code}/survey": acts.survey,
}

log = logging.getLogger("console")


def create_customer(window: Window, site: Site) -> Callable[..., Awaitable[None]]:
    """The ASGI application under `/order/` and `/unsubscribe/`; `site` is where customers reach it."""
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False)
    app.state.window = window
    app.add_api_route("/order/customer.css", _style, methods=["GET", "HEAD"], response_model=None)
    turn = Turn()
    for key, handler in ROUTES.items():
        method, path = key.split(" ")
        methods = ["GET", "HEAD"] if method == "GET" else [method]
        made, ours = turn.taking(handler), [Depends(gate)]
        app.add_api_route(path, made, methods=methods, response_model=None, dependencies=ours)
    for method, handler in (("GET", unsubscribe.form), ("POST", unsubscribe.leave)):
        at, ours = f"{unsubscribe.PREFIX}{{number}}/{{code}}", [Depends(unsubscribe.unsubscribe_gate)]
        app.add_api_route(at, handler, methods=[method], response_model=None, dependencies=ours)
    for error in (HTTPException, RequestValidationError, OrderError, TooLarge, Exception):
        app.add_exception_handler(error, _no)
    return Shield(app, site, lambda status, _why, _number: _said(window, status), ALONE)


def _style() -> Response:
    return FileResponse(STYLE, headers={"cache-control": "public, max-age=3600"})


async def _no(request: Request, error: Exception) -> Response:
    """What went wrong, in the customer's language and without what is inside."""
    status = _status(error)
    if status == MISTAKE:
        request.scope[PROBLEM] = ""
        log.error("A customer's page did not come: %s", type(error).__name__, exc_info=error)
    headers = getattr(error, "headers", None)
    return problem(tongue(request), status, KINDS.get(status, "wrong"), headers)


def _status(error: Exception) -> int:
    if isinstance(error, HTTPException):
        return error.status_code
    known: dict[type[Exception], int] = {
        NotFound: 404,
        Unavailable: 503,
        OrderError: 409,
        TooLarge: 413,
        RequestValidationError: 422,
    }
    return next((status for kind, status in known.items() if isinstance(error, kind)), MISTAKE)


def _said(window: Window, status: int) -> Response:
    return problem(window.words.of("en"), status, KINDS.get(status, "wrong"))
