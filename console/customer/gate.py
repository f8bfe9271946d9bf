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
    window, now = window_of(request), window_of(request).house.clock()
    address = request.client.host if request.client else ""
    if not window.limits.look(address, now):
        raise HTTPException(429, headers=WAIT)
    number, code = request.path_params["number"], request.path_params["code"]
    if not window.links.fits(Purpose.ORDER, number, code):
        window.limits.wrong(address, now)
        raise HTTPException(404)
    if request.method == "POST":
        if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
            raise HTTPException(403)
        if not window.limits.act(number, now):
            raise HTTPException(429, headers=WAIT)
