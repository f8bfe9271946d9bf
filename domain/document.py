"""What goes on paper: to pick and pack by, on the parcel, and what the customer owes or gets back."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class DocumentKind(StrEnum):
    PICK_LIST = "pick-list"
    PACKING_SLIP = "packing-slip"
    LABEL = "label"
    RETURN_SLIP = "return-slip"
    INVOICE = "invoice"
    CREDIT_NOTE = "credit-note"

    @property
    def called(self) -> str:
        return NAMES[self]


# These are issued once, under a number, and never change; the others are as the order stands.
ISSUED = (DocumentKind.INVOICE, DocumentKind.CREDIT_NOTE)
NAMES = {
    DocumentKind.PICK_LIST: "Pick list",
    DocumentKind.PACKING_SLIP: "Packing slip",
    DocumentKind.LABEL: "Label",
    DocumentKind.RETURN_SLIP: "Return slip",
    DocumentKind.INVOICE: "Invoice",
    DocumentKind.CREDIT_NOTE: "Credit note",
}


@dataclass(frozen=True, slots=True)
class Document:
    """
    A document that can be had of an order: `id` is the fulfilment's, the return's or its own number.

    `at` is when it was issued, None for one that is as the order stands.
    """

    kind: DocumentKind
    id: str
    order: str
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Printed:
    """A document as a page of the screens and as a PDF: the same words on both."""

    title: str
    html: str  # a fragment: no style, no script
    pdf: Callable[[], bytes]  # made when it is asked for
