"""The doors for programs: the same facade as the command line and the screens, over HTTP."""

from collections.abc import Callable
from typing import Any

from fastapi import Depends, FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.security import HTTPBearer
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp

from starter.api import exports, orders, partners, stock, tasks
from starter.api.desk import Counter
from starter.api.policy import gate
from starter.api.problems import problem, say_no

PREFIX = "/api/"
ROUTES: dict[str, Callable[..., Any]] = {
    "POST /api/orders": orders.place,
    "GET /api/orders": orders.orders,
    "GET /api/orders/{number}": orders.order,
    "POST /api/orders/{number}/cancellation": orders.cancel,
    "POST /api/orders/{number}/returns": orders.send_back,
    "POST /api/orders/{number}/events": orders.event,
    "GET /api/exports/{what}": exports.export,
    "GET /api/stock": stock.stock,
    "GET /api/tasks": tasks.tasks,
    "POST /api/tasks/{task}/answer": tasks.answer,
    "GET /api/partner/orders": partners.orders,
    "GET /api/partner/orders/{id}": partners.order,
    "POST /api/partner/orders/{id}/accept": partners.accept,
    "POST /api/partner/orders/{id}/reject": partners.reject,
    "POST /api/partner/orders/{id}/pick": partners.pick,
    "POST /api/partner/orders/{id}/ship": partners.ship,
    "POST /api/partner/orders/{id}/cancel-answer": partners.cancel_answer,
}
# It only describes; who may do what is said in policy.py.
BEARER = HTTPBearer(auto_error=False, description="A token by `orders accounts token`")
PROBLEM = {"description": "No, and why", "content": {"application/problem+json": {}}}
NO: dict[int | str, dict[str, Any]] = dict.fromkeys((401, 403, 404, 409, 413, 415, 422, 503), PROBLEM)
TAKEN: dict[int | str, dict[str, Any]] = {
    201: {"description": "It is there now", "content": {"application/json": {}}},
    202: {"description": "Kept: done as soon as its worker is back", "content": {"application/json": {}}},
}
# What is found and is no JSON.
FOUND: dict[str, dict[int | str, dict[str, Any]]] = {"GET /api/exports/{what}": {200: exports.FOUND}}


def create_api(counter: Counter) -> ASGIApp:
    """An application of its own, described at /api/openapi.json."""
    app = FastAPI(
        title="Orderkeeper",
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    app.state.counter = counter
    for key, handler in ROUTES.items():
        method, path = key.split(" ")
        app.add_api_route(
            path,
            handler,
            methods=[method],
            response_model=None,
            responses=NO | (TAKEN if method == "POST" else {}) | FOUND.get(key, {}),
            dependencies=[Depends(BEARER), Depends(gate(key))],
            openapi_extra=BODY if method == "POST" else {},
        )
    say_no(app)
    app.add_exception_handler(RequestValidationError, _not_read)
    return app


async def _not_read(_request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    return problem(422, first["msg"], field=str(first["loc"][-1]))


BODY = {"requestBody": {"required": True, "content": {"application/json": {"schema": {"type": "object"}}}}}
