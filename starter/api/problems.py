"""What a machine is told when the answer is no: RFC 9457 problem documents, naming the field."""

import logging
import uuid
from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.responses import Response

from domain.errors import BadInput, NotFound, OrderError, Unavailable

HEADERS = {"cache-control": "no-store", "x-content-type-options": "nosniff"}
MORE = {401: {"www-authenticate": "Bearer"}, 503: {"retry-after": "5"}}

log = logging.getLogger(__name__)


def problem(status: int, detail: str, *, field: str = "", number: str = "") -> Response:
    """`field` is the path of what is wrong, `number` that under which we have written it down."""
    said = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail}
    said |= {"field": field} if field else {}
    said |= {"instance": f"urn:problem:{number}"} if number else {}
    return JSONResponse(said, status, HEADERS | MORE.get(status, {}), media_type="application/problem+json")


def say_no(app: FastAPI) -> None:
    """Every error of ours, and every one that is not, as a problem document."""
    app.add_exception_handler(OrderError, _no)
    app.add_exception_handler(HTTPException, _refused)
    app.add_exception_handler(Exception, _mistake)


async def _no(_request: Request, error: Exception) -> Response:
    if isinstance(error, BadInput):
        return problem(422, str(error), field=error.field)
    if isinstance(error, Unavailable):
        log.warning("%s", error)
        return problem(503, str(error))
    return problem(404 if isinstance(error, NotFound) else 409, str(error))


async def _refused(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return problem(error.status_code, str(error.detail))


async def _mistake(request: Request, error: Exception) -> Response:
    number = uuid.uuid4().hex[:12]
    log.error("Problem %s at %s %s", number, request.method, request.url.path, exc_info=error)
    return problem(500, "This is a mistake of Orderkeeper's own. It has been written down.", number=number)
