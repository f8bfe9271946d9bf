"""The documents that are the customer's own: what they owe or get back, and the slip for a parcel back."""

from collections.abc import Sequence

from fastapi import HTTPException, Request
from starlette.responses import Response

from console.customer.house import Window, window_of
from domain.document import Document, DocumentKind

THEIRS = (DocumentKind.INVOICE, DocumentKind.CREDIT_NOTE, DocumentKind.RETURN_SLIP)


def papers_of(window: Window, number: str) -> Sequence[Document]:
    found = window.house.cabinet.of(number, window.house.now())
    return [each for each in found if each.kind in THEIRS]


def paper(request: Request, number: str, kind: str, part: str) -> Response:
    """One of them, as a PDF. :raises HTTPException: 404, when this order has none such."""
    window = window_of(request)
    found = [each for each in papers_of(window, number) if (each.kind.value, each.id) == (kind, part)]
    if not found:
        raise HTTPException(404)
    made = window.house.cabinet.make(found[0].kind, [part], window.house.now())
    name = f"{kind}-{part}.pdf"
    headers = {"content-disposition": f'inline; filename="{name}"'}
    return Response(made.pdf(), media_type="application/pdf", headers=headers)
