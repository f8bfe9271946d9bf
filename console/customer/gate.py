"""At the door of the customer's page: the link has to be one of ours, and not too many may be tried."""

from fastapi import HTTPException, Request

from console.customer.house import window_of
from domain.link import Purpose

WAIT = {"retry-after": "600"}


def gate(request: Request) -> None:
    """
    A wrong link, one of another order, and one of an order that is not here are told the same, and no book
    is looked into for them.

    :raises HTTPException: 404; 429 after too many; 403 for a form that another page sent.
    """
    window = window_of(request)
    number = holds(request, Purpose.ORDER)
    if request.method == "POST":
        if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
            raise HTTPException(403)
        if not window.limits.form(number, window.house.clock()):
            raise HTTPException(429, headers=WAIT)


def holds(request: Request, purpose: Purpose) -> str:
    """
    The order whose link this is. It is looked at first: a stranger's guesses keep nobody out who has it.

    :raises HTTPException: 404, when it is none of ours; 429 after too many.
    """
    window, now = window_of(request), window_of(request).house.clock()
    number, code = str(request.path_params["number"]), request.path_params["code"]
    right = window.links.fits(purpose, number, code)
    address = request.client.host if request.client else ""
    taken = window.limits.look(number, now) if right else window.limits.wrong(address, now)
    if not taken:
        raise HTTPException(429, headers=WAIT)
    if not right:
        raise HTTPException(404)
    return number
