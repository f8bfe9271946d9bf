"""The audit log: who did what to what, when and why, and what was refused."""

from fastapi import Request
from starlette.responses import Response

from console.house import house_of
from console.paper import page

A_PAGE = 100
LONGEST = 100


def audit(request: Request, order: str = "", by: str = "") -> Response:
    house = house_of(request)
    found = house.audit.entries(A_PAGE + 1, order=order.strip()[:LONGEST], by=by.strip()[:LONGEST])
    return page(
        request,
        "audit.html",
        entries=found[:A_PAGE],
        more=len(found) > A_PAGE,
        order=order.strip()[:LONGEST],
        by=by.strip()[:LONGEST],
        head=str(house.audit.head()),
    )
