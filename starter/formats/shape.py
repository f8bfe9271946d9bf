"""The shape of an order in our own format, and what is said about one that has another shape."""

from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError

from domain.errors import BadInput
from starter.formats import fields

ONE_LINE = r"^[^\x00-\x1f\x7f]*$"


def _number(value: Any) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise PydanticCustomError("number", "has to be a number")
    return Decimal(value)


Word = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=ONE_LINE)
]
Words = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200, pattern=ONE_LINE)]
Sku = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=r"^[!-~]([ -~]*[!-~])?$")]
Amount = Annotated[str, StringConstraints(max_length=40)]
Prose = Annotated[str, StringConstraints(max_length=fields.MAX_TEXT)]
Number = Annotated[Decimal, BeforeValidator(_number)]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})?$")]


class Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class CustomerShape(Shape):
    email: str
    name: Word
    phone: Words = ""
    language: Language = "en"
    marketing_consent: bool = False


class AddressShape(Shape):
    """`postcode` may be empty: some countries have none."""

    name: Word
    company: Words = ""
    line1: Word
    line2: Words = ""
    postcode: Words
    city: Word
    region: Words = ""
    country: str
    phone: Words = ""


class DeliveryShape(Shape):
    method: Literal["ship", "pickup", "local"]
    express: bool = False
    pickup_location: Words = ""


class LineShape(Shape):
    sku: Sku
    title: Word
    quantity: Number
    unit_price: Amount
    tax: Amount = "0"
    discount: Amount = "0"
    supplier: Words = ""
    category: Words = ""
    made_to_order: bool = False
    personalisation: Prose = ""
    tax_rate: Amount = ""


class ShippingShape(Shape):
    amount: Amount
    tax_rate: Amount = ""


class PaymentShape(Shape):
    method: Word
    state: Literal["due", "authorized", "paid"]
    token: Words = ""
    authorization: Words = ""


class PartShape(PaymentShape):
    amount: Amount


class OrderShape(Shape):
    number: str
    channel: Word
    placed_at: str
    currency: str
    customer: CustomerShape
    shipping_address: AddressShape
    billing_address: AddressShape | None = None
    delivery: DeliveryShape
    lines: Annotated[list[LineShape], Field(min_length=1, max_length=fields.MAX_LINES)]
    shipping: ShippingShape
    discounts: Amount = "0"
    total: Amount
    payment: PaymentShape | None = None
    payments: list[PartShape] | None = None
    note: Prose = ""


SAID = {
    "missing": "is missing",
    "extra_forbidden": "is not a field of an order",
    "string_type": "has to be text",
    "string_too_short": "is empty",
    "bool_type": "has to be true or false",
    "list_type": "has to be a list",
    "model_type": "has to be an object",
    "model_attributes_type": "has to be an object",
    "too_short": "is empty: an order has at least one line",
    "too_long": f"has more than {fields.MAX_LINES} lines",
    "string_pattern_mismatch": "holds characters that cannot stand here",
}


def bad_input(error: ValidationError) -> BadInput:
    """The first thing wrong, with its path, and how many more there are."""
    first, *others = error.errors(include_url=False, include_input=False)
    more = f" (and {len(others)} more)" if others else ""
    return BadInput(_said(first) + more, _path(first["loc"]))


def _said(detail: ErrorDetails) -> str:
    context = detail.get("ctx", {})
    match detail["type"]:
        case "literal_error":
            return f"has to be {context['expected']}"
        case "string_too_long":
            return f"is longer than {context['max_length']} characters"
    return SAID.get(detail["type"], detail["msg"])


def _path(loc: tuple[int | str, ...]) -> str:
    """`lines[2].quantity`."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in loc)
    return text.removeprefix(".") or "order"
