"""How an order in our own format is paid: in one way, or in several that make its total."""

from collections.abc import Sequence

from domain.errors import BadInput
from domain.money import Money
from domain.order import Order, PaymentState, PaymentTerms, Voucher
from domain.payment import is_voucher
from starter.formats import fields
from starter.formats.shape import OrderShape, PartShape, PaymentShape

MOST_PAYMENTS = 10


def paid_by(shape: OrderShape, currency: str) -> tuple[PaymentTerms, tuple[Voucher, ...]]:
    """
    The payment that waits for the parcels, and the vouchers, which do not.

    :raises BadInput: naming the field.
    """
    if shape.payment is not None and shape.payments is not None:
        raise BadInput("stands beside `payment`; say one of them", "payments")
    if shape.payment is not None:
        return _terms(shape.payment), ()
    if shape.payments is None:
        raise BadInput("is missing", "payment")
    if not 0 < len(shape.payments) <= MOST_PAYMENTS:
        raise BadInput(f"has to hold one to {MOST_PAYMENTS} payments", "payments")
    main = _main(shape.payments)
    vouchers = [
        _voucher(part, currency, f"payments[{n}]") for n, part in enumerate(shape.payments) if n != main
    ]
    return _terms(shape.payments[main]), tuple(vouchers)


def check_sum(order: Order, parts: Sequence[PartShape] | None) -> None:
    """:raises BadInput: several payments do not make the total."""
    amounts = [
        fields.money(part.amount, order.currency, f"payments[{n}].amount")
        for n, part in enumerate(parts or ())
    ]
    whole = sum(amounts, Money(0, order.currency))
    if amounts and whole != order.total:
        raise BadInput(f"make {whole.major}, but the total is {order.total.major}", "payments")


def _main(parts: Sequence[PartShape]) -> int:
    """Where the one stands that waits for the parcels; without any, the last."""
    waiting = [n for n, part in enumerate(parts) if part.state != "paid" and not is_voucher(part.method)]
    if len(waiting) > 1:
        told = (
            "only one payment may wait until the goods leave; the others are vouchers or gift cards, which "
            "are taken when the order is accepted, or paid"
        )
        raise BadInput(told, f"payments[{waiting[1]}].state")
    others = [n for n, part in enumerate(parts) if not is_voucher(part.method)]
    return (waiting or others or [len(parts) - 1])[-1]


def _voucher(part: PartShape, currency: str, path: str) -> Voucher:
    amount = fields.money(part.amount, currency, f"{path}.amount")
    if amount.minor <= 0:
        raise BadInput("has to be above nought", f"{path}.amount")
    if part.state == "due" and not part.token:
        raise BadInput("is needed: a voucher that is due is charged by it", f"{path}.token")
    if part.state == "authorized" and not part.authorization:
        raise BadInput("is needed: what is held is taken by it", f"{path}.authorization")
    return Voucher(_terms(part), amount)


def _terms(shape: PaymentShape) -> PaymentTerms:
    return PaymentTerms(shape.method, PaymentState(shape.state), shape.token, shape.authorization)
